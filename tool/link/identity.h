/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_IDENTITY_H
#define PORTSTEER_IDENTITY_H

#include <stdbool.h>

#include <openssl/x509.h>

/* What a certificate says that its holder is, and so may speak for. */
enum role {
	ROLE_OF_VM,		/* URI portsteer:vm:NAME */
	ROLE_OF_SERVER,		/* URI portsteer:server:ADDRESS: all with that address */
	ROLE_OF_GATEWAY,	/* URI portsteer:gateway:NAME: a daemon */
};

/*
 * They are URIs among the certificate's alternative names; a certificate may have
 * several. Names are compared as they are, addresses as addresses.
 */
bool identity_is(const X509 *certificate, enum role role, const char *name);

/* The first of that role, to be freed; NULL: none. */
char *identity_name(const X509 *certificate, enum role role);

#endif

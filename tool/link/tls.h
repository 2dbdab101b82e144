/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_TLS_H
#define PORTSTEER_TLS_H

#include <openssl/ssl.h>

#include "refusal.h"

/**
 * struct tls_files - who we are, and whose word we take for who others are
 * @ca: certificates of the authority, PEM
 * @certificate: our own, with what leads up to the authority, PEM
 * @key: its private key, PEM
 */
struct tls_files {
	const char *ca;
	const char *certificate;
	const char *key;
};

enum tls_side {
	TLS_CLIENT,
	TLS_SERVER,
};

/*
 * TLS 1.3 only, a certificate from both ends, no tickets and no early data, so
 * that nothing that was sent once can be sent again by somebody else.
 */
SSL_CTX *tls_context(const struct tls_files *files, enum tls_side side,
		     struct refusal *refusal);

const char *tls_reason(unsigned long error);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_CERTIFICATE_H
#define PORTSTEER_CERTIFICATE_H

#include <stdbool.h>

#include <openssl/x509.h>

/**
 * struct holder - whom a certificate is for
 * @name: for people
 * @uri: who that is; NULL: the authority itself
 * @serves: others connect to it
 * @days: that the certificate is good for
 */
struct holder {
	const char *name;
	const char *uri;
	bool serves;
	unsigned int days;
};

/**
 * struct authority - who gives certificates
 * @certificate: its own; NULL: there is none yet
 * @key: its private key
 */
struct authority {
	X509 *certificate;
	EVP_PKEY *key;
};

X509 *certificate_make(const struct holder *holder, EVP_PKEY *key,
		       const struct authority *by);

#endif

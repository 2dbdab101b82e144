// SPDX-License-Identifier: GPL-2.0-or-later
/* A certificate: who, for how long, for what, and whose word that is. */
#include "certificate.h"

#include <openssl/rand.h>
#include <openssl/x509v3.h>

/* Clocks of machines differ: it was good a little ago. */
#define EARLIER_S	300

/* A positive number that nobody can guess. */
static bool set_serial(X509 *certificate)
{
	unsigned char bytes[16];
	BIGNUM *number;
	bool good;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	bytes[0] &= 0x7f;
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	good = number &&
	       BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
	BN_free(number);
	return good;
}

static bool set_names(X509 *certificate, const struct holder *holder,
		      const struct authority *by)
{
	X509_NAME *name = X509_get_subject_name(certificate);

	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
					  (const unsigned char *)holder->name,
					  -1, -1, 0) &&
	       X509_set_issuer_name(certificate, by->certificate ?
				    X509_get_subject_name(by->certificate) : name);
}

static bool set_time(X509 *certificate, unsigned int days)
{
	return X509_gmtime_adj(X509_getm_notBefore(certificate), -EARLIER_S) &&
	       X509_time_adj_ex(X509_getm_notAfter(certificate), days, 0, NULL);
}

static bool add(X509V3_CTX *context, X509 *certificate, int what,
		const char *value)
{
	X509_EXTENSION *extension =
		X509V3_EXT_conf_nid(NULL, context, what, value);
	bool good = extension && X509_add_ext(certificate, extension, -1);

	X509_EXTENSION_free(extension);
	return good;
}

/* Certificates of the authority are for giving others and for nothing else. */
static bool add_authority(X509V3_CTX *context, X509 *certificate)
{
	return add(context, certificate, NID_basic_constraints,
		   "critical,CA:TRUE,pathlen:0") &&
	       add(context, certificate, NID_key_usage,
		   "critical,keyCertSign,cRLSign") &&
	       add(context, certificate, NID_subject_key_identifier, "hash");
}

static bool add_holder(X509V3_CTX *context, X509 *certificate,
		       const struct holder *holder)
{
	char uri[300];

	snprintf(uri, sizeof(uri), "URI:%s", holder->uri);
	return add(context, certificate, NID_basic_constraints,
		   "critical,CA:FALSE") &&
	       add(context, certificate, NID_key_usage,
		   "critical,digitalSignature") &&
	       add(context, certificate, NID_ext_key_usage, holder->serves ?
		   "serverAuth,clientAuth" : "clientAuth") &&
	       add(context, certificate, NID_subject_alt_name, uri) &&
	       add(context, certificate, NID_subject_key_identifier, "hash") &&
	       add(context, certificate, NID_authority_key_identifier, "keyid");
}

static bool fill(X509 *certificate, const struct holder *holder, EVP_PKEY *key,
		 const struct authority *by)
{
	X509V3_CTX context;

	X509V3_set_ctx(&context, by->certificate ? by->certificate : certificate,
		       certificate, NULL, NULL, 0);
	return X509_set_version(certificate, X509_VERSION_3) &&
	       set_serial(certificate) &&
	       set_names(certificate, holder, by) &&
	       set_time(certificate, holder->days) &&
	       X509_set_pubkey(certificate, key) &&
	       (holder->uri ? add_holder(&context, certificate, holder) :
			      add_authority(&context, certificate)) &&
	       X509_sign(certificate, by->key, EVP_sha256());
}

/**
 * certificate_make() - make a certificate
 * @holder: whom it is for
 * @key: the holder's
 * @by: who gives it; without a certificate the holder does so himself
 *
 * Return: certificate, to be freed by X509_free(); NULL: the library failed.
 */
X509 *certificate_make(const struct holder *holder, EVP_PKEY *key,
		       const struct authority *by)
{
	X509 *certificate = X509_new();

	if (certificate && fill(certificate, holder, key, by))
		return certificate;
	X509_free(certificate);
	return NULL;
}

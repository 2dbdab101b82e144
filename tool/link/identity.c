// SPDX-License-Identifier: GPL-2.0-or-later
/* Who somebody is: URIs among the alternative names of a certificate. */
#include "identity.h"

#include <string.h>

#include <openssl/x509v3.h>

#include "parse.h"

static const char *const prefixes[] = {
	[ROLE_OF_VM] = "portsteer:vm:",
	[ROLE_OF_SERVER] = "portsteer:server:",
	[ROLE_OF_GATEWAY] = "portsteer:gateway:",
};

/* What follows the role's prefix in a URI, to be freed; NULL: is not of that role. */
static char *name_in(const GENERAL_NAME *general, enum role role)
{
	const char *prefix = prefixes[role];
	const char *uri;
	size_t length;

	if (general->type != GEN_URI)
		return NULL;
	uri = (const char *)ASN1_STRING_get0_data(general->d.ia5);
	length = ASN1_STRING_length(general->d.ia5);
	if (length <= strlen(prefix) || strlen(uri) != length ||
	    strncmp(uri, prefix, strlen(prefix)))
		return NULL;
	return strdup(uri + strlen(prefix));
}

static bool same_address(const char *a, const char *b)
{
	struct address first, second;

	return !parse_address(a, &first) && !parse_address(b, &second) &&
	       first.len == second.len &&
	       !memcmp(first.bytes, second.bytes, first.len);
}

static bool same_name(enum role role, const char *a, const char *b)
{
	return role == ROLE_OF_SERVER ? same_address(a, b) : !strcmp(a, b);
}

/* The first name of a role; if @wanted, the first that is the same as that. */
static char *find_name(const X509 *certificate, enum role role,
		       const char *wanted)
{
	GENERAL_NAMES *names = certificate ?
		X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL) :
		NULL;
	char *name = NULL;
	int i;

	for (i = 0; i < sk_GENERAL_NAME_num(names) && !name; i++) {
		name = name_in(sk_GENERAL_NAME_value(names, i), role);
		if (name && wanted && !same_name(role, name, wanted)) {
			free(name);
			name = NULL;
		}
	}
	GENERAL_NAMES_free(names);
	return name;
}

/**
 * identity_is() - whether a certificate is that of a certain holder
 * @certificate: which the other end has proved to hold; NULL: nobody's
 * @role: what the holder is to be
 * @name: its name or address
 */
bool identity_is(const X509 *certificate, enum role role, const char *name)
{
	char *found = find_name(certificate, role, name);

	free(found);
	return found;
}

/**
 * identity_name() - whose a certificate is
 * @certificate: which the other end has proved to hold; NULL: nobody's
 * @role: what the holder is to be
 *
 * Return: the first name or address of that role, to be freed; NULL: none.
 */
char *identity_name(const X509 *certificate, enum role role)
{
	return find_name(certificate, role, NULL);
}

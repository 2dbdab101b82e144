// SPDX-License-Identifier: GPL-2.0-or-later
/* What a link needs before there is one; prints TAP. Usage: link_parts FOLDER */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "identity.h"
#include "tap.h"
#include "tls.h"

static const char *folder;

static void test_identities(void)
{
	char ca[200], own[200], key[200];
	const struct tls_files files = { ca, own, key };
	const X509 *certificate;
	struct refusal refusal;
	SSL_CTX *agent;

	snprintf(ca, sizeof(ca), "%s/ca.pem", folder);
	snprintf(own, sizeof(own), "%s/agent.pem", folder);
	snprintf(key, sizeof(key), "%s/agent.key", folder);
	agent = tls_context(&files, TLS_CLIENT, &refusal);
	if (!check(agent, "certificates are read"))
		return;
	certificate = SSL_CTX_get0_certificate(agent);

	check(identity_is(certificate, ROLE_OF_VM, "red"), "is VM red");
	check(!identity_is(certificate, ROLE_OF_VM, "re"), "is not VM re");
	check(!identity_is(certificate, ROLE_OF_VM, "blue"), "is not VM blue");
	check(identity_is(certificate, ROLE_OF_SERVER, "10.1.1.2"),
	      "is server 10.1.1.2");
	check(identity_is(certificate, ROLE_OF_SERVER, "2001:DB8:0::2"),
	      "is server 2001:db8::2, however written");
	check(!identity_is(certificate, ROLE_OF_SERVER, "10.1.1.20"),
	      "is not server 10.1.1.20");
	check(!identity_is(certificate, ROLE_OF_GATEWAY, "g1"),
	      "is not gateway g1");
	check(!identity_is(NULL, ROLE_OF_VM, "red"), "nobody is not VM red");
	SSL_CTX_free(agent);
}

static void test_files(void)
{
	struct refusal refusal;
	char text[300];
	char ca[200];
	struct tls_files files = { ca, "/nowhere/x", "/nowhere/y" };

	snprintf(ca, sizeof(ca), "%s/ca.pem", folder);
	check(!tls_context(&files, TLS_SERVER, &refusal) &&
	      !strcmp(refusal.text, "certificate /nowhere/x: No such file or directory"),
	      "%s", refusal.text);
	files.certificate = ca;
	snprintf(text, sizeof(text), "%s/agent.key", folder);
	files.key = text;
	check(!tls_context(&files, TLS_SERVER, &refusal) &&
	      strstr(refusal.text, "agent.key: key values mismatch"),
	      "another's key is refused");
	files.ca = text;
	check(!tls_context(&files, TLS_SERVER, &refusal) &&
	      strstr(refusal.text, "ca ") == refusal.text,
	      "a key is no authority");
}

static void test_backoff(void)
{
	struct backoff b = { .least_ms = 100, .most_ms = 5000 };
	static const unsigned int most[] = {
		100, 200, 400, 800, 1600, 3200, 5000, 5000
	};
	unsigned int ms;
	size_t i;

	for (i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
		ms = backoff_failed(&b);
		check(ms >= most[i] / 2 && ms <= most[i],
		      "wait %zu is up to %u ms", i + 1, most[i]);
	}
	backoff_succeeded(&b);
	check(backoff_failed(&b) <= 100, "then the least again");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	folder = argv[1];
	test_identities();
	test_files();
	test_backoff();
	return check_end();
}

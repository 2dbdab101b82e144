// SPDX-License-Identifier: GPL-2.0-or-later
/* Names to addresses, without stopping the loop. */
#include "resolve.h"

#include <stdio.h>
#include <stdlib.h>

/* How its servers are doing is nothing for a log. */
static void say_nothing(int warning, const char *text)
{
	(void)warning;
	(void)text;
}

/*
 * There is one for the program's loop, as an answer may come when who asked is
 * gone. Whom to ask may have changed since the last time.
 */
static struct evdns_base *resolver(struct event_base *base)
{
	static struct evdns_base *dns;

	if (!dns) {
		evdns_set_log_fn(say_nothing);
		dns = evdns_base_new(base, EVDNS_BASE_INITIALIZE_NAMESERVERS |
					   EVDNS_BASE_DISABLE_WHEN_INACTIVE);
		return dns;
	}
	evdns_base_clear_nameservers_and_suspend(dns);
	evdns_base_resolv_conf_parse(dns, DNS_OPTIONS_ALL &
					  ~DNS_OPTION_HOSTSFILE,
				     "/etc/resolv.conf");
	evdns_base_resume(dns);
	return dns;
}

/**
 * resolve_choose() - take one of several addresses
 *
 * Any of them, so that another one has its turn if it can't be reached.
 */
const struct addrinfo *resolve_choose(const struct addrinfo *found)
{
	const struct addrinfo *one;
	unsigned int count = 0;

	for (one = found; one; one = one->ai_next)
		count++;
	for (count = arc4random_uniform(count); count; count--)
		found = found->ai_next;
	return found;
}

/**
 * resolve() - ask for the addresses of a name
 * @base: loop, of which a program has one
 * @host: name
 * @port: to be put into the addresses
 * @fn: told them, or why there are none, maybe at once; when the question is
 *	cancelled it may be called later, with EVUTIL_EAI_CANCEL
 * @arg: for @fn
 *
 * Return: question, to be cancelled by evdns_getaddrinfo_cancel() until it is
 * answered; NULL: it is answered.
 */
struct evdns_getaddrinfo_request *resolve(struct event_base *base,
					  const char *host, unsigned int port,
					  evdns_getaddrinfo_cb fn, void *arg)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct evdns_base *dns = resolver(base);
	char service[8];

	snprintf(service, sizeof(service), "%u", port);
	if (dns)
		return evdns_getaddrinfo(dns, host, service, &hints, fn, arg);
	fn(EVUTIL_EAI_MEMORY, NULL, arg);
	return NULL;
}

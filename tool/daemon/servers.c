// SPDX-License-Identifier: GPL-2.0-or-later
/* Which servers have an address, so that a report gets to all of them. */
#include "servers.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "grow.h"

/* A server, as much as it takes to report for it. */
struct entry {
	struct address address;
	uint16_t port;
	char service[PSTEER_NAME_MAX + 1];
};

/**
 * struct servers - the list
 * @kernel: the module
 * @watch: tells when servers come and go
 * @fresh: it is as the module's
 * @entries: by address
 * @count: of @entries
 */
struct servers {
	struct kernel *kernel;
	struct kernel_watch watch;
	bool fresh;
	struct entry *entries;
	size_t count;
};

static int compare_address(const struct address *a, const struct address *b)
{
	return a->len != b->len ? a->len - b->len :
				  memcmp(a->bytes, b->bytes, a->len);
}

static int compare(const void *a, const void *b)
{
	const struct entry *first = a, *second = b;

	return compare_address(&first->address, &second->address);
}

bool servers_is(const struct record *server, const char *service,
		const struct address *address, uint16_t port)
{
	const struct address *its =
		record_address(server, PSTEER_A_SERVER_ADDRESS);

	return its && !compare_address(its, address) &&
	       record_number(server, PSTEER_A_SERVER_PORT) == port &&
	       !strcmp(record_text(server, PSTEER_A_SERVER_SERVICE), service);
}

/* Most are about reports, our own; only whether there are others matters. */
static void on_told(const struct record *record, void *arg)
{
	struct servers *servers = arg;

	if (record_number(record, PSTEER_A_SERVER_EVENT) != PSTEER_EVENT_CHANGE)
		servers->fresh = false;
}

static void on_lost(void *arg)
{
	struct servers *servers = arg;

	servers->fresh = false;
}

/**
 * servers_new() - keep a list
 */
struct servers *servers_new(struct kernel *kernel)
{
	struct servers *servers = calloc(1, sizeof(*servers));

	if (!servers)
		err(1, "no memory");
	servers->kernel = kernel;
	servers->watch = (struct kernel_watch) {
		.object = &server_object, .told = on_told, .lost = on_lost,
		.arg = servers,
	};
	kernel_watch(kernel, &servers->watch);
	return servers;
}

static void forget_all(struct servers *servers)
{
	free(servers->entries);
	servers->entries = NULL;
	servers->count = 0;
}

/**
 * servers_free() - don't keep it any more
 */
void servers_free(struct servers *servers)
{
	kernel_unwatch(servers->kernel, &servers->watch);
	forget_all(servers);
	free(servers);
}

static void add(const struct record *r, void *arg)
{
	const struct address *address = record_address(r, PSTEER_A_SERVER_ADDRESS);
	struct servers *servers = arg;
	struct entry *e;

	if (!address)
		return;
	servers->entries = grow(servers->entries, servers->count, sizeof(*e));
	e = &servers->entries[servers->count++];
	e->address = *address;
	e->port = record_number(r, PSTEER_A_SERVER_PORT);
	snprintf(e->service, sizeof(e->service), "%s",
		 record_text(r, PSTEER_A_SERVER_SERVICE));
}

/* A list that changed while it was read is used, and read again next time. */
static int refresh(struct servers *servers, struct refusal *refusal)
{
	int ret;

	if (servers->fresh)
		return 0;
	forget_all(servers);
	ret = kernel_list(servers->kernel, &server_object, NULL, add, servers,
			  refusal);
	if (servers->count)
		qsort(servers->entries, servers->count,
		      sizeof(*servers->entries), compare);
	servers->fresh = !ret;
	return ret == -EAGAIN ? 0 : ret;
}

/* The first with an address, or where it would be. */
static size_t first_of(const struct servers *servers,
		       const struct address *address)
{
	size_t low = 0, high = servers->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare_address(&servers->entries[middle].address,
				    address) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int tell(struct servers *servers, const struct entry *e,
		struct record *report, struct refusal *refusal)
{
	record_set_text(report, PSTEER_A_SERVER_SERVICE, e->service);
	record_set_number(report, PSTEER_A_SERVER_PORT, e->port);
	return kernel_do(servers->kernel, &server_object,
			 PSTEER_CMD_SERVER_REPORT, ROLE_REPORT, report,
			 refusal);
}

/**
 * servers_report() - report for all servers with an address
 * @servers: the list
 * @address: of them
 * @report: what there is to report
 * @refusal: why one of them, or all, did not take it
 *
 * Return: how many have taken it; if none, there is a refusal.
 */
unsigned int servers_report(struct servers *servers,
			    const struct address *address,
			    struct record *report, struct refusal *refusal)
{
	unsigned int taken = 0;
	size_t i;

	if (refresh(servers, refusal))
		return 0;
	refusal_set(refusal, ENOENT, "no service has a server with that address");
	record_add_address(report, PSTEER_A_SERVER_ADDRESS, address);
	for (i = first_of(servers, address); i < servers->count &&
	     !compare_address(&servers->entries[i].address, address); i++)
		taken += !tell(servers, &servers->entries[i], report, refusal);
	return taken;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The gate before a network namespace: while it is closed what the module would
 * translate is dropped, and nothing else. A packet that is lost is sent again; one
 * that the module does not know would be answered by a reset, or go out with a
 * private address. It is a table of nftables, as that is there without the module.
 *
 * It stands after reassembly and before the module's own hooks. The fast path comes
 * before it: sessions that go on do so until the module is unloaded, but none begins
 * or ends any more.
 */
#include "reload_gate.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/portsteer.h>

#include "command.h"
#include "format.h"
#include "objects.h"

#define CLEAR \
	"table " GATE_TABLE "\n" \
	"delete table " GATE_TABLE "\n"

/* A pool's address, or a virtual one, can be the gateway's own: ports tell. */
#define SETS(family, type) \
	"set services" family " { type " type " . inet_proto . inet_service; }\n" \
	"set pools" family " { type " type " . inet_service; flags interval; }\n" \
	"set grants" family " { type " type " . inet_service; flags interval; }\n" \
	"set addresses" family " { type " type "; }\n" \
	"set vms" family " { type " type "; flags interval; auto-merge; }\n"

#define RULES(family, ip, icmp) \
	ip " daddr . meta l4proto . th dport @services" family " drop\n" \
	"meta l4proto { tcp, udp } " ip " daddr . th dport @pools" family " drop\n" \
	"meta l4proto { tcp, udp } " ip " daddr . th dport @grants" family " drop\n" \
	"meta l4proto { tcp, udp } " ip " saddr . th sport @grants" family " drop\n" \
	"meta l4proto " icmp " " ip " daddr @addresses" family " drop\n" \
	ip " saddr @vms" family " drop\n"

/* Neighbours may go on asking who is at an address. */
static const char closed[] = CLEAR
	"table " GATE_TABLE " {\n"
	SETS("4", "ipv4_addr")
	SETS("6", "ipv6_addr")
	"chain held {\n"
	"icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\n"
	RULES("4", "ip", "icmp")
	RULES("6", "ip6", "ipv6-icmp")
	"}\n"
	"chain from_outside { type filter hook prerouting priority -350; jump held; }\n"
	"chain from_here { type filter hook output priority -350; jump held; }\n"
	"}\n";

/* One more element for a set of the address's family. */
static void begin_element(FILE *out, const char *set,
			  const struct address *address)
{
	char buf[FORMAT_MAX];

	fprintf(out, "add element " GATE_TABLE " %s%c { %s", set,
		address->len == 4 ? '4' : '6', format_address(buf, address));
}

static void add_address(FILE *out, const struct address *address)
{
	begin_element(out, "addresses", address);
	fputs(" }\n", out);
}

static void add_ports(FILE *out, const char *set, const struct address *address,
		      int64_t first, int64_t last)
{
	begin_element(out, set, address);
	fprintf(out, " . %d-%d }\n", (int)first, (int)last);
	add_address(out, address);
}

static void add_pool(const struct record *r, void *arg)
{
	const struct value *v = &r->values[PSTEER_A_POOL_ADDRESS];

	for (; v && v->kind; v = v->next)
		add_ports(arg, "pools", &v->address,
			  record_number(r, PSTEER_A_POOL_PORT_FIRST),
			  record_number(r, PSTEER_A_POOL_PORT_LAST));
}

static void add_service(const struct record *r, void *arg)
{
	const struct address *address =
		record_address(r, PSTEER_A_SERVICE_ADDRESS);

	begin_element(arg, "services", address);
	fprintf(arg, " . %d . %d }\n",
		(int)record_number(r, PSTEER_A_SERVICE_PROTO),
		(int)record_number(r, PSTEER_A_SERVICE_PORT));
	add_address(arg, address);
}

/* A host's are of a pool; those of an edge are of no pool there. */
static void add_grant(const struct record *r, void *arg)
{
	if (record_has(r, PSTEER_A_GRANT_HOST))
		add_ports(arg, "grants",
			  record_address(r, PSTEER_A_GRANT_ADDRESS),
			  record_number(r, PSTEER_A_GRANT_PORT_FIRST),
			  record_number(r, PSTEER_A_GRANT_PORT_LAST));
}

static void add_vm(const struct record *r, void *arg)
{
	begin_element(arg, "vms", record_address(r, PSTEER_A_VM_ADDRESS));
	fprintf(arg, "/%d }\n",
		(int)record_number(r, PSTEER_A_VM_PREFIX_LENGTH));
}

static int add_all(struct netlink *nl, FILE *out)
{
	static const struct {
		const struct object *object;
		record_handler add;
	} parts[] = {
		{ &pool_object, add_pool }, { &service_object, add_service },
		{ &grant_object, add_grant }, { &vm_object, add_vm },
	};
	struct record none = { 0 };
	int ret = 0;
	size_t i;

	fputs(closed, out);
	for (i = 0; !ret && i < sizeof(parts) / sizeof(parts[0]); i++)
		ret = fetch_all(nl, parts[i].object, parts[i].object->get, &none,
				parts[i].add, out);
	return ret;
}

/* All of it or nothing; nft itself says what is wrong. */
static bool carry_out(const char *commands)
{
	FILE *nft = popen("nft -f -", "we");

	if (!nft)
		return false;
	fputs(commands, nft);
	return !pclose(nft);
}

/**
 * gate_close() - keep the module's packets out of the namespace that we are in
 * @nl: socket to the module, of this namespace
 *
 * Return: false if that can't be done; then nothing is kept out.
 */
bool gate_close(struct netlink *nl)
{
	char *commands = NULL;
	size_t size = 0;
	FILE *out;
	int ret;

	out = open_memstream(&commands, &size);
	if (!out)
		err(1, "no memory");
	ret = add_all(nl, out);
	fclose(out);
	ret = !ret && carry_out(commands);
	free(commands);
	return ret;
}

/**
 * gate_open() - let them in again
 *
 * Return: whether it is open.
 */
bool gate_open(void)
{
	return carry_out(CLEAR);
}

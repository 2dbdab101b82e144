// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trace events of trace.h, and how what they show is put in words. None of it
 * runs while nobody watches.
 */
#include <linux/kernel.h>
#include <linux/socket.h>

#include "client.h"
#include "net.h"
#include "pool.h"
#include "server.h"
#include "service.h"
#include "session.h"
#include "session_view.h"
#include "steer.h"
#include "trace.h"
#include "vm.h"

static const char *const end_reasons[PSTEER_ENDS] = {
	[PSTEER_END_EXPIRED] = "expired",
	[PSTEER_END_RESTEERED] = "resteered",
	[PSTEER_END_SERVER_DOWN] = "server-down",
	[PSTEER_END_RECYCLED] = "recycled",
	[PSTEER_END_REPLACED] = "replaced",
	[PSTEER_END_FLUSHED] = "flushed",
	[PSTEER_END_REMOVED] = "removed",
	[PSTEER_END_NAMESPACE] = "namespace",
};

/* These as the tool has them. */
static const char *const session_states[__PSTEER_SESSION_STATE_MAX] = {
	[PSTEER_SESSION_OPENING] = "opening",
	[PSTEER_SESSION_ESTABLISHED] = "established",
	[PSTEER_SESSION_CLOSING] = "closing",
	[PSTEER_SESSION_TIME_WAIT] = "time-wait",
	[PSTEER_SESSION_UNREPLIED] = "unreplied",
};

static const char *const select_modes[__PSTEER_SELECT_MAX] = {
	[PSTEER_SELECT_ARGMAX] = "argmax",
	[PSTEER_SELECT_P2C] = "p2c",
	[PSTEER_SELECT_WRAND] = "wrand",
};

static const char *const owner_types[] = {
	[PSTEER_OWNER_NONE] = "none",
	[PSTEER_OWNER_CLIENT] = "client",
	[PSTEER_OWNER_PROBATION] = "probation",
	[PSTEER_OWNER_VM] = "vm",
};

/* What has happened to a block, by the state that it has now. */
static const char *const block_changes[] = {
	[PSTEER_BLOCK_FREE] = "freed",
	[PSTEER_BLOCK_ACTIVE] = "grown",
	[PSTEER_BLOCK_DRAINING] = "draining",
	[PSTEER_BLOCK_HELD] = "held",
	[PSTEER_BLOCK_ABSENT] = "withdrawn",
};

static void put_word(char *to, const char *word)
{
	strscpy(to, word, PSTEER_TRACE_WORD);
}

static void put_proto(char *to, u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		put_word(to, "tcp");
		break;
	case IPPROTO_UDP:
		put_word(to, "udp");
		break;
	case IPPROTO_ICMP:
		put_word(to, "icmp");
		break;
	default:
		put_word(to, "icmpv6");
	}
}

static void put_sockaddr(char *to, const char *format, u8 family,
			 const union nf_inet_addr *ip, __be16 port)
{
	union {
		struct sockaddr any;
		struct sockaddr_in ipv4;
		struct sockaddr_in6 ipv6;
	} addr = {};

	addr.any.sa_family = family;
	if (family == AF_INET) {
		addr.ipv4.sin_addr = ip->in;
		addr.ipv4.sin_port = port;
	} else {
		addr.ipv6.sin6_addr = ip->in6;
		addr.ipv6.sin6_port = port;
	}
	snprintf(to, PSTEER_TRACE_ADDR, format, &addr);
}

static void put_addr(char *to, u8 family, const union nf_inet_addr *ip)
{
	put_sockaddr(to, "%pISc", family, ip, 0);
}

static void put_endpoint(char *to, u8 family, const union nf_inet_addr *ip,
			 __be16 port)
{
	put_sockaddr(to, "%pISpc", family, ip, port);
}

static void put_kind(char *kind, char *name,
		     const struct psteer_session_view *view)
{
	put_word(kind, view->service ? "service" : "vm");
	strscpy(name, view->service ?: view->vm, PSTEER_TRACE_NAME);
}

/* Who has, or had, a block; "-" if it needs no name. */
static void put_owner(char *type, char *name, const struct psteer_pool *pool,
		      struct psteer_owner *owner)
{
	put_word(type, owner_types[owner ? owner->type : PSTEER_OWNER_NONE]);
	if (owner && owner->type == PSTEER_OWNER_CLIENT)
		put_addr(name, pool->family,
			 &psteer_client_of(owner)->key.ip);
	else if (owner && owner->type == PSTEER_OWNER_VM)
		strscpy(name, psteer_vm_of(owner)->name, PSTEER_TRACE_ADDR);
	else
		strscpy(name, "-", PSTEER_TRACE_ADDR);
}

/* Whether it was the score that decided. */
static const char *choice_why(const struct psteer_choice *choice,
			      const struct psteer_server *server,
			      const struct psteer_candidate *chosen)
{
	if (chosen->eligible == PSTEER_ELIGIBLE_PANIC)
		return "panic";
	return psteer_choice_tries(choice, server, chosen) ? "trial" : "score";
}

#define CREATE_TRACE_POINTS
#include "trace.h"

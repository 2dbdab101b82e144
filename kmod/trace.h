/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can be watched as it happens: Documentation/tracing.md is for who does.
 * All that costs something is worked out in TP_fast_assign(), by trace.c, and so
 * only while somebody watches. Words and addresses are text, so that filters and
 * scripts can have them, too.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM portsteer

#if !defined(PSTEER_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define PSTEER_TRACE_H

#include <linux/tracepoint.h>

#include <linux/portsteer.h>

#include "session.h"

struct psteer_block;
struct psteer_choice;
struct psteer_net;
struct psteer_owner;
struct psteer_pool;
struct psteer_server;

#define PSTEER_TRACE_NAME	(PSTEER_NAME_MAX + 1)
#define PSTEER_TRACE_WORD	16
#define PSTEER_TRACE_ADDR	48	/* "[IPv6]:port" */

/* What both events of a session tell of it. */
#define PSTEER_TRACE_SESSION_FIELDS				\
	__array(char, kind, PSTEER_TRACE_WORD)			\
	__array(char, name, PSTEER_TRACE_NAME)			\
	__array(char, proto, PSTEER_TRACE_WORD)			\
	__array(char, client, PSTEER_TRACE_ADDR)		\
	__array(char, pool, PSTEER_TRACE_ADDR)			\
	__array(char, server, PSTEER_TRACE_ADDR)		\
	__field(u32, netns)

#define PSTEER_TRACE_SESSION_ASSIGN(view)			\
	do {							\
		put_kind(__entry->kind, __entry->name, view);	\
		put_proto(__entry->proto, (view)->near.proto);	\
		put_endpoint(__entry->client, (view)->near.family, \
			     &(view)->near.src, (view)->near.sport); \
		put_endpoint(__entry->pool, (view)->far.family,	\
			     &(view)->far.dst, (view)->far.dport); \
		put_endpoint(__entry->server, (view)->far.family, \
			     &(view)->far.src, (view)->far.sport); \
		__entry->netns = pnet->net->ns.inum;		\
	} while (0)

/**
 * trace_session_create() - a session has been opened
 * @pnet: its namespace
 * @session: session
 */
TRACE_EVENT(session_create,
	TP_PROTO(const struct psteer_net *pnet,
		 const struct psteer_session *session),
	TP_ARGS(pnet, session),
	TP_STRUCT__entry(
		PSTEER_TRACE_SESSION_FIELDS
	),
	TP_fast_assign(
		struct psteer_session_view view;

		psteer_session_look(session, &view);
		PSTEER_TRACE_SESSION_ASSIGN(&view);
	),
	TP_printk("%s=%s proto=%s client=%s pool=%s server=%s netns=%u",
		  __entry->kind, __entry->name, __entry->proto,
		  __entry->client, __entry->pool, __entry->server,
		  __entry->netns)
);

/**
 * trace_session_end() - a session is over
 * @pnet: its namespace
 * @session: session
 * @why: why
 */
TRACE_EVENT(session_end,
	TP_PROTO(const struct psteer_net *pnet,
		 const struct psteer_session *session,
		 enum psteer_end_reason why),
	TP_ARGS(pnet, session, why),
	TP_STRUCT__entry(
		PSTEER_TRACE_SESSION_FIELDS
		__array(char, reason, PSTEER_TRACE_WORD)
		__array(char, state, PSTEER_TRACE_WORD)
		__field(u32, lived_ms)
		__field(u64, packets)
		__field(u64, bytes)
	),
	TP_fast_assign(
		struct psteer_session_view view;

		psteer_session_look(session, &view);
		PSTEER_TRACE_SESSION_ASSIGN(&view);
		put_word(__entry->reason, end_reasons[why]);
		put_word(__entry->state, session_states[view.state]);
		__entry->lived_ms =
			jiffies_to_msecs((u32)jiffies - session->opened);
		__entry->packets = view.packets;
		__entry->bytes = view.bytes;
	),
	TP_printk("%s=%s proto=%s client=%s pool=%s server=%s reason=%s state=%s lived_ms=%u packets=%llu bytes=%llu netns=%u",
		  __entry->kind, __entry->name, __entry->proto,
		  __entry->client, __entry->pool, __entry->server,
		  __entry->reason, __entry->state, __entry->lived_ms,
		  __entry->packets, __entry->bytes, __entry->netns)
);

/**
 * trace_server_choice() - a server has been chosen for a new session
 * @choice: choice
 * @server: server; not yet told
 */
TRACE_EVENT(server_choice,
	TP_PROTO(const struct psteer_choice *choice,
		 const struct psteer_server *server),
	TP_ARGS(choice, server),
	TP_STRUCT__entry(
		__array(char, service, PSTEER_TRACE_NAME)
		__array(char, client, PSTEER_TRACE_ADDR)
		__array(char, server, PSTEER_TRACE_ADDR)
		__array(char, mode, PSTEER_TRACE_WORD)
		__array(char, why, PSTEER_TRACE_WORD)
		__field(s32, score)
		__field(u32, load)
		__field(u32, capacity)
		__field(u32, ports)
		__field(u32, netns)
	),
	TP_fast_assign(
		u8 family = choice->service->key.family;
		struct psteer_candidate chosen;

		psteer_choice_weigh(choice, server, &chosen);
		put_word(__entry->why, choice_why(choice, server, &chosen));
		strscpy(__entry->service, choice->service->name,
			PSTEER_TRACE_NAME);
		put_addr(__entry->client, family, choice->client);
		put_endpoint(__entry->server, family, &server->ip,
			     server->port);
		put_word(__entry->mode, select_modes[choice->rule.mode]);
		__entry->score = chosen.terms.score;
		__entry->load = chosen.terms.load;
		__entry->capacity = chosen.terms.capacity;
		__entry->ports = chosen.terms.ports;
		__entry->netns = choice->pnet->net->ns.inum;
	),
	TP_printk("service=%s client=%s server=%s mode=%s why=%s score=%d load=%u capacity=%u ports=%u netns=%u",
		  __entry->service, __entry->client, __entry->server,
		  __entry->mode, __entry->why, __entry->score, __entry->load,
		  __entry->capacity, __entry->ports, __entry->netns)
);

/**
 * trace_range_change() - a block has been given to its owner, or has left it
 * @pool: its pool
 * @block: block, in its new state
 * @owner: who has it, or had it till now; NULL: nobody
 */
TRACE_EVENT(range_change,
	TP_PROTO(const struct psteer_pool *pool,
		 const struct psteer_block *block, struct psteer_owner *owner),
	TP_ARGS(pool, block, owner),
	TP_STRUCT__entry(
		__array(char, pool, PSTEER_TRACE_NAME)
		__array(char, ip, PSTEER_TRACE_ADDR)
		__field(u16, first)
		__field(u16, last)
		__array(char, owner_type, PSTEER_TRACE_WORD)
		__array(char, owner, PSTEER_TRACE_ADDR)
		__array(char, what, PSTEER_TRACE_WORD)
		__field(u32, in_use)
		__field(u32, netns)
	),
	TP_fast_assign(
		strscpy(__entry->pool, pool->name, PSTEER_TRACE_NAME);
		put_addr(__entry->ip, pool->family,
			 psteer_block_ip(pool, block));
		__entry->first = psteer_block_first_port(block->index,
							 pool->shift);
		__entry->last = psteer_block_last_port(block->index,
						       pool->shift);
		put_owner(__entry->owner_type, __entry->owner, pool, owner);
		put_word(__entry->what, block_changes[block->state]);
		__entry->in_use = READ_ONCE(block->in_use);
		__entry->netns = pool->pnet->net->ns.inum;
	),
	TP_printk("pool=%s ip=%s first=%u last=%u owner_type=%s owner=%s what=%s in_use=%u netns=%u",
		  __entry->pool, __entry->ip, __entry->first,
		  __entry->last, __entry->owner_type, __entry->owner,
		  __entry->what, __entry->in_use, __entry->netns)
);

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

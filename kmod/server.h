/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_SERVER_H
#define PSTEER_SERVER_H

#include <linux/refcount.h>
#include <linux/spinlock.h>

#include <linux/portsteer.h>

#include "evidence.h"
#include "feedback.h"
#include "key.h"
#include "model.h"
#include "predict.h"
#include "select.h"
#include "tag.h"
#include "traffic.h"
#include "way.h"

struct psteer_config;
struct psteer_net;
struct psteer_service;

/**
 * struct psteer_report - what a server says of itself
 * @has: bit n is set if the member of attribute n is given
 * @sequence: must rise from report to report
 * @load: a share
 * @cpu: a share
 * @memory: a share
 * @network: a share
 * @latency_us: microseconds
 * @errors: share of requests that failed
 * @app: a share, the application's own metric
 * @capacity: the server's own forecast of what it will have free, a share
 */
struct psteer_report {
	u64 has;
	u64 sequence;
	u32 load;
	u32 cpu;
	u32 memory;
	u32 network;
	u32 latency_us;
	u32 errors;
	u32 app;
	u32 capacity;
};

/* Is the member for PSTEER_A_SERVER_@attr given in report @r? */
#define psteer_report_has(r, attr) \
	(!!((r)->has & BIT_ULL(PSTEER_A_SERVER_##attr)))

/**
 * struct psteer_server_params - what the user sets of a server
 * @has: bit n is set if the member of attribute n is given
 * @max_sessions: limit of active sessions, 0 for none
 * @state: enum psteer_server_state
 * @zone: where it is, used
 * @tags: what it can do, used
 *
 * The uses of zone and tags go over to the server that it is applied to.
 */
struct psteer_server_params {
	u64 has;
	u32 max_sessions;
	u8 state;
	u8 zone;
	struct psteer_tag_set tags;
};

/**
 * struct psteer_server - a real server behind a service
 * @id: rises with creation
 * @endpoint: names its address, port and protocol in uses; the same for a server
 *	of another service that is the same program
 * @service: its service, which outlives it
 * @nr: its place in the service's list; pnet->lock
 * @ip: its address
 * @port: its port
 * @refs: one of the service while listed, one of each session
 * @max_sessions: limit of @active, 0 for none; READ_ONCE
 * @state: enum psteer_server_state; READ_ONCE, written under pnet->lock
 * @zone: where it is, PSTEER_ZONE_NONE: nobody has said; READ_ONCE, written under
 *	pnet->lock
 * @tags: what it can do
 * @up_since: when it was added or set up again, in jiffies; READ_ONCE
 * @sessions: sessions, with those that only wait for their port to be safe
 * @active: of these, sessions that are not closed by both ends
 * @created: sessions since it was added
 * @established: of these, answered
 * @failed: of these, refused or never answered
 * @failures: failed handshakes in a row
 * @unhealthy: bit 0: too many of them
 * @retry_at: when an unhealthy server gets one session to try, in jiffies
 * @watch: serialises changes of @feedback; only ever tried, so that of what two
 *	CPUs see at once one thing is lost
 * @feedback: what the gateway sees of it; read without the lock too
 * @traffic: what passed to and from it
 * @ways: how packets get to it
 * @settled_at: up to when @served is complete, in jiffies
 * @served: how long its sessions have lived together, in jiffies
 * @lived: how long those that have ended had lived, in units of 1024 ns
 * @ended: how many have ended
 * @lock: serialises reports and guards what they leave, from @predict to
 *	@has_model_forecast; taken with bottom halves off
 * @predict: load predictor
 * @last: the last report
 * @local: what own sessions say of its load; its means and what follows from
 *	them also READ_ONCE
 * @history: what models see of the last reports
 * @arrivals: new sessions a second between the last two reports
 * @model_forecast: load at the last report + horizon by the trained model, a share
 * @has_model_forecast: there is one
 * @load: last reported; READ_ONCE, as the rest
 * @errors: share of requests that are to be expected to fail
 * @latency_us: last reported, 0: not
 * @capacity: capacity score, a share
 * @reports: accepted reports
 * @reported_at: when, in jiffies
 * @rcu: for freeing it
 */
struct psteer_server {
	u32 id;
	u32 endpoint;
	struct psteer_service *service;
	u32 nr;
	union nf_inet_addr ip;
	__be16 port;
	refcount_t refs;
	u32 max_sessions;
	u8 state;
	u8 zone;
	struct psteer_tag_set tags;
	unsigned long up_since;

	atomic_t sessions;
	atomic_t active;
	atomic64_t created;
	atomic64_t established;
	atomic64_t failed;
	atomic_t failures;
	unsigned long unhealthy;
	unsigned long retry_at;
	spinlock_t watch;		/* see above: feedback */
	struct psteer_feedback feedback;
	struct psteer_traffic __percpu *traffic;
	struct psteer_ways ways;

	unsigned long settled_at;
	atomic64_t served;
	atomic64_t lived;
	atomic64_t ended;

	spinlock_t lock;		/* see above: reports */
	struct psteer_predict predict;
	struct psteer_report last;
	struct psteer_local local;
	struct psteer_model_history history;
	struct psteer_model_rate arrivals;
	u32 model_forecast;
	bool has_model_forecast;

	u32 load;
	u32 errors;
	u32 latency_us;
	u32 capacity;
	u64 reports;
	unsigned long reported_at;
	struct rcu_head rcu;
};

struct psteer_server *
psteer_server_add(struct psteer_service *service, const union nf_inet_addr *ip,
		  __be16 port, const struct psteer_server_params *params);
int psteer_server_set(struct psteer_server *server,
		      const struct psteer_server_params *params);
void psteer_server_let_go(struct psteer_server *server);
int psteer_server_unlist(struct psteer_server *server);
void psteer_server_put(struct psteer_server *server);
struct psteer_server *psteer_server_find(const struct psteer_service *service,
					 const union nf_inet_addr *ip,
					 __be16 port);
int psteer_server_report(struct psteer_server *server,
			 const struct psteer_report *report);
void psteer_server_evidence(const struct psteer_server *server,
			    struct psteer_evidence *evidence);
void psteer_server_opened(struct psteer_server *server);
void psteer_server_ended(struct psteer_server *server, u32 lived);

void psteer_server_asked(struct psteer_server *server);
void psteer_server_answered(struct psteer_server *server, u32 us);
void psteer_server_reported_latency(struct psteer_server *server, u32 us);
void psteer_server_failed(struct psteer_server *server);
bool psteer_server_healthy(const struct psteer_server *server);
void psteer_server_chosen(struct psteer_server *server);
void psteer_server_forgive(struct psteer_server *server);
void psteer_server_renew(struct psteer_server *server);
void psteer_server_trouble(const struct psteer_server *server,
			   struct psteer_trouble *trouble);

#endif

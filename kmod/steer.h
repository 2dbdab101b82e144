/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_STEER_H
#define PSTEER_STEER_H

#include "packet.h"
#include "range.h"
#include "select.h"
#include "stats.h"

struct psteer_client;
struct psteer_net;
struct psteer_server;
struct psteer_service;
struct psteer_servers;
struct psteer_session;

/* "Not for us": no reason is counted, the packet goes its way. */
#define PSTEER_NOT_OURS	PSTEER_STATS_NUM

/**
 * struct psteer_choice - one choice among the servers of a service
 * @pnet: namespace
 * @service: service
 * @client: address of the client
 * @servers: the servers
 * @zone: where the client is, PSTEER_ZONE_NONE if nobody has said
 * @needs: tags that a server must have, a bit for each
 * @rule: how they are scored
 * @owner: whose port the session will get; NULL if that is not known yet
 * @range_size: ports that the owner would have then
 * @panic: health is not heeded
 * @short_of_ports: set if a server was left out only for want of a port
 */
struct psteer_choice {
	struct psteer_net *pnet;
	const struct psteer_service *service;
	const union nf_inet_addr *client;
	const struct psteer_servers *servers;
	u8 zone;
	u64 needs;
	struct psteer_select_rule rule;
	struct psteer_owner *owner;
	u32 range_size;
	bool panic;
	bool short_of_ports;
};

/**
 * struct psteer_candidate - how one server stands in a choice
 * @eligible: whether it can be chosen, and if not why
 * @evidence: what is known of it
 * @ports_free: ports free towards it
 * @ports_size: ports of the owner
 * @terms: its score
 */
struct psteer_candidate {
	enum psteer_eligible eligible;
	struct psteer_evidence evidence;
	u32 ports_free;
	u32 ports_size;
	struct psteer_terms terms;
};

static inline bool
psteer_is_eligible(enum psteer_eligible eligible)
{
	return eligible == PSTEER_ELIGIBLE ||
	       eligible == PSTEER_ELIGIBLE_PANIC;
}

void psteer_choice_init(struct psteer_choice *choice,
			const struct psteer_service *service,
			const union nf_inet_addr *client,
			struct psteer_owner *owner);
bool psteer_choice_tagged(const struct psteer_choice *choice);
void psteer_choice_weigh(const struct psteer_choice *choice,
			 const struct psteer_server *server,
			 struct psteer_candidate *candidate);
bool psteer_choice_tries(const struct psteer_choice *choice,
			 const struct psteer_server *server,
			 const struct psteer_candidate *candidate);
struct psteer_server *psteer_choice_make(struct psteer_choice *choice,
					 u64 random);

struct psteer_owner *psteer_ports_owner(struct psteer_client *client);
struct psteer_owner *psteer_ports_owner_now(struct psteer_client *client);
bool psteer_ports_more(struct psteer_client *client,
		       struct psteer_owner *owner);
void psteer_ports_ahead(struct psteer_client *client,
			struct psteer_owner *owner,
			const struct psteer_use *use);

struct psteer_session *psteer_steer(struct psteer_net *pnet,
				    struct sk_buff *skb,
				    const struct nf_hook_state *state,
				    const struct psteer_packet *pkt,
				    enum psteer_stat *reason);
bool psteer_steer_hopes(const struct psteer_session *session);
bool psteer_steer_anew(struct psteer_session *session, enum psteer_dir dir,
		       const struct psteer_packet *pkt,
		       enum psteer_stat *reason);

#endif

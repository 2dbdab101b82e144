/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_AGENT_H
#define PORTSTEER_AGENT_H

#include <sys/queue.h>

#include <jansson.h>

#include "kernel.h"
#include "line.h"
#include "servers.h"
#include "speaker.h"

#define SPEAKS_MAX	16	/* for so many may one agent speak */

/**
 * struct floor - what all agents of the daemon have in common
 * @kernel: the module
 * @servers: that reports of servers are for
 * @speakers: VMs and servers that agents speak for
 * @interval_ms: how often they are to report
 * @agents: connections
 * @count: of @agents
 * @greeted: of these, how many have said for whom they speak
 * @taken: reports that the module has taken
 * @refused: connections that were refused after their handshake, and reports that
 *	the module did not want
 * @failed: connections that ended before the handshake was done
 * @due: speakers whose ranges are to be told
 * @tell: have that done soon
 * @arg: for @tell
 */
struct floor {
	struct kernel *kernel;
	struct servers *servers;
	struct speakers speakers;
	unsigned int interval_ms;
	TAILQ_HEAD(agent_list, agent) agents;
	unsigned int count;
	unsigned int greeted;
	uint64_t taken;
	uint64_t refused;
	uint64_t failed;
	struct speaker_list due;
	void (*tell)(void *arg);
	void *arg;
};

/**
 * struct agent - a connection
 * @floor: where it is
 * @line: its link
 * @ready: the handshake is done
 * @refused: something that it said was refused
 * @speakers: for whom it speaks, once it has said so
 * @count: of @speakers
 * @links: in the floor's list
 */
struct agent {
	struct floor *floor;
	struct line *line;
	bool ready;
	bool refused;
	struct speaker *speakers[SPEAKS_MAX];
	size_t count;
	TAILQ_ENTRY(agent) links;
};

extern const struct line_use agent_use;

struct agent *agent_new(struct floor *floor);
void agent_free(struct agent *agent);
const char *agent_hear(struct agent *agent, json_t *message);
void agent_due(struct floor *floor, struct speaker *speaker);

#endif

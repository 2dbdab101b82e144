/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_SPEAKER_H
#define PORTSTEER_SPEAKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <jansson.h>

#include "report.h"

struct agent;

/**
 * struct speaker - somebody that an agent speaks for, or did
 * @who: the VM or server
 * @agent: the connection that speaks for it now; NULL: none
 * @sequence: of the last report
 * @reports: that the module has taken
 * @refused: reports that the module did not want
 * @told_ms: when the last report came
 * @complained_ms: when something was last said in the log about it; 0: never
 * @spare: reports that may come before the time for them
 * @spare_ms: when it had one more of them
 * @retransmits: of the last report, in 1/10000
 * @connections: of the last report
 * @due: its ranges are to be told
 * @ranges: what is to be told, while it is gathered
 * @links: while no agent speaks for it: in the order in which they went
 * @due_links: while @due
 */
struct speaker {
	struct who who;
	struct agent *agent;
	uint64_t sequence;
	uint64_t reports;
	uint64_t refused;
	uint64_t told_ms;
	uint64_t complained_ms;
	unsigned int spare;
	uint64_t spare_ms;
	uint32_t retransmits;
	uint64_t connections;
	bool due;
	json_t *ranges;
	TAILQ_ENTRY(speaker) links;
	TAILQ_ENTRY(speaker) due_links;
};

TAILQ_HEAD(speaker_list, speaker);

/**
 * struct speakers - all of them
 * @tree: by name
 * @count: of them
 * @most: beyond this many, those that went first are forgotten
 * @gone: those without an agent
 */
struct speakers {
	void *tree;
	size_t count;
	size_t most;
	struct speaker_list gone;
};

void speakers_init(struct speakers *speakers, size_t most);
void speakers_clear(struct speakers *speakers);
struct speaker *speakers_find(const struct speakers *speakers,
			      const char *name);
struct speaker *speakers_get(struct speakers *speakers, const struct who *who);

typedef void (*speaker_visitor)(const struct speaker *speaker, void *arg);
void speakers_each(const struct speakers *speakers, speaker_visitor fn,
		   void *arg);

void speaker_take(struct speakers *speakers, struct speaker *speaker,
		  struct agent *agent);
void speaker_leave(struct speakers *speakers, struct speaker *speaker);
bool speaker_complains(struct speaker *speaker);
bool speaker_paces(struct speaker *speaker, unsigned int interval_ms);

#endif

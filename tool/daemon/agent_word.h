/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line that an agent for HAProxy's agent-check answers with. */
#ifndef PORTSTEER_AGENT_WORD_H
#define PORTSTEER_AGENT_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AGENT_TEXT_MAX	80	/* of what it says in its own words */

enum agent_wish {
	AGENT_NO_WISH,
	AGENT_UP,	/* up, ready */
	AGENT_DRAIN,	/* drain, maint: no new sessions */
	AGENT_DOWN,	/* down, fail, failed, stopped */
};

/**
 * struct agent_answer - what one line says; what it does not say is kept
 * @wish: the state that the server shall have
 * @has_weight: there is a percentage
 * @weight: percent, at most 100
 * @has_max: there is maxconn:N
 * @max: sessions
 * @text: after #, printable, cut
 */
struct agent_answer {
	enum agent_wish wish;
	bool has_weight;
	unsigned int weight;
	bool has_max;
	uint32_t max;
	char text[AGENT_TEXT_MAX + 1];
};

/* The line without its end. NULL, or what is wrong as the end of a sentence. */
const char *agent_read(const char *line, size_t len,
		       struct agent_answer *answer);

#endif

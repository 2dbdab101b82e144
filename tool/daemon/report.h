/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_REPORT_H
#define PORTSTEER_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "identity.h"
#include "record.h"

#define WHY_MAX		160
#define SPEAKER_MAX	64	/* bytes of a name, with its kind before it */

/**
 * struct who - somebody that agents speak for
 * @role: a VM or a server
 * @name: as in messages, "vm:red"; an address in one form
 * @plain: what follows the colon there
 * @address: of a server
 */
struct who {
	enum role role;
	char name[SPEAKER_MAX];
	const char *plain;
	struct address address;
};

/**
 * struct report - what an agent has said of a VM or server
 * @who: which
 * @sequence: number of the report
 * @record: for the module, but for whom it is about
 * @retransmits: share of TCP segments, in 1/10000
 * @connections: open ones
 */
struct report {
	struct who who;
	uint64_t sequence;
	struct record record;
	uint32_t retransmits;
	uint64_t connections;
};

/* Each returns NULL, or what is wrong, in @why of WHY_MAX bytes. */
const char *who_read(const char *text, struct who *who, char *why);
const char *report_read(json_t *message, struct report *report, char *why);
const char *members_check(json_t *message, const char *const *known,
			  char *why);

#endif

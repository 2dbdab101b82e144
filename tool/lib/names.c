// SPDX-License-Identifier: GPL-2.0-or-later
/* The words of the command line and of JSON for the contract's enums. */
#include "names.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <linux/portsteer.h>

const struct name proto_names[] = {
	{ IPPROTO_TCP, "tcp" },
	{ IPPROTO_UDP, "udp" },
	{ IPPROTO_ICMP, "icmp" },
	{ IPPROTO_ICMPV6, "icmpv6" },
	{ 0, NULL }
};

const struct name select_names[] = {
	{ PSTEER_SELECT_ARGMAX, "argmax" },
	{ PSTEER_SELECT_P2C, "p2c" },
	{ PSTEER_SELECT_WRAND, "wrand" },
	{ 0, NULL }
};

const struct name emphasis_names[] = {
	{ PSTEER_EMPHASIS_NONE, "none" },
	{ PSTEER_EMPHASIS_LATENCY, "latency" },
	{ PSTEER_EMPHASIS_THROUGHPUT, "throughput" },
	{ PSTEER_EMPHASIS_APP, "app" },
	{ 0, NULL }
};

const struct name switch_names[] = {
	{ 0, "off" },
	{ 1, "on" },
	{ 0, NULL }
};

const struct name server_state_names[] = {
	{ PSTEER_SERVER_UP, "up" },
	{ PSTEER_SERVER_DRAIN, "drain" },
	{ PSTEER_SERVER_DOWN, "down" },
	{ 0, NULL }
};

const struct name session_state_names[] = {
	{ PSTEER_SESSION_OPENING, "opening" },
	{ PSTEER_SESSION_ESTABLISHED, "established" },
	{ PSTEER_SESSION_CLOSING, "closing" },
	{ PSTEER_SESSION_TIME_WAIT, "time-wait" },
	{ PSTEER_SESSION_UNREPLIED, "unreplied" },
	{ 0, NULL }
};

const struct name whose_names[] = {
	{ PSTEER_WHOSE_OWN, "own" },
	{ PSTEER_WHOSE_PEER, "peer" },
	{ PSTEER_WHOSE_UNSURE, "unsure" },
	{ 0, NULL }
};

const struct name range_state_names[] = {
	{ PSTEER_RANGE_ACTIVE, "active" },
	{ PSTEER_RANGE_DRAINING, "draining" },
	{ PSTEER_RANGE_HELD, "held" },
	{ 0, NULL }
};

const struct name owner_type_names[] = {
	{ PSTEER_OWNER_NONE, "none" },
	{ PSTEER_OWNER_CLIENT, "client" },
	{ PSTEER_OWNER_PROBATION, "probation" },
	{ PSTEER_OWNER_VM, "vm" },
	{ 0, NULL }
};

const struct name address_state_names[] = {
	{ PSTEER_ADDRESS_ACTIVE, "active" },
	{ PSTEER_ADDRESS_WITHDRAWN, "withdrawn" },
	{ 0, NULL }
};

const struct name vm_policy_names[] = {
	{ PSTEER_VM_SAFE, "safe" },
	{ PSTEER_VM_SEED, "seed" },
	{ 0, NULL }
};

const struct name filtering_names[] = {
	{ PSTEER_FILTERING_ENDPOINT_INDEPENDENT, "endpoint-independent" },
	{ PSTEER_FILTERING_ADDRESS_DEPENDENT, "address-dependent" },
	{ PSTEER_FILTERING_ADDRESS_AND_PORT_DEPENDENT,
	  "address-and-port-dependent" },
	{ 0, NULL }
};

const struct name grant_state_names[] = {
	{ PSTEER_GRANT_PREPARED, "prepared" },
	{ PSTEER_GRANT_ACTIVE, "active" },
	{ PSTEER_GRANT_DRAINING, "draining" },
	{ 0, NULL }
};

/* What keeps a server from being chosen, or did not, in a panic. */
const struct name reason_names[] = {
	{ PSTEER_ELIGIBLE_PANIC, "panic" },
	{ PSTEER_INELIGIBLE_STATE, "state" },
	{ PSTEER_INELIGIBLE_HEALTH, "health" },
	{ PSTEER_INELIGIBLE_SESSIONS, "sessions" },
	{ PSTEER_INELIGIBLE_PORTS, "ports" },
	{ PSTEER_INELIGIBLE_TAGS, "tags" },
	{ 0, NULL }
};

/* Who forecasts a load. */
const struct name expert_names[] = {
	{ PSTEER_EXPERT_SAME, "same" },
	{ PSTEER_EXPERT_EWMA_1, "ewma1" },
	{ PSTEER_EXPERT_EWMA_3, "ewma3" },
	{ PSTEER_EXPERT_EWMA_10, "ewma10" },
	{ PSTEER_EXPERT_EWMA_40, "ewma40" },
	{ PSTEER_EXPERT_TREND, "trend" },
	{ PSTEER_EXPERT_AR_512, "ar512" },
	{ PSTEER_EXPERT_AR_64, "ar64" },
	{ PSTEER_EXPERT_MODEL, "model" },
	{ 0, NULL }
};

/**
 * names_word() - the word for a value
 *
 * Return: the word, NULL for a value this tool does not know.
 */
const char *names_word(const struct name *names, int64_t value)
{
	for (; names->word; names++)
		if (names->value == value)
			return names->word;
	return NULL;
}

/**
 * names_find() - the row of a word
 *
 * Return: the row, NULL if the word is not in the table.
 */
const struct name *names_find(const struct name *names, const char *word)
{
	for (; names->word; names++)
		if (!strcmp(names->word, word))
			return names;
	return NULL;
}

/**
 * names_list() - all words of a table in one string
 *
 * Return: the length of the string, cut at @size.
 */
int names_list(const struct name *names, const char *separator, char *buf,
	       int size)
{
	const char *between = "";
	int len = 0;

	for (; names->word && len < size; names++) {
		len += snprintf(buf + len, size - len, "%s%s", between,
				names->word);
		between = separator;
	}
	return len < size ? len : size - 1;
}

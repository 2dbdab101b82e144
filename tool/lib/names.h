/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_NAMES_H
#define PORTSTEER_NAMES_H

#include <stdint.h>

/* A value of the netlink contract and its word; a table ends with no word. */
struct name {
	uint8_t value;
	const char *word;
};

extern const struct name proto_names[];
extern const struct name select_names[];
extern const struct name emphasis_names[];
extern const struct name switch_names[];
extern const struct name server_state_names[];
extern const struct name session_state_names[];
extern const struct name whose_names[];
extern const struct name range_state_names[];
extern const struct name owner_type_names[];
extern const struct name address_state_names[];
extern const struct name vm_policy_names[];
extern const struct name filtering_names[];
extern const struct name grant_state_names[];
extern const struct name reason_names[];
extern const struct name expert_names[];

const char *names_word(const struct name *names, int64_t value);
const struct name *names_find(const struct name *names, const char *word);
int names_list(const struct name *names, const char *separator, char *buf,
	       int size);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/* exempt: where the packets of VMs go without being translated. */
#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"

#define NAMED	(ROLE_ADD | ROLE_DEL)

static const struct field exempt_fields[] = {
	{
		.keyword = "address", .attr = PSTEER_A_EXEMPT_ADDRESS,
		.attr2 = PSTEER_A_EXEMPT_PREFIX_LENGTH, .type = &type_prefix,
		.takes = NAMED | ROLE_SHOW, .needs = NAMED,
		.plain = NAMED | ROLE_SHOW,
	}, {
		.keyword = "network", .attr = PSTEER_A_EXEMPT_ADDRESS,
		.type = &type_address, .flags = FIELD_INPUT | FIELD_KEY,
	}, {
		.keyword = "prefix-length",
		.attr = PSTEER_A_EXEMPT_PREFIX_LENGTH, .type = &type_length,
		.flags = FIELD_INPUT | FIELD_KEY,
	},
	{ 0 }
};

static const struct verb exempt_verbs[] = {
	{
		.word = "add", .role = ROLE_ADD, .cmd = PSTEER_CMD_EXEMPT_NEW,
		.restorable = true, .run = change_run,
	}, {
		.word = "del", .role = ROLE_DEL, .cmd = PSTEER_CMD_EXEMPT_DEL,
		.run = change_run,
	}, {
		.word = "show", .role = ROLE_SHOW,
		.cmd = PSTEER_CMD_EXEMPT_GET, .run = list_run,
	},
	{ 0 }
};

const struct object exempt_object = {
	.word = "exempt",
	.about = "destinations that VMs reach untranslated",
	.fields = exempt_fields,
	.verbs = exempt_verbs,
	.get = PSTEER_CMD_EXEMPT_GET,
};

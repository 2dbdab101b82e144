// SPDX-License-Identifier: GPL-2.0-or-later
/* The section that several parts need: our certificate, and whose word we take. */
#include "tls_section.h"

#include "tls.h"

static const struct setting settings[] = {
	{
		.key = "ca", .type = SETTING_PATH, .required = true,
		.offset = offsetof(struct tls_files, ca),
	}, {
		.key = "certificate", .type = SETTING_PATH, .required = true,
		.offset = offsetof(struct tls_files, certificate),
	}, {
		.key = "key", .type = SETTING_PATH, .required = true,
		.offset = offsetof(struct tls_files, key),
	},
	{ 0 }
};

const struct section tls_section = {
	.key = "tls",
	.size = sizeof(struct tls_files),
	.settings = settings,
};

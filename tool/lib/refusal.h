/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_REFUSAL_H
#define PORTSTEER_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

struct nlmsgerr;
struct nlmsghdr;

#define REFUSAL_TEXT_MAX	256

/**
 * struct refusal - why the kernel did not do as it was asked
 * @error: positive errno
 * @text: the kernel's sentence, or ""
 * @attr: the attribute at fault, or 0
 * @missing: @attr is one that the request should have had
 * @bounded: the kernel told the bounds of @attr
 * @least: lower bound
 * @most: upper bound
 */
struct refusal {
	int error;
	char text[REFUSAL_TEXT_MAX];
	uint16_t attr;
	bool missing;
	bool bounded;
	uint64_t least;
	uint64_t most;
};

void refusal_set(struct refusal *refusal, int error, const char *text);
void refusal_from_error(struct refusal *refusal,
			const struct nlmsghdr *request, struct nlmsgerr *err);
void refusal_from_done(struct refusal *refusal, struct nlmsghdr *done);

#endif

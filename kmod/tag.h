/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_TAG_H
#define PSTEER_TAG_H

#include <linux/types.h>

#include <linux/portsteer.h>

/**
 * struct psteer_tags - the tags that a namespace knows
 * @name: by bit; valid while it has users
 * @users: how many sets have each
 *
 * Guarded by pnet->lock.
 */
struct psteer_tags {
	char name[PSTEER_TAGS_KNOWN_MAX][PSTEER_NAME_MAX + 1];
	u32 users[PSTEER_TAGS_KNOWN_MAX];
};

/**
 * struct psteer_tag_set - what a server can do, or what a service needs
 * @mask: a bit for each tag; READ_ONCE, written under pnet->lock
 * @list: the tags as the user said them, comma separated; pnet->lock
 */
struct psteer_tag_set {
	u64 mask;
	char list[PSTEER_TAGS_MAX + 1];
};

int psteer_tags_use(struct psteer_tags *tags, struct psteer_tag_set *set);
void psteer_tags_drop(struct psteer_tags *tags, struct psteer_tag_set *set);
void psteer_tags_replace(struct psteer_tags *tags, struct psteer_tag_set *set,
			 const struct psteer_tag_set *by);

/* Context: any. Does @offered have all that is in @needs? */
static inline bool psteer_tags_meet(u64 offered, u64 needs)
{
	return !(needs & ~offered);
}

#endif

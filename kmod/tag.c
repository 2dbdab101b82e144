// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tags: words for what servers can do and services need. Each word that is known
 * in a namespace is a bit, so that a packet compares numbers.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "tag.h"

static bool is_tag(const char *name, const char *word, size_t len)
{
	return !strncmp(name, word, len) && !name[len];
}

/*
 * The bit of a word, or one that is free and not in @taken; beyond the last if
 * there is none.
 */
static u32 find_bit_of(const struct psteer_tags *tags, const char *word,
		       size_t len, u64 taken)
{
	u32 bit, unused = PSTEER_TAGS_KNOWN_MAX;

	for (bit = 0; bit < PSTEER_TAGS_KNOWN_MAX; bit++) {
		bool known = tags->users[bit] || (taken & BIT_ULL(bit));

		if (known && is_tag(tags->name[bit], word, len))
			return bit;
		if (!known && unused == PSTEER_TAGS_KNOWN_MAX)
			unused = bit;
	}
	return unused;
}

static void count_users(struct psteer_tags *tags, u64 mask, int change)
{
	u32 bit;

	for (bit = 0; bit < PSTEER_TAGS_KNOWN_MAX; bit++)
		if (mask & BIT_ULL(bit))
			tags->users[bit] += change;
}

/**
 * psteer_tags_use() - work out the bits of a set and count one more who uses them
 * @tags: the namespace's
 * @set: its @list is given, @mask is set
 *
 * Context: process, under pnet->lock.
 * Return: 0, or with nothing counted -EINVAL if a word is empty, -ENAMETOOLONG if
 * one is longer than a name, -ENOSPC if no bit is left for one.
 */
int psteer_tags_use(struct psteer_tags *tags, struct psteer_tag_set *set)
{
	const char *word = set->list;
	u64 mask = 0;

	set->mask = 0;
	if (!*word)
		return 0;
	for (;;) {
		size_t len = strcspn(word, ",");
		u32 bit;

		if (!len)
			return -EINVAL;
		if (len > PSTEER_NAME_MAX)
			return -ENAMETOOLONG;
		bit = find_bit_of(tags, word, len, mask);
		if (bit == PSTEER_TAGS_KNOWN_MAX)
			return -ENOSPC;
		memcpy(tags->name[bit], word, len);
		tags->name[bit][len] = '\0';
		mask |= BIT_ULL(bit);
		if (!word[len])
			break;
		word += len + 1;
	}
	set->mask = mask;
	count_users(tags, mask, 1);
	return 0;
}

/**
 * psteer_tags_drop() - undo psteer_tags_use()
 * @tags: the namespace's
 * @set: left empty
 *
 * Context: process, under pnet->lock.
 */
void psteer_tags_drop(struct psteer_tags *tags, struct psteer_tag_set *set)
{
	count_users(tags, set->mask, -1);
	WRITE_ONCE(set->mask, 0);
	*set->list = '\0';
}

/**
 * psteer_tags_replace() - put one set in the place of another
 * @tags: the namespace's
 * @set: what goes
 * @by: what comes, used; its use goes over to @set
 *
 * Context: process, under pnet->lock. Packets see the one or the other.
 */
void psteer_tags_replace(struct psteer_tags *tags, struct psteer_tag_set *set,
			 const struct psteer_tag_set *by)
{
	count_users(tags, set->mask, -1);
	WRITE_ONCE(set->mask, by->mask);
	strscpy(set->list, by->list, sizeof(set->list));
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* VMs and servers that agents speak for, and what has to be remembered of each. */
#include "speaker.h"

#include <err.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define COMPLAINT_MS	60000	/* between two lines of the log about one */
#define SPARE_MAX	30	/* reports that were held up and come at once */

static int compare(const void *a, const void *b)
{
	const struct speaker *first = a, *second = b;

	return strcmp(first->who.name, second->who.name);
}

/**
 * speakers_init() - none yet
 */
void speakers_init(struct speakers *speakers, size_t most)
{
	*speakers = (struct speakers) { .most = most };
	TAILQ_INIT(&speakers->gone);
}

static void free_speaker(void *node)
{
	struct speaker *speaker = node;

	json_decref(speaker->ranges);
	free(speaker);
}

/**
 * speakers_clear() - forget all
 */
void speakers_clear(struct speakers *speakers)
{
	tdestroy(speakers->tree, free_speaker);
	speakers->tree = NULL;
}

/* Only if nobody speaks for it, so all that is lost is a number and a figure. */
static void forget_first(struct speakers *speakers)
{
	struct speaker *first = TAILQ_FIRST(&speakers->gone);

	if (speakers->count < speakers->most || !first)
		return;
	TAILQ_REMOVE(&speakers->gone, first, links);
	tdelete(first, &speakers->tree, compare);
	speakers->count--;
	free_speaker(first);
}

/**
 * speakers_find() - one by its name, NULL: it is not known
 */
struct speaker *speakers_find(const struct speakers *speakers, const char *name)
{
	struct speaker key = { 0 };
	struct speaker **found;

	if (strlen(name) >= sizeof(key.who.name))
		return NULL;
	strcpy(key.who.name, name);
	found = tfind(&key, &speakers->tree, compare);
	return found ? *found : NULL;
}

/**
 * speakers_get() - the same, made if it is not known
 */
struct speaker *speakers_get(struct speakers *speakers, const struct who *who)
{
	struct speaker *speaker = speakers_find(speakers, who->name);

	if (speaker)
		return speaker;
	forget_first(speakers);
	speaker = calloc(1, sizeof(*speaker));
	if (!speaker)
		err(1, "no memory");
	speaker->who = *who;
	speaker->who.plain = speaker->who.name + (who->plain - who->name);
	speaker->spare = SPARE_MAX;
	if (!tsearch(speaker, &speakers->tree, compare))
		err(1, "no memory");
	TAILQ_INSERT_TAIL(&speakers->gone, speaker, links);
	speakers->count++;
	return speaker;
}

struct visit {
	speaker_visitor fn;
	void *arg;
};

static void visit_node(const void *node, VISIT which, void *arg)
{
	const struct visit *visit = arg;

	if (which == postorder || which == leaf)
		visit->fn(*(struct speaker *const *)node, visit->arg);
}

/**
 * speakers_each() - see all of them, by name
 */
void speakers_each(const struct speakers *speakers, speaker_visitor fn,
		   void *arg)
{
	struct visit visit = { fn, arg };

	twalk_r(speakers->tree, visit_node, &visit);
}

/**
 * speaker_take() - an agent speaks for it, as nobody does now
 */
void speaker_take(struct speakers *speakers, struct speaker *speaker,
		  struct agent *agent)
{
	TAILQ_REMOVE(&speakers->gone, speaker, links);
	speaker->agent = agent;
}

/**
 * speaker_leave() - nobody speaks for it any more
 */
void speaker_leave(struct speakers *speakers, struct speaker *speaker)
{
	speaker->agent = NULL;
	TAILQ_INSERT_TAIL(&speakers->gone, speaker, links);
}

/**
 * speaker_complains() - whether there may be a line in the log about it now
 */
bool speaker_complains(struct speaker *speaker)
{
	uint64_t now = clock_ms();

	if (speaker->complained_ms && now - speaker->complained_ms < COMPLAINT_MS)
		return false;
	speaker->complained_ms = now;
	return true;
}

/**
 * speaker_paces() - whether its reports keep to the interval, by and large
 *
 * To be asked once a report.
 */
bool speaker_paces(struct speaker *speaker, unsigned int interval_ms)
{
	uint64_t now = clock_ms();
	uint64_t more = (now - speaker->spare_ms) / interval_ms;

	if (more) {
		speaker->spare = more + speaker->spare > SPARE_MAX ?
			SPARE_MAX : speaker->spare + more;
		speaker->spare_ms = now;
	}
	if (!speaker->spare)
		return false;
	speaker->spare--;
	return true;
}

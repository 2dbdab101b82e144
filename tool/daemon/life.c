// SPDX-License-Identifier: GPL-2.0-or-later
/* How parts come, change and go, by what the configuration says. */
#include "life.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "log.h"

/**
 * struct life - of a part
 * @state: what it has made of its settings; NULL: it does not run
 * @changes: it is to be stopped and started again
 */
struct life {
	void *state;
	bool changes;
};

static struct daemon *daemon_of;
static struct config *in_force;
static struct life *lives;	/* in the order of parts */

static void add_section(const struct section ***list, size_t *count,
			const struct section *section)
{
	size_t i;

	for (i = 0; i < *count; i++)
		if ((*list)[i] == section)
			return;
	*list = grow(*list, *count, sizeof(**list));
	(*list)[(*count)++] = section;
}

/**
 * life_sections() - all sections that parts read
 *
 * Return: a list that ends with NULL and stays.
 */
const struct section *const *life_sections(void)
{
	static const struct section **list;
	const struct part *const *part;
	size_t count = 0;

	if (list)
		return list;
	for (part = parts; *part; part++) {
		if ((*part)->needs)
			add_section(&list, &count, (*part)->needs);
		add_section(&list, &count, (*part)->section);
	}
	add_section(&list, &count, NULL);
	return list;
}

static bool has_needs(const struct config *config, const struct part *part,
		      char *why)
{
	const struct settings *own = config_section(config, part->section);

	if (!own->count || !part->needs ||
	    config_section(config, part->needs)->count)
		return true;
	config_complain(config, own, why, "%s needs the section %s",
			part->section->key, part->needs->key);
	return false;
}

/**
 * life_read() - read a file, and see that all is there that parts need
 *
 * Return: its settings, or NULL.
 */
struct config *life_read(const char *path, char *why)
{
	struct config *config = config_read(path, life_sections(), why);
	const struct part *const *part;

	for (part = parts; config && *part; part++)
		if (!has_needs(config, *part, why)) {
			config_free(config);
			return NULL;
		}
	return config;
}

static bool start(size_t i, char *why)
{
	const struct part *part = parts[i];
	const struct settings *settings = config_section(in_force, part->section);
	struct refusal refusal = { 0 };

	if (!settings->count || lives[i].state)
		return true;
	lives[i].state = part->start(daemon_of, settings, &refusal);
	if (lives[i].state)
		return true;
	config_complain(in_force, settings, why, "%s cannot start: %s",
			part->name, *refusal.text ? refusal.text :
			strerror(refusal.error));
	return false;
}

static void stop(size_t i)
{
	if (lives[i].state)
		parts[i]->stop(lives[i].state);
	lives[i].state = NULL;
}

static bool start_all(char *why)
{
	size_t i;

	for (i = 0; parts[i]; i++)
		if (!start(i, why))
			return false;
	return true;
}

/* What was started last goes first. */
static void stop_changing(void)
{
	size_t i;

	for (i = 0; parts[i]; i++)
		;
	while (i--)
		if (lives[i].changes)
			stop(i);
}

static void mark_all(void)
{
	size_t i;

	for (i = 0; parts[i]; i++)
		lives[i].changes = true;
}

/**
 * life_end() - stop all parts, and forget what they were started with
 */
void life_end(void)
{
	mark_all();
	stop_changing();
	config_free(in_force);
	free(lives);
	in_force = NULL;
	lives = NULL;
}

/**
 * life_begin() - start all parts that a configuration has a section for
 * @daemon: for them
 * @config: what to start them with; taken over
 * @why: what can't start, and why
 *
 * Return: whether all have started; else none has.
 */
bool life_begin(struct daemon *daemon, struct config *config, char *why)
{
	size_t count;

	for (count = 0; parts[count]; count++)
		;
	lives = calloc(count, sizeof(*lives));
	if (!lives)
		err(1, "no memory");
	daemon_of = daemon;
	daemon->config = config;
	in_force = config;
	if (start_all(why))
		return true;
	life_end();
	return false;
}

static bool section_differs(const struct config *config,
			    const struct section *section)
{
	return section && !settings_same(config_section(in_force, section),
					 config_section(config, section));
}

static void mark_changing(const struct config *config)
{
	size_t i;

	for (i = 0; parts[i]; i++)
		lives[i].changes = section_differs(config, parts[i]->section) ||
				   section_differs(config, parts[i]->needs);
}

/*
 * Where a section stands in the file is always that of the new one. The values of
 * those that stay are left where they are, as parts that run look at them.
 */
static void exchange(struct config *config, const bool *differ)
{
	struct settings mine;
	size_t i;

	for (i = 0; i < config->count; i++) {
		mine = in_force->sections[i];
		in_force->sections[i] = config->sections[i];
		config->sections[i] = mine;
		if (differ[i])
			continue;
		config->sections[i].values = in_force->sections[i].values;
		in_force->sections[i].values = mine.values;
	}
}

static bool *find_different(const struct config *config)
{
	bool *differ = calloc(config->count, sizeof(*differ));
	size_t i;

	if (!differ)
		err(1, "no memory");
	for (i = 0; i < config->count; i++)
		differ[i] = !settings_same(&in_force->sections[i],
					   &config->sections[i]);
	return differ;
}

/* It ran with this before; if it can't now, all others go on nevertheless. */
static void return_to_old(void)
{
	char why[CONFIG_WHY_MAX];
	size_t i;

	for (i = 0; parts[i]; i++)
		if (!start(i, why))
			log_error("%s", why);
}

static void renew_others(void)
{
	size_t i;

	for (i = 0; parts[i]; i++)
		if (lives[i].state && !lives[i].changes && parts[i]->renew)
			parts[i]->renew(lives[i].state);
}

/**
 * life_change() - go over to another configuration
 * @config: the new one; taken over
 * @why: what can't start with it, and why
 *
 * Parts whose sections stay the same are left alone, but for files of theirs.
 *
 * Return: whether that is done; else all is as it was.
 */
bool life_change(struct config *config, char *why)
{
	bool *differ = find_different(config);
	bool fine;

	mark_changing(config);
	stop_changing();
	exchange(config, differ);
	fine = start_all(why);
	if (fine) {
		renew_others();
	} else {
		stop_changing();
		exchange(config, differ);
		return_to_old();
	}
	free(differ);
	config_free(config);
	return fine;
}

/**
 * parts_visit() - see each part that runs
 */
void parts_visit(part_visitor fn, void *arg)
{
	size_t i;

	for (i = 0; parts[i]; i++)
		if (lives[i].state)
			fn(parts[i], lives[i].state, arg);
}

/**
 * part_state() - what a part has made of its settings, NULL: it does not run
 */
const void *part_state(const struct part *part)
{
	size_t i;

	for (i = 0; parts[i]; i++)
		if (parts[i] == part)
			return lives[i].state;
	return NULL;
}

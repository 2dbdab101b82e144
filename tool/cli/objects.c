// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of objects. */
#include "objects.h"

#include <string.h>

const struct object *const objects[] = {
	&pool_object,
	&service_object,
	&server_object,
	&vm_object,
	&mapping_object,
	&exempt_object,
	&grant_object,
	&distance_object,
	&zone_object,
	&config_object,
	&client_object,
	&range_object,
	&session_object,
	&stats_object,
	&explain_object,
	&monitor_object,
	&save_object,
	&restore_object,
	&reload_object,
	&model_object,
	&record_object,
	&train_object,
	&predict_object,
	&cert_object,
	&daemon_object,
	&agents_object,
	&blocks_object,
	&scrape_object,
	&agent_check_object,
	&status_object,
	&cluster_object,
	&manager_object,
	&host_object,
	&edge_object,
	&sync_object,
	&top_object,
	NULL
};

/* How many words an object has at the beginning of a command, 0: it is another. */
static int words_of(const struct object *o, const struct args *a)
{
	size_t len = strcspn(o->word, " ");

	if (!a->count || strncmp(o->word, a->words[0], len) ||
	    a->words[0][len])
		return 0;
	if (!o->word[len])
		return 1;
	return a->count > 1 && !strcmp(o->word + len + 1, a->words[1]) ? 2 : 0;
}

/**
 * object_take() - take the name of an object off the words of a command
 *
 * Return: the object, or NULL if there is none of that name.
 */
const struct object *object_take(struct args *a)
{
	const struct object *const *o;
	int taken = 0;

	for (o = objects; *o; o++) {
		taken = words_of(*o, a);
		if (taken)
			break;
	}
	a->count -= taken;
	a->words += taken;
	return *o;
}

/**
 * object_usage() - the grammar of an object, and of what is about it
 */
void object_usage(FILE *out, const struct object *o)
{
	size_t len = strlen(o->word);
	const struct object *const *about;

	args_usage(out, o);
	for (about = objects; *about; about++)
		if (!strncmp((*about)->word, o->word, len) &&
		    (*about)->word[len] == ' ')
			args_usage(out, *about);
}

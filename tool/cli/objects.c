// SPDX-License-Identifier: GPL-2.0-only
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
	&config_object,
	&client_object,
	&range_object,
	&session_object,
	&stats_object,
	&explain_object,
	&monitor_object,
	&save_object,
	&restore_object,
	&predict_object,
	NULL
};

/**
 * object_find() - the object of a name, or NULL
 */
const struct object *object_find(const char *word)
{
	const struct object *const *o;

	for (o = objects; *o; o++)
		if (!strcmp((*o)->word, word))
			return *o;
	return NULL;
}

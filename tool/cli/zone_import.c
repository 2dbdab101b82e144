// SPDX-License-Identifier: GPL-2.0-or-later
/* zone import: the prefixes of a MaxMind database as zones, all or none. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "format.h"
#include "geo.h"
#include "objects.h"
#include "zone.h"

/* Its words travel nowhere. */
enum {
	IMPORT_FILE = 1,
	IMPORT_LEVEL,
	IMPORT_ONLY,
	IMPORT_LIMIT,
};

static const char *parse_text(const struct field *f, const char *word,
			      struct record *r)
{
	record_set_text(r, f->attr, word);
	return NULL;
}

static const struct type type_text = {
	.wire = WIRE_STRING, .metavar = "NAME", .parse = parse_text,
};

static const struct name level_names[] = {
	{ GEO_CONTINENT, "continent" },
	{ GEO_COUNTRY, "country" },
	{ GEO_CITY, "city" },
	{ 0, NULL }
};

static const struct field import_fields[] = {
	{
		.keyword = "file", .attr = IMPORT_FILE, .type = &type_text,
		.metavar = "FILE", .takes = ROLE_ADD, .needs = ROLE_ADD,
		.plain = ROLE_ADD,
	}, {
		.keyword = "level", .attr = IMPORT_LEVEL, .type = &type_word,
		.names = level_names, .takes = ROLE_ADD, .plain = ROLE_ADD,
	}, {
		.keyword = "only", .attr = IMPORT_ONLY, .type = &type_text,
		.metavar = "NAME[,NAME...]", .takes = ROLE_ADD,
	}, {
		.keyword = "limit", .attr = IMPORT_LIMIT, .type = &type_count,
		.takes = ROLE_ADD,
	},
	{ 0 }
};

static const struct object import_object = {
	.word = "zone",
	.fields = import_fields,
};

static json_t *names_wanted(const char *list)
{
	char *copy = strdup(list);
	json_t *wanted = json_object();
	char *rest = copy;
	char *name;

	if (!copy)
		err(1, "no memory");
	while ((name = strsep(&rest, ",")))
		json_object_set_new(wanted, name, json_true());
	free(copy);
	return wanted;
}

/* Whether what was read can be had; if not, the reason is said. */
static bool check_places(const struct args *a, const struct geo *geo,
			 const char *file)
{
	if (!geo->places_count)
		args_say(a, "%s has no such place", file);
	else if (geo->places_count > geo->places_most)
		args_say(a, "%s has %zu prefixes, the limit is %zu: only some of the %zu places may do",
			 file, geo->places_count, geo->places_most,
			 geo->names_count);
	else if (geo->names_count > PSTEER_ZONES_MAX)
		args_say(a, "%s has %zu places, there can be %u zones: only some of them may do",
			 file, geo->names_count, PSTEER_ZONES_MAX);
	else
		return true;
	return false;
}

static const struct verb *verb_of_cmd(uint8_t cmd)
{
	const struct verb *v = zone_object.verbs;

	while (v->cmd != cmd)
		v++;
	return v;
}

static int change_place(struct netlink *nl, const struct args *a,
			const struct geo *geo, const struct geo_place *place,
			uint8_t cmd)
{
	struct change c = {
		.object = &zone_object, .verb = verb_of_cmd(cmd), .place = *a,
	};
	int ret;

	record_add_address(&c.record, PSTEER_A_ZONE_ADDRESS, &place->address);
	record_set_number(&c.record, PSTEER_A_ZONE_PREFIX_LENGTH, place->len);
	if (cmd == PSTEER_CMD_ZONE_NEW)
		record_set_text(&c.record, PSTEER_A_ZONE_NAME,
				geo->names[place->name]);
	ret = change_apply(nl, &c);
	record_clear(&c.record);
	return ret;
}

static int apply_places(struct netlink *nl, const struct args *a,
			const struct geo *geo)
{
	const struct geo_place *place;
	char buf[FORMAT_MAX];
	int ret = DONE;
	size_t done;

	for (done = 0; done < geo->places_count; done++) {
		place = &geo->places[done];
		ret = change_place(nl, a, geo, place, PSTEER_CMD_ZONE_NEW);
		if (ret)
			break;
	}
	if (!ret)
		return DONE;
	args_say(a, "that was %s/%u, zone %s; nothing is imported",
		 format_address(buf, &place->address), place->len,
		 geo->names[place->name]);
	while (done--)
		change_place(nl, a, geo, &geo->places[done],
			     PSTEER_CMD_ZONE_DEL);
	return ret;
}

static int import_from(const struct args *a, struct geo *geo, const char *file)
{
	struct netlink nl;
	int ret;

	if (!geo_read(geo, file)) {
		args_say(a, "%s %s", file, geo->wrong);
		return MISUSED;
	}
	if (!check_places(a, geo, file))
		return MISUSED;
	ret = command_open(a, &nl);
	if (ret)
		return ret;
	ret = apply_places(&nl, a, geo);
	netlink_close(&nl);
	if (!ret)
		printf(options.json ? "[{\"imported\": %zu, \"zones\": %zu}]\n" :
				      "imported %zu prefixes of %zu zones\n",
		       geo->places_count, geo->names_count);
	return ret;
}

/**
 * zone_import_run() - the command zone import
 *
 * Return: an exit status.
 */
int zone_import_run(const struct object *o, const struct verb *v,
		    const struct args *a)
{
	struct geo geo = {
		.level = GEO_COUNTRY, .places_most = PSTEER_ZONE_PREFIXES_MAX,
	};
	struct record wanted = { 0 };
	int ret = MISUSED;

	(void)o;
	if (args_read(a, &import_object, v, &wanted)) {
		if (record_has(&wanted, IMPORT_LEVEL))
			geo.level = record_number(&wanted, IMPORT_LEVEL);
		if (record_has(&wanted, IMPORT_LIMIT))
			geo.places_most = record_number(&wanted, IMPORT_LIMIT);
		if (record_has(&wanted, IMPORT_ONLY))
			geo.only = names_wanted(record_text(&wanted,
							    IMPORT_ONLY));
		ret = import_from(a, &geo, record_text(&wanted, IMPORT_FILE));
	}
	geo_free(&geo);
	record_clear(&wanted);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* show: read what the kernel has and print what the filter lets through. */
#include "command.h"

#include <string.h>

#include <netlink/msg.h>

#include "output.h"
#include "wire.h"

/* A list as it comes in: what is wanted of it, and who takes it. */
struct intake {
	const struct object *object;
	const struct record *filter;
	uint16_t except;
	record_handler fn;
	void *arg;
};

/**
 * struct listing - what is shown
 * @object: what it is
 * @out: where to
 * @parts: for JSON: lists of parts, by the name of whose they are
 */
struct listing {
	const struct object *object;
	struct output out;
	json_t *parts;
};

static void take_message(struct nlmsghdr *hdr, void *arg)
{
	const struct intake *in = arg;
	struct record r = { 0 };

	wire_get(hdr, in->object, &r);
	if (record_matches(&r, in->filter, in->except))
		in->fn(&r, in->arg);
	record_clear(&r);
}

static void keep_message(struct nlmsghdr *hdr, void *arg)
{
	const struct intake *in = arg;

	record_clear(in->arg);
	wire_get(hdr, in->object, in->arg);
}

/* Whether a record names one object. */
static bool is_key(const struct object *o, const struct record *r)
{
	const struct field *f;
	bool key = false;

	for (f = o->fields; f->keyword; f++) {
		if (!(f->flags & FIELD_KEY))
			continue;
		if (!record_has(r, f->attr))
			return false;
		key = true;
	}
	return key;
}

/* What only the kernel can compare: an attribute that no object reports. */
static uint16_t unreported(const struct object *o)
{
	const struct field *f;

	for (f = o->fields; f->keyword; f++)
		if ((f->flags & FIELD_FILTER) &&
		    (f->flags & FIELD_INPUT) == FIELD_INPUT)
			return f->attr;
	return 0;
}

/**
 * fetch_one() - read one object
 * @nl: the socket
 * @o: its description
 * @key: its name; what else is in there is not sent
 * @found: an empty record to fill
 *
 * Return: 0, or a negative errno; the reason is in the refusal.
 */
int fetch_one(struct netlink *nl, const struct object *o,
	      const struct record *key, struct record *found)
{
	struct intake in = { .object = o, .arg = found };
	struct nl_msg *msg = netlink_message(nl, o->get);

	wire_put(msg, o, key, FIELD_KEY);
	return netlink_request(nl, msg, keep_message, &in);
}

/**
 * fetch_list() - read a list
 * @nl: the socket
 * @o: description of its objects
 * @cmd: netlink command
 * @filter: what the objects must have
 * @fn: gets each object
 * @arg: for @fn
 * @torn: set if the list changed while it was read and may not be whole
 *
 * Return: 0, or a negative errno; the reason is in the refusal.
 */
int fetch_list(struct netlink *nl, const struct object *o, uint8_t cmd,
	       const struct record *filter, record_handler fn, void *arg,
	       bool *torn)
{
	struct intake in = {
		.object = o, .filter = filter, .except = unreported(o),
		.fn = fn, .arg = arg,
	};
	struct nl_msg *msg = netlink_message(nl, cmd);

	wire_put(msg, o, filter, FIELD_FILTER);
	return netlink_dump(nl, msg, take_message, &in, torn);
}

/**
 * fetch_all() - the same, with a warning if the list may not be whole
 */
int fetch_all(struct netlink *nl, const struct object *o, uint8_t cmd,
	      const struct record *filter, record_handler fn, void *arg)
{
	bool torn = false;
	int ret;

	ret = fetch_list(nl, o, cmd, filter, fn, arg, &torn);
	if (!ret && torn)
		fputs("portsteer: warning: the list changed while it was read and may not be whole\n",
		      stderr);
	return ret;
}

static void keep_part(const struct record *r, void *arg)
{
	struct listing *list = arg;
	const struct parts *parts = list->object->parts;
	const char *name;

	if (!record_has(r, parts->of))
		return;
	name = record_text(r, parts->of);
	if (!json_object_get(list->parts, name))
		json_object_set_new(list->parts, name, json_array());
	json_array_append_new(json_object_get(list->parts, name),
			      output_json(parts->object, r));
}

static int fetch_parts(struct netlink *nl, struct listing *list)
{
	const struct parts *parts = list->object->parts;
	struct record none = { 0 };

	if (!parts || !list->out.json)
		return 0;
	list->parts = json_object();
	return fetch_all(nl, parts->object, parts->object->get, &none,
			 keep_part, list);
}

static json_t *parts_of(const struct listing *list, const struct record *r)
{
	const char *name = record_text(r, list->object->parts->name);
	json_t *found = json_object_get(list->parts, name);

	return found ? json_incref(found) : json_array();
}

static void print_record(const struct record *r, void *arg)
{
	struct listing *list = arg;
	json_t *json;

	if (!list->parts) {
		output_record(&list->out, list->object, r);
		return;
	}
	json = output_json(list->object, r);
	json_object_set_new(json, list->object->parts->key, parts_of(list, r));
	output_object(&list->out, json);
}

static int show_one(struct netlink *nl, const struct record *filter,
		    struct listing *list)
{
	struct record found = { 0 };
	int ret;

	ret = fetch_one(nl, list->object, filter, &found);
	if (!ret) {
		if (record_matches(&found, filter, 0))
			print_record(&found, list);
		output_close(&list->out);
	}
	record_clear(&found);
	return ret;
}

static int show_all(struct netlink *nl, const struct verb *v,
		    const struct record *filter, struct listing *list)
{
	int ret;

	ret = fetch_all(nl, list->object, v->cmd, filter, print_record, list);
	if (!ret)
		output_close(&list->out);
	return ret;
}

static int run(const struct object *o, const struct verb *v,
	       const struct args *a, bool one)
{
	struct listing list = { .object = o, .out.json = options.json };
	struct record filter = { 0 };
	struct netlink nl;
	int ret = MISUSED;

	if (args_read(a, o, v, &filter)) {
		ret = command_open(a, &nl);
		if (!ret) {
			ret = fetch_parts(&nl, &list);
			if (!ret)
				ret = one && is_key(o, &filter) ?
					show_one(&nl, &filter, &list) :
					show_all(&nl, v, &filter, &list);
			if (ret)
				ret = command_refused(a, o, v, &nl.refusal);
			netlink_close(&nl);
		}
	}
	json_decref(list.parts);
	record_clear(&filter);
	return ret;
}

/**
 * show_run() - the command of a verb that prints objects, maybe one by its name
 *
 * Return: an exit status.
 */
int show_run(const struct object *o, const struct verb *v,
	     const struct args *a)
{
	return run(o, v, a, true);
}

/**
 * list_run() - the same of objects that are only to be had all together
 *
 * Return: an exit status.
 */
int list_run(const struct object *o, const struct verb *v,
	     const struct args *a)
{
	return run(o, v, a, false);
}

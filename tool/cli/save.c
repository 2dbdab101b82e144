// SPDX-License-Identifier: GPL-2.0-or-later
/* save: the configuration, and the state too, as commands that restore reads. */
#include "save.h"

#include <time.h>

#include <linux/portsteer.h>

#include "command.h"
#include "format.h"
#include "objects.h"
#include "output.h"

/* Its own words travel nowhere. */
#define SAVE_STATE	1

/**
 * struct writing - what is being written
 * @out: where to
 * @object: what it is
 */
struct writing {
	FILE *out;
	const struct object *object;
};

static void print_command(const struct record *r, void *arg)
{
	const struct writing *w = arg;

	fprintf(w->out, "%s add ", w->object->word);
	output_words(w->out, w->object, r, ROLE_ADD);
	putc('\n', w->out);
}

static int save_config(struct netlink *nl, FILE *out)
{
	struct record config = { 0 };
	int ret;

	ret = fetch_one(nl, &config_object, &config, &config);
	if (!ret) {
		fputs("config set ", out);
		output_words(out, &config_object, &config, ROLE_SET);
		putc('\n', out);
	}
	record_clear(&config);
	return ret;
}

static void print_withdrawn(const struct record *r, void *arg)
{
	const struct value *v = &r->values[PSTEER_A_POOL_WITHDRAWN];
	const struct writing *w = arg;
	char buf[FORMAT_MAX];

	for (; v && v->kind; v = v->next)
		fprintf(w->out, "pool set %s address %s state withdrawn\n",
			record_text(r, PSTEER_A_POOL_NAME),
			format_address(buf, &v->address));
}

static void print_distance(const struct record *r, void *arg)
{
	const struct writing *w = arg;

	fprintf(w->out, "%s ", w->object->word);
	output_words(w->out, w->object, r, ROLE_BETWEEN);
	putc('\n', w->out);
}

/* Other mappings come by themselves. */
static void print_fixed(const struct record *r, void *arg)
{
	if (record_has(r, PSTEER_A_MAPPING_FIXED))
		print_command(r, arg);
}

/* One address after the other, as pool set takes it. */
static void print_states(FILE *out, const struct record *r, const char *state)
{
	const struct value *v = &r->values[PSTEER_A_POOL_ADDRESS];
	char buf[FORMAT_MAX];

	for (; v; v = v->next)
		fprintf(out, "pool set %s address %s state %s\n",
			record_text(r, PSTEER_A_POOL_NAME),
			format_address(buf, &v->address), state);
}

static void print_withdrawal(const struct record *r, void *arg)
{
	const struct writing *w = arg;

	print_states(w->out, r, "withdrawn");
}

static void print_return(const struct record *r, void *arg)
{
	const struct writing *w = arg;

	print_states(w->out, r, "active");
}

/*
 * A held range has no owner any more, an empty one that drains soon has none. Who may
 * be a forgery has only what his sessions get, or he would be proven by it.
 */
static void print_range(const struct record *r, void *arg)
{
	if (record_number(r, PSTEER_A_RANGE_OWNER_TYPE) == PSTEER_OWNER_NONE ||
	    record_has(r, PSTEER_A_RANGE_UNPROVEN))
		return;
	if (record_number(r, PSTEER_A_RANGE_STATE) == PSTEER_RANGE_DRAINING &&
	    !record_number(r, PSTEER_A_RANGE_IN_USE))
		return;
	print_command(r, arg);
}

/**
 * struct part - a part of what is saved
 * @object: what it is of
 * @print: how each is printed
 * @about: what the file says of it; NULL: the object's own words
 * @when: when it is saved
 */
struct part {
	const struct object *object;
	record_handler print;
	const char *about;
	enum { ALWAYS, WITH_STATE, WITH_PORTS } when;
};

/*
 * What stands later needs what stands before it. If there are ports that somebody
 * must get back, by a fixed mapping or as part of the state, nobody gets any at
 * random before that.
 */
static const struct part parts[] = {
	{ &pool_object, print_command, NULL, ALWAYS },
	{ &pool_object, print_withdrawal, "for a while, nothing at random", WITH_PORTS },
	{ &service_object, print_command, NULL, ALWAYS },
	{ &server_object, print_command, NULL, ALWAYS },
	{ &model_object, print_command, NULL, ALWAYS },
	{ &exempt_object, print_command, NULL, ALWAYS },
	{ &zone_object, print_command, NULL, ALWAYS },
	{ &distance_object, print_distance, NULL, ALWAYS },
	{ &grant_object, print_command, NULL, ALWAYS },
	{ &vm_object, print_command, NULL, ALWAYS },
	{ &range_object, print_range, NULL, WITH_STATE },
	{ &mapping_object, print_fixed, "fixed ones", ALWAYS },
	{ &session_object, print_command, NULL, WITH_STATE },
	{ &pool_object, print_return, "and now again", WITH_PORTS },
	{ &pool_object, print_withdrawn, "withdrawn addresses", ALWAYS },
	{ 0 }
};

static int save_part(struct netlink *nl, FILE *out, const struct part *part)
{
	struct writing w = { .out = out, .object = part->object };
	const struct object *o = part->object;
	struct record none = { 0 };

	fprintf(out, "\n# %ss: %s\n", o->word,
		part->about ? part->about : o->about);
	return fetch_all(nl, o, o->get, &none, part->print, &w);
}

static void note_fixed(const struct record *r, void *arg)
{
	bool *fixed = arg;

	*fixed |= record_has(r, PSTEER_A_MAPPING_FIXED);
}

static int save_parts(struct netlink *nl, FILE *out, bool state)
{
	struct record none = { 0 };
	const struct part *part;
	bool fixed = false;
	int ret;

	ret = fetch_all(nl, &mapping_object, mapping_object.get, &none,
			note_fixed, &fixed);
	for (part = parts; !ret && part->object; part++)
		if (state || part->when == ALWAYS ||
		    (part->when == WITH_PORTS && fixed))
			ret = save_part(nl, out, part);
	return ret;
}

/**
 * save_write() - write the configuration as commands
 * @nl: the socket
 * @out: where to
 * @state: ranges and sessions, too
 *
 * Return: 0, or a negative errno; the reason is in the refusal.
 */
int save_write(struct netlink *nl, FILE *out, bool state)
{
	char clock[FORMAT_MAX];
	int ret;

	fprintf(out, "# portsteer configuration%s, saved %s\n\n# settings\n",
		state ? " and state" : "",
		format_clock(clock, time(NULL) * 1000ull));
	ret = save_config(nl, out);
	return ret ? ret : save_parts(nl, out, state);
}

static int save_run(const struct object *o, const struct verb *v,
		    const struct args *a)
{
	struct record wanted = { 0 };
	struct netlink nl;
	int ret;

	if (!args_read(a, o, v, &wanted))
		return MISUSED;
	ret = command_open(a, &nl);
	if (ret)
		return ret;
	if (save_write(&nl, stdout, record_has(&wanted, SAVE_STATE)))
		ret = command_refused(a, o, v, &nl.refusal);
	netlink_close(&nl);
	return ret;
}

static const struct verb save_verbs[] = {
	{ .role = ROLE_SHOW, .run = save_run },
	{ 0 }
};

static const struct field save_fields[] = {
	{
		.keyword = "state", .attr = SAVE_STATE, .type = &type_flag,
		.takes = ROLE_SHOW,
	},
	{ 0 }
};

const struct object save_object = {
	.word = "save",
	.about = "print the configuration, or all there is, as commands",
	.fields = save_fields,
	.verbs = save_verbs,
};

// SPDX-License-Identifier: GPL-2.0-or-later
/* explain: why a server would be chosen, every term for every candidate. */
#include <linux/portsteer.h>

#include "command.h"
#include "explain.h"
#include "objects.h"
#include "output.h"

static json_t *json_eligible(const struct field *f, const struct record *r)
{
	return json_boolean(record_number(r, f->attr) <= PSTEER_ELIGIBLE_PANIC);
}

/* A server that is eligible for no special reason has none to tell. */
static json_t *json_reason(const struct field *f, const struct record *r)
{
	const char *word = names_word(f->names, record_number(r, f->attr));

	return word ? json_string(word) : json_null();
}

static const struct type type_eligible = {
	.wire = WIRE_U8, .json = json_eligible,
};

static const struct type type_reason = {
	.wire = WIRE_U8, .json = json_reason,
};

static const struct field explain_fields[] = {
	{
		.keyword = "service", .attr = PSTEER_A_EXPLAIN_SERVICE,
		.type = &type_name, .metavar = "SERVICE",
		.takes = ROLE_EXPLAIN, .needs = ROLE_EXPLAIN,
		.plain = ROLE_EXPLAIN, .flags = FIELD_FILTER,
	}, {
		.keyword = "client", .attr = PSTEER_A_EXPLAIN_CLIENT,
		.type = &type_address, .takes = ROLE_EXPLAIN,
		.needs = ROLE_EXPLAIN, .flags = FIELD_FILTER,
	}, {
		.keyword = "select", .attr = PSTEER_A_EXPLAIN_SELECT,
		.type = &type_word, .names = select_names,
	}, {
		.keyword = "server", .attr = PSTEER_A_EXPLAIN_SERVER,
		.type = &type_address,
	}, {
		.keyword = "port", .attr = PSTEER_A_EXPLAIN_SERVER_PORT,
		.type = &type_port,
	}, {
		.keyword = "eligible", .attr = PSTEER_A_EXPLAIN_ELIGIBLE,
		.type = &type_eligible,
	}, {
		.keyword = "reason", .attr = PSTEER_A_EXPLAIN_ELIGIBLE,
		.type = &type_reason, .names = reason_names,
	}, {
		.keyword = "reported-load",
		.attr = PSTEER_A_EXPLAIN_REPORTED_LOAD, .type = &type_share,
	}, {
		.keyword = "reported-capacity",
		.attr = PSTEER_A_EXPLAIN_REPORTED_CAPACITY,
		.type = &type_score,
	}, {
		.keyword = "freshness", .attr = PSTEER_A_EXPLAIN_FRESHNESS,
		.type = &type_share,
	}, {
		.keyword = "local-load", .attr = PSTEER_A_EXPLAIN_LOCAL_LOAD,
		.type = &type_offset,
	}, {
		.keyword = "error-load", .attr = PSTEER_A_EXPLAIN_ERROR_LOAD,
		.type = &type_share,
	}, {
		.keyword = "slow-load", .attr = PSTEER_A_EXPLAIN_SLOW_LOAD,
		.type = &type_share,
	}, {
		.keyword = "load", .attr = PSTEER_A_EXPLAIN_LOAD,
		.type = &type_share,
	}, {
		.keyword = "capacity", .attr = PSTEER_A_EXPLAIN_CAPACITY,
		.type = &type_score,
	}, {
		.keyword = "ports-free", .attr = PSTEER_A_EXPLAIN_PORTS_FREE,
		.type = &type_count,
	}, {
		.keyword = "ports-size", .attr = PSTEER_A_EXPLAIN_PORTS_SIZE,
		.type = &type_count,
	}, {
		.keyword = "ports", .attr = PSTEER_A_EXPLAIN_PORTS,
		.type = &type_share,
	}, {
		.keyword = "weight-load",
		.attr = PSTEER_A_EXPLAIN_WEIGHT_LOAD, .type = &type_fixed,
	}, {
		.keyword = "weight-capacity",
		.attr = PSTEER_A_EXPLAIN_WEIGHT_CAPACITY, .type = &type_fixed,
	}, {
		.keyword = "weight-ports",
		.attr = PSTEER_A_EXPLAIN_WEIGHT_PORTS, .type = &type_fixed,
	}, {
		.keyword = "term-load", .attr = PSTEER_A_EXPLAIN_TERM_LOAD,
		.type = &type_points,
	}, {
		.keyword = "term-capacity",
		.attr = PSTEER_A_EXPLAIN_TERM_CAPACITY, .type = &type_fixed,
	}, {
		.keyword = "term-ports", .attr = PSTEER_A_EXPLAIN_TERM_PORTS,
		.type = &type_fixed,
	}, {
		.keyword = "slow-start", .attr = PSTEER_A_EXPLAIN_SLOW_START,
		.type = &type_share,
	}, {
		.keyword = "score", .attr = PSTEER_A_EXPLAIN_SCORE,
		.type = &type_points,
	}, {
		.keyword = "best", .attr = PSTEER_A_EXPLAIN_BEST,
		.type = &type_flag,
	}, {
		.keyword = "client-zone",
		.attr = PSTEER_A_EXPLAIN_CLIENT_ZONE, .type = &type_name,
	}, {
		.keyword = "server-zone",
		.attr = PSTEER_A_EXPLAIN_SERVER_ZONE, .type = &type_name,
	}, {
		.keyword = "distance", .attr = PSTEER_A_EXPLAIN_DISTANCE,
		.type = &type_share,
	}, {
		.keyword = "weight-zone",
		.attr = PSTEER_A_EXPLAIN_WEIGHT_ZONE, .type = &type_fixed,
	}, {
		.keyword = "term-zone", .attr = PSTEER_A_EXPLAIN_TERM_ZONE,
		.type = &type_fixed,
	}, {
		.keyword = "needs", .attr = PSTEER_A_EXPLAIN_NEEDS,
		.type = &type_tags,
	}, {
		.keyword = "tags", .attr = PSTEER_A_EXPLAIN_TAGS,
		.type = &type_tags,
	}, {
		.keyword = "emphasis", .attr = PSTEER_A_EXPLAIN_EMPHASIS,
		.type = &type_word, .names = emphasis_names,
	},
	{ 0 }
};

struct explanation {
	struct output out;
	struct explain_table table;
};

static void take_candidate(const struct record *r, void *arg)
{
	struct explanation *e = arg;

	if (e->out.json)
		output_record(&e->out, &explain_object, r);
	else
		explain_add(&e->table, r);
}

static int explain_run(const struct object *o, const struct verb *v,
		       const struct args *a)
{
	struct explanation e = { .out.json = options.json };
	struct record wanted = { 0 };
	struct netlink nl;
	int ret = MISUSED;

	if (!args_read(a, o, v, &wanted))
		goto out;
	ret = command_open(a, &nl);
	if (ret)
		goto out;
	if (fetch_all(&nl, o, v->cmd, &wanted, take_candidate, &e))
		ret = command_refused(a, o, v, &nl.refusal);
	else if (e.out.json)
		output_close(&e.out);
	else
		explain_print(&e.table, record_text(&wanted,
						    PSTEER_A_EXPLAIN_SERVICE));
	explain_free(&e.table);
	netlink_close(&nl);
out:
	record_clear(&wanted);
	return ret;
}

static const struct verb explain_verbs[] = {
	{
		.role = ROLE_EXPLAIN, .cmd = PSTEER_CMD_EXPLAIN_GET,
		.run = explain_run,
	},
	{ 0 }
};

const struct object explain_object = {
	.word = "explain",
	.about = "why a client would be sent to which server",
	.fields = explain_fields,
	.verbs = explain_verbs,
	.get = PSTEER_CMD_EXPLAIN_GET,
};

// SPDX-License-Identifier: GPL-2.0-or-later
/* model: forecasts of load that were trained from history. */
#include "model_file.h"

#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"

/* Of a file only the name, which travels nowhere. */
#define MODEL_FILE	(PSTEER_A_MODEL_MAX + 1)

#define ADDED	(ROLE_ADD | ROLE_LOAD)

static const struct field model_fields[] = {
	{
		.keyword = "file", .attr = MODEL_FILE, .type = &type_path,
		.takes = ROLE_LOAD, .needs = ROLE_LOAD, .plain = ROLE_LOAD,
		.flags = FIELD_INPUT,
	}, {
		.keyword = "name", .attr = PSTEER_A_MODEL_NAME,
		.type = &type_name, .takes = ROLE_ADD | ROLE_SHOW,
		.needs = ROLE_ADD, .plain = ROLE_ADD,
	}, {
		.keyword = "service", .attr = PSTEER_A_MODEL_SERVICE,
		.type = &type_name, .metavar = "SERVICE",
		.takes = ADDED | ROLE_DEL | ROLE_SHOW,
		.flags = FIELD_KEY | FIELD_FILTER,
	}, {
		.keyword = "horizon", .attr = PSTEER_A_MODEL_HORIZON,
		.type = &type_time, .takes = ROLE_ADD, .needs = ROLE_ADD,
	}, {
		.keyword = "step", .attr = PSTEER_A_MODEL_STEP,
		.type = &type_time, .takes = ROLE_ADD, .needs = ROLE_ADD,
	}, {
		.keyword = "intercept", .attr = PSTEER_A_MODEL_INTERCEPT,
		.type = &type_coefficient, .takes = ROLE_ADD,
	}, {
		.keyword = "load", .attr = PSTEER_A_MODEL_LOAD,
		.type = &type_input, .takes = ROLE_ADD,
	}, {
		.keyword = "cpu", .attr = PSTEER_A_MODEL_CPU,
		.type = &type_input, .takes = ROLE_ADD,
	}, {
		.keyword = "memory", .attr = PSTEER_A_MODEL_MEMORY,
		.type = &type_input, .takes = ROLE_ADD,
	}, {
		.keyword = "network", .attr = PSTEER_A_MODEL_NETWORK,
		.type = &type_input, .takes = ROLE_ADD,
	}, {
		.keyword = "latency", .attr = PSTEER_A_MODEL_LATENCY,
		.type = &type_input, .takes = ROLE_ADD,
		.key = "latency_us",
	}, {
		.keyword = "errors", .attr = PSTEER_A_MODEL_ERRORS,
		.type = &type_input, .takes = ROLE_ADD,
	}, {
		.keyword = "app", .attr = PSTEER_A_MODEL_APP,
		.type = &type_input, .takes = ROLE_ADD,
	}, {
		.keyword = "sessions", .attr = PSTEER_A_MODEL_SESSIONS,
		.type = &type_input, .takes = ROLE_ADD,
	}, {
		.keyword = "arrivals", .attr = PSTEER_A_MODEL_ARRIVALS,
		.type = &type_input, .takes = ROLE_ADD,
	}, {
		.keyword = "used", .attr = PSTEER_A_MODEL_USED,
		.type = &type_bool,
	}, {
		.keyword = "warning", .attr = PSTEER_A_MODEL_WARNING,
		.type = &type_sentence, .flags = FIELD_INPUT | FIELD_WARNING,
	},
	{ 0 }
};

static bool read_file(const struct args *a, struct record *r)
{
	(void)a;
	return model_file_read(record_text(r, MODEL_FILE), r);
}

static const struct verb model_verbs[] = {
	{
		.word = "load", .role = ROLE_LOAD, .cmd = PSTEER_CMD_MODEL_NEW,
		.restorable = true, .complete = read_file, .run = change_run,
	}, {
		.word = "add", .role = ROLE_ADD, .cmd = PSTEER_CMD_MODEL_NEW,
		.restorable = true, .run = change_run,
	}, {
		.word = "unload", .role = ROLE_DEL,
		.cmd = PSTEER_CMD_MODEL_DEL, .run = change_run,
	}, {
		.word = "show", .role = ROLE_SHOW, .cmd = PSTEER_CMD_MODEL_GET,
		.run = show_run,
	},
	{ 0 }
};

const struct object model_object = {
	.word = "model",
	.about = "forecasts of load, trained from history",
	.fields = model_fields,
	.verbs = model_verbs,
	.get = PSTEER_CMD_MODEL_GET,
};

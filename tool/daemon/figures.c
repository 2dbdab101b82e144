// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the module counts and measures, as metrics. There are series for what is
 * configured, services, servers, pools and VMs, and none for what comes by itself,
 * clients, ranges and sessions.
 */
#include "figures.h"

#include <linux/portsteer.h>

#include "format.h"
#include "metric.h"
#include "names.h"

#define LABELS_MAX	4
#define ONE		1
#define SHARES		PSTEER_SCALE		/* to ratios */
#define HUNDREDTHS	(PSTEER_SCALE / 100)	/* scores to 0 to 100 */
#define MS		1000			/* to seconds */
#define US		1000000

/**
 * struct figure - an attribute that is a metric, or one value of it
 * @name: of the metric
 * @help: what it is; NULL: a further value of the metric before
 * @attr: absent in a record: there is no value
 * @unit: how many make one of the metric's
 * @label: a further label, or NULL
 * @value: of @label, if it has no @words
 * @words: one value for each, 1 of that which it is, 0 of the others
 */
struct figure {
	const char *name;
	const char *help;
	uint16_t attr;
	double unit;
	const char *label;
	const char *value;
	const struct name *words;
};

#define FIGURE(name_, help_, attr_, unit_) \
	{ .name = name_, .help = help_, .attr = attr_, .unit = unit_ }

static const struct figure service_figures[] = {
	FIGURE("portsteer_service_sessions", "Live sessions.",
	       PSTEER_A_SERVICE_SESSIONS, ONE),
	FIGURE("portsteer_service_sessions_created_total",
	       "Sessions that were opened.", PSTEER_A_SERVICE_CREATED, ONE),
	{ 0 }
};

static const struct figure server_figures[] = {
	FIGURE("portsteer_server_sessions", "Live sessions.",
	       PSTEER_A_SERVER_SESSIONS, ONE),
	FIGURE("portsteer_server_sessions_created_total",
	       "Sessions that were opened.", PSTEER_A_SERVER_CREATED, ONE),
	FIGURE("portsteer_server_sessions_established_total",
	       "Sessions that the server has answered.",
	       PSTEER_A_SERVER_ESTABLISHED, ONE),
	FIGURE("portsteer_server_sessions_failed_total",
	       "Sessions that the server has refused or never answered.",
	       PSTEER_A_SERVER_FAILED, ONE),
	FIGURE("portsteer_server_packets_total", "Packets, both ways.",
	       PSTEER_A_SERVER_PACKETS, ONE),
	FIGURE("portsteer_server_bytes_total", "Bytes, both ways.",
	       PSTEER_A_SERVER_BYTES, ONE),
	{ "portsteer_server_state", "1 for the state that was set.",
	  PSTEER_A_SERVER_STATE, ONE, .label = "state",
	  .words = server_state_names },
	FIGURE("portsteer_server_healthy", "Whether its handshakes succeed.",
	       PSTEER_A_SERVER_HEALTHY, ONE),
	FIGURE("portsteer_server_load_ratio", "Load, as last reported.",
	       PSTEER_A_SERVER_LOAD, SHARES),
	FIGURE("portsteer_server_predicted_load_ratio",
	       "Load expected one prediction horizon after the last report.",
	       PSTEER_A_SERVER_PREDICTED_LOAD, SHARES),
	FIGURE("portsteer_server_capacity_score",
	       "What it is expected to have free, 0 to 100.",
	       PSTEER_A_SERVER_CAPACITY, HUNDREDTHS),
	FIGURE("portsteer_server_forecast_error_ratio",
	       "Mean absolute error of the predicted load.",
	       PSTEER_A_SERVER_FORECAST_ERROR, SHARES),
	FIGURE("portsteer_server_same_error_ratio",
	       "Mean absolute error of expecting the load to stay as it is.",
	       PSTEER_A_SERVER_SAME_ERROR, SHARES),
	FIGURE("portsteer_server_reports_total", "Reports that were taken.",
	       PSTEER_A_SERVER_REPORTS, ONE),
	FIGURE("portsteer_server_report_age_seconds", "Since the last report.",
	       PSTEER_A_SERVER_REPORT_AGE, MS),
	FIGURE("portsteer_server_handshake_seconds",
	       "From SYN to SYN-ACK, a moving average.",
	       PSTEER_A_SERVER_HANDSHAKE, US),
	{ 0 }
};

static const struct figure pool_figures[] = {
	{ "portsteer_pool_blocks", "Blocks of ports, by what they are.",
	  PSTEER_A_POOL_BLOCKS_USED, ONE, .label = "state", .value = "used" },
	{ "portsteer_pool_blocks", NULL, PSTEER_A_POOL_BLOCKS_HELD, ONE,
	  .label = "state", .value = "held" },
	{ "portsteer_pool_blocks", NULL, PSTEER_A_POOL_BLOCKS_FREE, ONE,
	  .label = "state", .value = "free" },
	FIGURE("portsteer_pool_block_ports", "Ports of a block.",
	       PSTEER_A_POOL_BLOCK_SIZE, ONE),
	FIGURE("portsteer_pool_clients", "Clients that are known.",
	       PSTEER_A_POOL_CLIENTS, ONE),
	FIGURE("portsteer_pool_vms", "Virtual machines.", PSTEER_A_POOL_VMS, ONE),
	FIGURE("portsteer_pool_ports_used",
	       "Ports in use, each once for each server or other end.",
	       PSTEER_A_POOL_SESSIONS, ONE),
	{ 0 }
};

static const struct figure vm_figures[] = {
	FIGURE("portsteer_vm_ports_held", "Ports of its ranges.",
	       PSTEER_A_VM_PORTS_HELD, ONE),
	FIGURE("portsteer_vm_ports_used", "Ports in use, each protocol for itself.",
	       PSTEER_A_VM_PORTS_IN_USE, ONE),
	FIGURE("portsteer_vm_occupancy_ratio",
	       "Of its active ports, in use by the protocol that uses most.",
	       PSTEER_A_VM_OCCUPANCY, SHARES),
	FIGURE("portsteer_vm_sessions", "Live sessions.", PSTEER_A_VM_SESSIONS,
	       ONE),
	FIGURE("portsteer_vm_sessions_created_total", "Sessions that were opened.",
	       PSTEER_A_VM_CREATED, ONE),
	FIGURE("portsteer_vm_packets_total", "Packets, both ways.",
	       PSTEER_A_VM_PACKETS, ONE),
	FIGURE("portsteer_vm_bytes_total", "Bytes, both ways.", PSTEER_A_VM_BYTES,
	       ONE),
	FIGURE("portsteer_vm_report_age_seconds", "Since the last report.",
	       PSTEER_A_VM_REPORT_AGE, MS),
	{ 0 }
};

static const struct figure stats_figures[] = {
	FIGURE("portsteer_events_total",
	       "What became of packets and sessions, as portsteer stats show.",
	       PSTEER_A_STATS_VALUE, ONE),
	{ 0 }
};

/**
 * struct kind - the objects of a kind
 * @object: which
 * @figures: what there is of each
 * @label: its name, as a label
 * @name: attribute with it
 * @endpoint: a second label: it is a server
 */
static const struct kind {
	const struct object *object;
	const struct figure *figures;
	const char *label;
	uint16_t name;
	bool endpoint;
} kinds[] = {
	{ &service_object, service_figures, "service", PSTEER_A_SERVICE_NAME,
	  false },
	{ &server_object, server_figures, "service", PSTEER_A_SERVER_SERVICE,
	  true },
	{ &pool_object, pool_figures, "pool", PSTEER_A_POOL_NAME, false },
	{ &vm_object, vm_figures, "vm", PSTEER_A_VM_NAME, false },
	{ &stats_object, stats_figures, "event", PSTEER_A_STATS_NAME, false },
};

/* What one visit of all objects of a kind is for. */
struct visit {
	FILE *out;
	const struct kind *kind;
	const struct figure *figure;
};

static void put_words(const struct visit *visit, struct label *labels,
		      struct label *label, int64_t value)
{
	const struct figure *figure = visit->figure;
	const struct name *name;

	for (name = figure->words; name->word; name++) {
		label->value = name->word;
		metric_value(visit->out, figure->name, labels,
			     name->value == value);
	}
}

static void put_object(const struct record *r, void *arg)
{
	const struct visit *visit = arg;
	const struct figure *figure = visit->figure;
	struct label labels[LABELS_MAX] = { 0 };
	struct label *label = labels;
	char server[FORMAT_MAX];
	int64_t value;

	if (!record_has(r, figure->attr))
		return;
	value = record_number(r, figure->attr);
	*label++ = (struct label) { visit->kind->label,
				    record_text(r, visit->kind->name) };
	if (visit->kind->endpoint) {
		format_endpoint(server,
				record_address(r, PSTEER_A_SERVER_ADDRESS),
				record_number(r, PSTEER_A_SERVER_PORT));
		*label++ = (struct label) { "server", server };
	}
	*label = (struct label) { figure->label, figure->value };
	if (figure->words)
		put_words(visit, labels, label, value);
	else
		metric_value(visit->out, figure->name, labels,
			     value / figure->unit);
}

/**
 * figures_write() - all metrics of the module
 */
void figures_write(FILE *out, struct kernel *kernel)
{
	struct visit visit = { .out = out };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		visit.kind = &kinds[i];
		for (visit.figure = kinds[i].figures; visit.figure->name;
		     visit.figure++) {
			if (visit.figure->help)
				metric_begin(out, visit.figure->name,
					     visit.figure->help);
			kernel_each(kernel, kinds[i].object, put_object,
				    &visit);
		}
	}
}

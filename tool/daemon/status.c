// SPDX-License-Identifier: GPL-2.0-or-later
/* status: what everybody may see, as a page, as JSON, and as metrics. */
#include <errno.h>
#include <stdlib.h>

#include "figures.h"
#include "http.h"
#include "kernel.h"
#include "metric.h"
#include "page.h"
#include "part.h"
#include "picture.h"
#include "trail.h"

#define METRICS_TYPE	"text/plain; version=0.0.4; charset=utf-8"

/**
 * struct status_setting - the section
 * @listen: where
 */
struct status_setting {
	struct endpoint listen;
};

static const struct setting status_settings[] = {
	{ .key = "listen", .type = SETTING_LISTEN,
	  .offset = offsetof(struct status_setting, listen),
	  .initial = "127.0.0.1:7480" },
	{ 0 }
};

static const struct section status_section = {
	.key = "status",
	.size = sizeof(struct status_setting),
	.settings = status_settings,
};

/**
 * struct status - the part
 * @daemon: whose module is shown
 * @trail: the last minutes
 * @clock: when the next moment is
 * @http: who asks
 */
struct status {
	struct daemon *daemon;
	struct trail *trail;
	struct event *clock;
	struct http *http;
};

/* --- what there is to read ------------------------------------------------ */

static void write_page(FILE *out, void *arg)
{
	struct status *status = arg;
	json_t *picture = picture_take(status->daemon->kernel, status->trail);

	page_write(out, picture);
	json_decref(picture);
}

static void write_json(FILE *out, void *arg)
{
	struct status *status = arg;
	json_t *picture = picture_take(status->daemon->kernel, status->trail);

	json_dumpf(picture, out, JSON_COMPACT | JSON_REAL_PRECISION(12));
	fputc('\n', out);
	json_decref(picture);
}

static void write_part(const struct part *part, const void *state, void *arg)
{
	if (part->metrics)
		part->metrics(state, arg);
}

static void write_metrics(FILE *out, void *arg)
{
	(void)arg;
	parts_visit(write_part, out);
}

/* Files that are put in by the linker: where each begins and ends. */
#define FILE_OF(name) \
	extern const char _binary_daemon_##name##_start[]; \
	extern const char _binary_daemon_##name##_end[]; \
	static void write_##name(FILE *out, void *arg) \
	{ \
		(void)arg; \
		fwrite(_binary_daemon_##name##_start, 1, \
		       _binary_daemon_##name##_end - \
		       _binary_daemon_##name##_start, out); \
	}

FILE_OF(page_css)
FILE_OF(page_js)
FILE_OF(icon_svg)

static const struct http_route routes[] = {
	{ "/", "text/html; charset=utf-8", write_page },
	{ "/status.json", "application/json", write_json },
	{ "/metrics", METRICS_TYPE, write_metrics },
	{ "/page.css", "text/css; charset=utf-8", write_page_css },
	{ "/page.js", "text/javascript; charset=utf-8", write_page_js },
	{ "/icon.svg", "image/svg+xml", write_icon_svg },
	{ 0 }
};

/* --- the part ------------------------------------------------------------- */

static void keep_server(const struct record *server, void *arg)
{
	trail_server(arg, server);
}

static void next_moment(evutil_socket_t fd, short events, void *arg)
{
	struct status *status = arg;

	(void)fd;
	(void)events;
	trail_begin(status->trail);
	kernel_each(status->daemon->kernel, &server_object, keep_server,
		    status->trail);
}

static void stop_status(void *state)
{
	struct status *status = state;

	if (status->http)
		http_close(status->http);
	if (status->clock)
		event_free(status->clock);
	if (status->trail)
		trail_free(status->trail);
	free(status);
}

static bool start_clock(struct status *status)
{
	const struct timeval interval = { .tv_sec = TRAIL_SECONDS };

	status->trail = trail_new();
	status->clock = event_new(status->daemon->base, -1, EV_PERSIST,
				  next_moment, status);
	return status->trail && status->clock &&
	       !event_add(status->clock, &interval);
}

static void *start_status(struct daemon *daemon,
			  const struct settings *settings,
			  struct refusal *refusal)
{
	const struct status_setting *setting = settings->values;
	struct status *status = calloc(1, sizeof(*status));

	if (!status) {
		refusal_set(refusal, ENOMEM, "no memory");
		return NULL;
	}
	status->daemon = daemon;
	if (!start_clock(status))
		refusal_set(refusal, ENOMEM, "no memory");
	else
		status->http = http_open(daemon->base, &setting->listen,
					 routes, status, refusal);
	if (status->http)
		return status;
	stop_status(status);
	return NULL;
}

static void put_requests(FILE *out, const struct http_counts *counts)
{
	const struct {
		const char *result;
		uint64_t count;
	} rows[] = {
		{ "answered", counts->answered },
		{ "refused", counts->refused },
		{ "late", counts->late },
	};
	size_t i;

	metric_begin(out, "portsteer_status_requests_total",
		     "Requests of those who read this, by what became of them.");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct label labels[] = {
			{ "result", rows[i].result }, { NULL, NULL }
		};

		metric_value(out, "portsteer_status_requests_total", labels,
			     rows[i].count);
	}
}

static void put_metrics(const void *state, FILE *out)
{
	const struct status *status = state;

	figures_write(out, status->daemon->kernel);
	put_requests(out, http_counts(status->http));
}

static json_t *show_status(const void *state)
{
	const struct status *status = state;
	const struct http_counts *counts = http_counts(status->http);

	return json_pack("[{s:I, s:I, s:I}]",
			 "answered", (json_int_t)counts->answered,
			 "refused", (json_int_t)counts->refused,
			 "late", (json_int_t)counts->late);
}

const struct part status_part = {
	.name = "status",
	.section = &status_section,
	.start = start_status,
	.stop = stop_status,
	.show = show_status,
	.metrics = put_metrics,
};

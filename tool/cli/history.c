// SPDX-License-Identifier: GPL-2.0-or-later
/* History of reports as CSV: one line a report. */
#include "history.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "csv.h"
#include "format.h"
#include "grow.h"

#define TIME_COLUMN	"t_s"
#define SERVICE_COLUMN	"service"
#define SERVER_COLUMN	"server"
#define TIME_DECIMALS	3

/**
 * struct column - a column of numbers
 * @name: with the unit
 * @attr: of a server
 * @decimals: fraction of the unit in the attribute, and in the model's input
 */
struct column {
	const char *name;
	uint16_t attr;
	unsigned int decimals;
};

static const struct column columns[PSTEER_MODEL_KINDS] = {
	[PSTEER_MODEL_LOAD] = { "load_pct", PSTEER_A_SERVER_LOAD, 2 },
	[PSTEER_MODEL_CPU] = { "cpu_pct", PSTEER_A_SERVER_CPU, 2 },
	[PSTEER_MODEL_MEMORY] = { "memory_pct", PSTEER_A_SERVER_MEMORY, 2 },
	[PSTEER_MODEL_NETWORK] = { "network_pct", PSTEER_A_SERVER_NETWORK, 2 },
	[PSTEER_MODEL_LATENCY] = { "latency_us", PSTEER_A_SERVER_LATENCY, 0 },
	[PSTEER_MODEL_ERRORS] = { "errors_pct", PSTEER_A_SERVER_ERRORS, 2 },
	[PSTEER_MODEL_APP] = { "app_pct", PSTEER_A_SERVER_APP, 2 },
	[PSTEER_MODEL_SESSIONS] = { "sessions", PSTEER_A_SERVER_SESSIONS, 0 },
	[PSTEER_MODEL_ARRIVALS] = {
		"arrivals_per_s", PSTEER_A_SERVER_ARRIVALS, 3
	},
};

static FILE *open_text(char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (!out)
		err(1, "no memory");
	return out;
}

/**
 * history_header() - the first line
 *
 * Return: to be freed.
 */
char *history_header(void)
{
	char *text = NULL;
	size_t size;
	FILE *out;
	size_t i;

	out = open_text(&text, &size);
	fputs(TIME_COLUMN "," SERVICE_COLUMN "," SERVER_COLUMN, out);
	for (i = 0; i < PSTEER_MODEL_KINDS; i++)
		fprintf(out, ",%s", columns[i].name);
	fputc('\n', out);
	fclose(out);
	return text;
}

/**
 * history_row() - the line of a report
 * @server: the server, as a notification tells of it
 *
 * Return: to be freed.
 */
char *history_row(const struct record *server)
{
	char buf[FORMAT_MAX];
	char *text = NULL;
	size_t size;
	FILE *out;
	size_t i;

	out = open_text(&text, &size);
	fprintf(out, "%s,%s,",
		format_fixed(buf, record_number(server, PSTEER_A_SERVER_TIME),
			     TIME_DECIMALS),
		record_text(server, PSTEER_A_SERVER_SERVICE));
	fputs(format_endpoint(buf,
			      record_address(server, PSTEER_A_SERVER_ADDRESS),
			      record_number(server, PSTEER_A_SERVER_PORT)),
	      out);
	for (i = 0; i < PSTEER_MODEL_KINDS; i++) {
		fputc(',', out);
		if (record_has(server, columns[i].attr))
			fputs(format_fixed(buf,
					   record_number(server,
							 columns[i].attr),
					   columns[i].decimals), out);
	}
	fputc('\n', out);
	fclose(out);
	return text;
}

/**
 * struct places - where the columns are in a file, -1: nowhere
 */
struct places {
	int time;
	int service;
	int server;
	int value[PSTEER_MODEL_KINDS];
};

static bool find_places(const struct csv *csv, struct places *at)
{
	size_t i;

	at->time = csv_column(csv, TIME_COLUMN);
	at->service = csv_column(csv, SERVICE_COLUMN);
	at->server = csv_column(csv, SERVER_COLUMN);
	for (i = 0; i < PSTEER_MODEL_KINDS; i++)
		at->value[i] = csv_column(csv, columns[i].name);
	if (at->time < 0)
		return csv_complain(csv, "there is no column " TIME_COLUMN);
	if (at->value[PSTEER_MODEL_LOAD] < 0)
		return csv_complain(csv, "there is no column %s",
				    columns[PSTEER_MODEL_LOAD].name);
	return true;
}

static bool read_number(const struct csv *csv, int at, unsigned int decimals,
			uint64_t most, uint64_t *n)
{
	const char *wrong = parse_fixed(csv->cell[at], decimals, n);

	if (!wrong && *n > most)
		wrong = "is too large";
	return !wrong || csv_complain(csv, "%s \"%s\" %s", csv->name[at],
				      csv->cell[at], wrong);
}

static bool is_percent(const struct column *column)
{
	return column->decimals == 2;
}

static bool read_report(const struct csv *csv, const struct places *at,
			struct psteer_model_sample *report)
{
	uint64_t most;
	uint64_t n;
	size_t i;

	*report = (struct psteer_model_sample) { 0 };
	if (!read_number(csv, at->time, TIME_DECIMALS, INT64_MAX, &n))
		return false;
	report->at_ms = n;
	for (i = 0; i < PSTEER_MODEL_KINDS; i++) {
		most = is_percent(&columns[i]) ? PSTEER_SCALE : UINT32_MAX;
		if (at->value[i] < 0 || !*csv->cell[at->value[i]])
			continue;
		if (!read_number(csv, at->value[i], columns[i].decimals, most,
				 &n))
			return false;
		report->has |= 1u << i;
		report->value[i] = n;
	}
	return true;
}

/* The last series of a server: an earlier one has ended. */
static struct server_series *find_series(struct history *h,
					 const char *server)
{
	size_t i = h->count;

	while (i--)
		if (!strcmp(h->series[i].server, server))
			return &h->series[i];
	return NULL;
}

static struct server_series *add_series(struct history *h, const char *server)
{
	struct server_series *s;

	h->series = grow(h->series, h->count, sizeof(*h->series));
	s = &h->series[h->count++];
	*s = (struct server_series) { .server = strdup(server) };
	if (!s->server)
		err(1, "no memory");
	return s;
}

static void add_report(struct history *h, const char *server,
		       const struct psteer_model_sample *report)
{
	struct server_series *s = find_series(h, server);

	if (!s || s->reports[s->count - 1].at_ms > report->at_ms)
		s = add_series(h, server);
	s->reports = grow(s->reports, s->count, sizeof(*s->reports));
	s->reports[s->count++] = *report;
	h->reports++;
}

static bool read_rows(struct history *h, struct csv *csv)
{
	struct psteer_model_sample report;
	struct places at;
	bool fine = find_places(csv, &at);
	char server[256];

	while (fine && csv_next(csv, &fine)) {
		fine = read_report(csv, &at, &report);
		snprintf(server, sizeof(server), "%.120s %.120s",
			 at.service < 0 ? "" : csv->cell[at.service],
			 at.server < 0 ? "" : csv->cell[at.server]);
		/* without a load it says nothing that could be learnt */
		if (fine && report.has & (1u << PSTEER_MODEL_LOAD))
			add_report(h, server, &report);
	}
	return fine;
}

/**
 * history_read() - read a file that "record", or somebody else, has written
 *
 * Return: whether all of it makes sense; if not, the reason was said.
 * history_free() ends it in either case.
 */
bool history_read(struct history *h, const char *path)
{
	struct csv csv;
	bool fine;

	*h = (struct history) { 0 };
	fine = csv_open(&csv, path) && read_rows(h, &csv);
	csv_close(&csv);
	return fine;
}

/**
 * history_free() - free what a history owns
 */
void history_free(struct history *h)
{
	size_t i;

	for (i = 0; i < h->count; i++) {
		free(h->series[i].server);
		free(h->series[i].reports);
	}
	free(h->series);
}

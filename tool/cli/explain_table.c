// SPDX-License-Identifier: GPL-2.0-or-later
/* The text form of explain: the sum of each candidate, columns aligned. */
#include "explain.h"

#include <err.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "format.h"
#include "names.h"
#include "record.h"

enum {
	CELL_SERVER,
	CELL_LOAD,
	CELL_CAPACITY,
	CELL_PORTS,
	CELL_ZONE,
	CELL_SCORE,
	CELLS
};

#define CELL_MAX	256
#define NOTE_MAX	512

struct explain_row {
	bool best;
	char cell[CELLS][CELL_MAX];
	char note[NOTE_MAX];
};

/* Why a server can, or can't, be given a session. */
static const char *say_reason(int64_t eligible)
{
	switch (eligible) {
	case PSTEER_ELIGIBLE_PANIC:
		return "unhealthy, but so are most others";
	case PSTEER_INELIGIBLE_STATE:
		return "draining or down";
	case PSTEER_INELIGIBLE_HEALTH:
		return "unhealthy: its handshakes keep failing";
	case PSTEER_INELIGIBLE_SESSIONS:
		return "at its session limit";
	case PSTEER_INELIGIBLE_PORTS:
		return "no port left towards it";
	case PSTEER_INELIGIBLE_TAGS:
		return "it lacks a tag that the service needs";
	}
	return "for a reason that this tool does not know";
}

/* weight*value=term, or weight*(1-value)=term */
static void fill_term(char *cell, const struct record *r, uint16_t weight,
		      uint16_t value, uint16_t term)
{
	bool inverse = value == PSTEER_A_EXPLAIN_LOAD ||
		       value == PSTEER_A_EXPLAIN_DISTANCE;
	char buf[3][FORMAT_MAX];

	snprintf(cell, CELL_MAX, inverse ? "%s*(1-%s)=%s" : "%s*%s=%s",
		 format_fixed(buf[0], record_number(r, weight), 4),
		 format_fixed(buf[1], record_number(r, value), 4),
		 format_fixed(buf[2], record_number(r, term), 4));
}

__attribute__((format(printf, 2, 3)))
static void add_note(struct explain_row *row, const char *format, ...)
{
	size_t len = strlen(row->note);
	va_list ap;

	if (len)
		len += snprintf(row->note + len, NOTE_MAX - len, ", ");
	va_start(ap, format);
	vsnprintf(row->note + len, NOTE_MAX - len, format, ap);
	va_end(ap);
}

static void note_eligible(struct explain_row *row, const struct record *r)
{
	int64_t eligible = record_number(r, PSTEER_A_EXPLAIN_ELIGIBLE);

	if (row->best)
		add_note(row, "best");
	if (eligible > PSTEER_ELIGIBLE_PANIC)
		add_note(row, "not eligible: %s", say_reason(eligible));
	else if (eligible != PSTEER_ELIGIBLE)
		add_note(row, "%s", say_reason(eligible));
}

/* How load and capacity came from the report, unless they are just that. */
static void note_report(struct explain_row *row, const struct record *r)
{
	int64_t capacity = record_number(r, PSTEER_A_EXPLAIN_REPORTED_CAPACITY);
	int64_t load = record_number(r, PSTEER_A_EXPLAIN_REPORTED_LOAD);
	int64_t errors = record_number(r, PSTEER_A_EXPLAIN_ERROR_LOAD);
	int64_t local = record_number(r, PSTEER_A_EXPLAIN_LOCAL_LOAD);
	int64_t fresh = record_number(r, PSTEER_A_EXPLAIN_FRESHNESS);
	int64_t slow = record_number(r, PSTEER_A_EXPLAIN_SLOW_LOAD);
	char buf[3][FORMAT_MAX];

	format_fixed(buf[0], fresh, 2);
	format_fixed(buf[1], load, 4);
	format_fixed(buf[2], capacity, 4);
	if (!record_has(r, PSTEER_A_EXPLAIN_REPORTED_LOAD))
		add_note(row, "no report yet");
	else if (fresh < PSTEER_SCALE)
		add_note(row, "report %s%% fresh (load %s, capacity %s)",
			 buf[0], buf[1], buf[2]);
	if (local)
		add_note(row, "load %s%s by sessions here",
			 local > 0 ? "+" : "", format_fixed(buf[0], local, 4));
	if (errors)
		add_note(row, "load +%s by errors",
			 format_fixed(buf[0], errors, 4));
	if (slow)
		add_note(row, "load +%s by slowness",
			 format_fixed(buf[0], slow, 4));
	if (errors + slow)
		add_note(row, "capacity less by as much of it");
}

/* Where the client and the server are, and what the one can that the other needs. */
static void note_extensions(struct explain_row *row, const struct record *r)
{
	const char *server = record_text(r, PSTEER_A_EXPLAIN_SERVER_ZONE);
	const char *tags = record_text(r, PSTEER_A_EXPLAIN_TAGS);

	if (record_has(r, PSTEER_A_EXPLAIN_CLIENT_ZONE))
		add_note(row, *server ? "zone %s" : "no zone", server);
	if (record_has(r, PSTEER_A_EXPLAIN_NEEDS))
		add_note(row, *tags ? "tags %s" : "no tags", tags);
}

/* What there is to say beside the sum. */
static void fill_notes(struct explain_row *row, const struct record *r)
{
	int64_t slow = record_number(r, PSTEER_A_EXPLAIN_SLOW_START);
	char buf[FORMAT_MAX];

	note_eligible(row, r);
	note_report(row, r);
	note_extensions(row, r);
	if (slow < PSTEER_SCALE)
		add_note(row, "slow start: sum times %s",
			 format_fixed(buf, slow, 4));
	add_note(row, "%d of %d ports free",
		 (int)record_number(r, PSTEER_A_EXPLAIN_PORTS_FREE),
		 (int)record_number(r, PSTEER_A_EXPLAIN_PORTS_SIZE));
}

static void fill_row(struct explain_row *row, const struct record *r)
{
	const struct address *server;
	char buf[FORMAT_MAX];

	row->best = record_has(r, PSTEER_A_EXPLAIN_BEST);
	server = record_address(r, PSTEER_A_EXPLAIN_SERVER);
	if (server)
		format_endpoint(row->cell[CELL_SERVER], server,
				record_number(r, PSTEER_A_EXPLAIN_SERVER_PORT));
	fill_term(row->cell[CELL_LOAD], r, PSTEER_A_EXPLAIN_WEIGHT_LOAD,
		  PSTEER_A_EXPLAIN_LOAD, PSTEER_A_EXPLAIN_TERM_LOAD);
	fill_term(row->cell[CELL_CAPACITY], r,
		  PSTEER_A_EXPLAIN_WEIGHT_CAPACITY, PSTEER_A_EXPLAIN_CAPACITY,
		  PSTEER_A_EXPLAIN_TERM_CAPACITY);
	fill_term(row->cell[CELL_PORTS], r, PSTEER_A_EXPLAIN_WEIGHT_PORTS,
		  PSTEER_A_EXPLAIN_PORTS, PSTEER_A_EXPLAIN_TERM_PORTS);
	if (record_number(r, PSTEER_A_EXPLAIN_WEIGHT_ZONE))
		fill_term(row->cell[CELL_ZONE], r, PSTEER_A_EXPLAIN_WEIGHT_ZONE,
			  PSTEER_A_EXPLAIN_DISTANCE,
			  PSTEER_A_EXPLAIN_TERM_ZONE);
	snprintf(row->cell[CELL_SCORE], CELL_MAX, "%s",
		 format_fixed(buf, record_number(r, PSTEER_A_EXPLAIN_SCORE),
			      4));
	fill_notes(row, r);
}

/* Appends " KEYWORD TEXT" to the head, unless there is no text. */
static void add_to_head(struct explain_table *table, const char *keyword,
			const char *text)
{
	size_t len = strlen(table->head);

	if (*text)
		snprintf(table->head + len, sizeof(table->head) - len, " %s %s",
			 keyword, text);
}

static void fill_head(struct explain_table *table, const struct record *r)
{
	int64_t emphasis = record_number(r, PSTEER_A_EXPLAIN_EMPHASIS);
	int64_t mode = record_number(r, PSTEER_A_EXPLAIN_SELECT);
	const char *select = names_word(select_names, mode);
	const char *word = names_word(emphasis_names, emphasis);
	const struct address *client;
	char buf[FORMAT_MAX] = "";

	client = record_address(r, PSTEER_A_EXPLAIN_CLIENT);
	if (client)
		format_address(buf, client);
	snprintf(table->head, sizeof(table->head), "service %s client %s",
		 record_text(r, PSTEER_A_EXPLAIN_SERVICE), buf);
	add_to_head(table, "select", select ? select : "?");
	add_to_head(table, "zone",
		    record_text(r, PSTEER_A_EXPLAIN_CLIENT_ZONE));
	add_to_head(table, "needs", record_text(r, PSTEER_A_EXPLAIN_NEEDS));
	if (emphasis != PSTEER_EMPHASIS_NONE)
		add_to_head(table, "emphasis", word ? word : "?");
}

/**
 * explain_add() - append a candidate
 */
void explain_add(struct explain_table *table, const struct record *r)
{
	struct explain_row *row;

	table->rows = reallocarray(table->rows, table->count + 1,
				   sizeof(*table->rows));
	if (!table->rows)
		err(1, "no memory");
	row = &table->rows[table->count++];
	memset(row, 0, sizeof(*row));
	fill_row(row, r);
	if (table->count == 1)
		fill_head(table, r);
}

static void print_row(const struct explain_row *row, const int *width,
		      bool zones)
{
	printf("%c %-*s  %-*s + %-*s + %-*s",
	       row->best ? '*' : ' ',
	       width[CELL_SERVER], row->cell[CELL_SERVER],
	       width[CELL_LOAD], row->cell[CELL_LOAD],
	       width[CELL_CAPACITY], row->cell[CELL_CAPACITY],
	       width[CELL_PORTS], row->cell[CELL_PORTS]);
	if (zones)
		printf(" + %-*s", width[CELL_ZONE], row->cell[CELL_ZONE]);
	printf(" = %-*s%s%s\n",
	       *row->note ? width[CELL_SCORE] : 0, row->cell[CELL_SCORE],
	       *row->note ? "  " : "", row->note);
}

/**
 * explain_print() - print the table on standard output
 */
void explain_print(const struct explain_table *table, const char *service)
{
	static const struct explain_row titles = {
		.cell = { "server", "load", "capacity", "ports", "zone",
			  "score" },
	};
	int width[CELLS];
	bool zones;
	size_t row;
	int cell;

	if (!table->count) {
		printf("service %s has no servers\n", service);
		return;
	}
	for (cell = 0; cell < CELLS; cell++) {
		width[cell] = strlen(titles.cell[cell]);
		for (row = 0; row < table->count; row++)
			if ((int)strlen(table->rows[row].cell[cell]) >
			    width[cell])
				width[cell] =
					strlen(table->rows[row].cell[cell]);
	}
	/* All of them have a term for it, or none. */
	zones = *table->rows[0].cell[CELL_ZONE];
	puts(table->head);
	print_row(&titles, width, zones);
	for (row = 0; row < table->count; row++)
		print_row(&table->rows[row], width, zones);
}

/**
 * explain_free() - free the rows
 */
void explain_free(struct explain_table *table)
{
	free(table->rows);
	table->rows = NULL;
	table->count = 0;
}

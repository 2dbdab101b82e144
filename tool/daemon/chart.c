// SPDX-License-Identifier: GPL-2.0-or-later
/* Plots of the last minutes, as SVG. */
#include "chart.h"

#include "html.h"

/* The drawing, in its own units; it is scaled to where it stands. */
#define WIDTH	600.0
#define HEIGHT	190.0
#define LEFT	38.0
#define RIGHT	590.0
#define TOP	12.0
#define BOTTOM	164.0
#define STEPS	4	/* lines across, without the lowest */

/* A round number that is not less. */
static double round_up(double n)
{
	static const double rounds[] = { 1, 2, 4, 10 };
	double ten = 1;
	size_t i;

	while (ten * 10 < n)
		ten *= 10;
	for (i = 0; rounds[i] * ten < n && i < 3; i++)
		;
	return rounds[i] * ten;
}

static const json_t *values_of(const json_t *server, const char *key)
{
	return json_object_get(json_object_get(server, "history"), key);
}

static double largest(const struct chart *chart, const json_t *servers)
{
	double most = STEPS;
	json_t *server;
	json_t *value;
	size_t i;
	size_t j;

	json_array_foreach(servers, i, server)
		json_array_foreach(values_of(server, chart->key), j, value)
			if (json_number_value(value) > most)
				most = json_number_value(value);
	return round_up(most);
}

static void draw_grid(FILE *out, double most)
{
	double y;
	int i;

	for (i = 0; i <= STEPS; i++) {
		y = BOTTOM - (BOTTOM - TOP) * i / STEPS;
		html_print(out, "<line class=\"grid\" x1=\"%.0f\" x2=\"%.0f\" "
			   "y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, RIGHT, y, y);
		html_print(out, "<text class=\"end\" x=\"%.0f\" y=\"%.1f\">%.0f"
			   "</text>", LEFT - 6, y + 4, most * i / STEPS);
	}
}

static void draw_times(FILE *out, double seconds)
{
	html_print(out, "<text x=\"%.0f\" y=\"%.0f\">%.0f min ago</text>",
		   LEFT, BOTTOM + 18, seconds / 60);
	html_print(out, "<text class=\"end\" x=\"%.0f\" y=\"%.0f\">now</text>",
		   RIGHT, BOTTOM + 18);
}

/* What is not known interrupts the line; one moment alone is a dot. */
static void draw_line(FILE *out, const json_t *values, double most, size_t nr)
{
	size_t last = json_array_size(values) - 1;
	char command = 'M';
	json_t *value;
	double x;
	double y;
	size_t i;

	html_print(out, "<path class=\"line c%d\" d=\"", (int)nr);
	json_array_foreach(values, i, value) {
		if (!json_is_number(value)) {
			command = 'M';
			continue;
		}
		x = LEFT + (RIGHT - LEFT) * i / last;
		y = BOTTOM - (BOTTOM - TOP) * json_number_value(value) / most;
		fprintf(out, "%c%.1f %.1f", command, x, y);
		if (command == 'M')
			fputs("h0", out);
		command = 'L';
	}
	fputs("\"/>\n", out);
}

/**
 * chart_write() - the plot of what @chart says
 */
void chart_write(FILE *out, const struct chart *chart, const json_t *servers)
{
	double most = chart->most ? chart->most : largest(chart, servers);
	size_t moments = 0;
	const json_t *values;
	json_t *server;
	size_t i;

	html_print(out, "<figure><figcaption>%s</figcaption>"
		   "<svg class=\"chart\" role=\"img\" aria-label=\"%s\" "
		   "viewBox=\"0 0 %.0f %.0f\">", chart->title, chart->title,
		   WIDTH, HEIGHT);
	draw_grid(out, most);
	json_array_foreach(servers, i, server) {
		values = values_of(server, chart->key);
		if (json_array_size(values) < 2)
			continue;
		moments = json_array_size(values);
		draw_line(out, values, most, i);
	}
	draw_times(out, moments * chart->seconds);
	fputs("</svg></figure>\n", out);
}

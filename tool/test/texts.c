// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's texts, read and written: metrics, agents' answers, markup; TAP. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "agent_word.h"
#include "html.h"
#include "metric.h"
#include "node.h"
#include "sample.h"

static unsigned int count;
static unsigned int failed;

static void check(int good, const char *what, const char *word)
{
	failed += !good;
	printf("%s %u - %s \"", good ? "ok" : "not ok", ++count, what);
	for (; *word; word++)
		if (*word != '\n')
			putchar(*word);
	puts("\"");
}

static int same(double a, double b)
{
	return fabs(a - b) < 1e-9;
}

static void test_samples(void)
{
	static const struct {
		const char *line;
		enum sample_result result;
		double value;
		const char *mode;	/* label; NULL: there is none */
	} rows[] = {
		{ "a 1", SAMPLE_READ, 1, NULL },
		{ "a:b_2 1.5e3 1700000000", SAMPLE_READ, 1500, NULL },
		{ "a{mode=\"x\"} 2\r\n", SAMPLE_READ, 2, "x" },
		{ "a { mode = \"x\" , } 2", SAMPLE_READ, 2, "x" },
		{ "a{b=\"}\\\"\",mode=\"y\"} -1", SAMPLE_READ, -1, "y" },
		{ "a{b=\"mode=\\\"z\\\"\"} 1", SAMPLE_READ, 1, NULL },
		{ "# a comment\n\n\t a 3", SAMPLE_READ, 3, NULL },
		{ "a +Inf", SAMPLE_READ, INFINITY, NULL },
		{ "", SAMPLE_END, 0, NULL },
		{ "# only this", SAMPLE_END, 0, NULL },
		{ "a", SAMPLE_WRONG, 0, NULL },
		{ "a b", SAMPLE_WRONG, 0, NULL },
		{ "1a 1", SAMPLE_WRONG, 0, NULL },
		{ "a{mode=\"x\" 2", SAMPLE_WRONG, 0, NULL },
		{ "a{mode=\"x} 2", SAMPLE_WRONG, 0, NULL },
		{ "a{mode=\"x\\", SAMPLE_WRONG, 0, NULL },
		{ "a{mode=\"x\"b=\"y\"} 2", SAMPLE_WRONG, 0, NULL },
		{ "a{=\"x\"} 2", SAMPLE_WRONG, 0, NULL },
		{ "a 1 2 3", SAMPLE_WRONG, 0, NULL },
		{ "<html>", SAMPLE_WRONG, 0, NULL },
	};
	struct sample sample;
	struct slice rest;
	struct slice mode;
	int good;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rest = (struct slice) { rows[i].line, strlen(rows[i].line) };
		good = sample_next(&rest, &sample) == rows[i].result;
		if (good && rows[i].result == SAMPLE_READ)
			good = (sample.value == rows[i].value ||
				same(sample.value, rows[i].value)) &&
			       sample_label(&sample, "mode", &mode) ==
				       !!rows[i].mode &&
			       (!rows[i].mode || slice_is(mode, rows[i].mode));
		check(good, "sample", rows[i].line);
	}
}

/* Two processors, ten seconds apart: 5 of 20 seconds are busy. */
static const char before[] =
	"# TYPE node_cpu_seconds_total counter\n"
	"node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} 100\n"
	"node_cpu_seconds_total{cpu=\"0\",mode=\"user\"} 10\n"
	"node_cpu_seconds_total{cpu=\"1\",mode=\"iowait\"} 1\n"
	"node_cpu_seconds_total{cpu=\"1\",mode=\"idle\"} 100\n"
	"node_cpu_seconds_total{cpu=\"1\",mode=\"system\"} 10\n"
	"node_memory_MemTotal_bytes 4e9\n"
	"node_memory_MemAvailable_bytes 3e9\n"
	"node_network_receive_bytes_total{device=\"lo\"} 0\n"
	"node_network_transmit_bytes_total{device=\"lo\"} 0\n"
	"node_network_receive_bytes_total{device=\"eth0\"} 1000\n"
	"node_network_transmit_bytes_total{device=\"eth0\"} 2000\n"
	"node_network_speed_bytes{device=\"eth0\"} 125000000\n"
	"node_network_receive_bytes_total{device=\"eth1\"} 0\n"
	"node_network_transmit_bytes_total{device=\"eth1\"} 0\n"
	"node_network_speed_bytes{device=\"eth1\"} -125000\n";
static const char later[] =
	"node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} 107\n"
	"node_cpu_seconds_total{cpu=\"0\",mode=\"user\"} 13\n"
	"node_cpu_seconds_total{cpu=\"1\",mode=\"iowait\"} 3\n"
	"node_cpu_seconds_total{cpu=\"1\",mode=\"idle\"} 106\n"
	"node_cpu_seconds_total{cpu=\"1\",mode=\"system\"} 12\n"
	"node_memory_MemTotal_bytes 4e9\n"
	"node_memory_MemAvailable_bytes 1e9\n"
	"node_network_receive_bytes_total{device=\"lo\"} 9e12\n"
	"node_network_transmit_bytes_total{device=\"lo\"} 9e12\n"
	"node_network_receive_bytes_total{device=\"eth0\"} 125001000\n"
	"node_network_transmit_bytes_total{device=\"eth0\"} 312502000\n"
	"node_network_speed_bytes{device=\"eth0\"} 125000000\n"
	"node_network_receive_bytes_total{device=\"eth1\"} 1e9\n"
	"node_network_transmit_bytes_total{device=\"eth1\"} 0\n"
	"node_network_speed_bytes{device=\"eth1\"} -125000\n";

static const char *read_node(const char *text, struct node *node)
{
	return node_read((struct slice) { text, strlen(text) }, node);
}

static void test_nodes(void)
{
	struct node a;
	struct node b;
	struct node_use use;

	check(!read_node(before, &a) && !read_node(later, &b), "read", "nodes");
	node_compare(&a, &b, 10, 0, &use);
	check(same(use.cpu, 0.25), "share", "cpu");
	check(same(use.memory, 0.75), "share", "memory");
	check(same(use.network, 0.25), "share", "network");
	node_compare(&a, &b, 10, 200e6, &use);
	check(same(use.network, 0.5), "share", "of a device without a speed");
	node_compare(&b, &a, 10, 0, &use);
	check(use.cpu < 0 && use.network < 0, "not known after", "a new start");
	node_compare(&a, &a, 10, 0, &use);
	check(use.cpu < 0, "not known of", "the same look twice");
	check(!!read_node("a 1\n", &a), "no node", "a 1");
	check(!!read_node("<html>\n", &a), "no node", "<html>");
	check(!read_node("node_cpu_seconds_total{mode=\"idle\"} 5\n"
			 "node_memory_MemTotal_bytes NaN\n", &a) &&
	      !read_node("node_cpu_seconds_total{mode=\"idle\"} 6\n"
			 "node_memory_MemTotal_bytes NaN\n", &b), "read", "NaN");
	node_compare(&a, &b, 1, 0, &use);
	check(same(use.cpu, 0) && use.memory < 0 && use.network < 0,
	      "not known of", "what is no number");
}

/* More devices than are looked at. */
static void test_devices(void)
{
	char *text = NULL;
	struct node node;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int i;

	fputs("node_cpu_seconds_total{mode=\"idle\"} 5\n", out);
	for (i = 0; i < 2 * NODE_DEVICES_MAX; i++)
		fprintf(out, "node_network_receive_bytes_total{device=\"tap%d\"} 1\n",
			i);
	fclose(out);
	check(!read_node(text, &node) && node.count == NODE_DEVICES_MAX,
	      "bounded", "devices");
	free(text);
}

static void test_agents(void)
{
	static const struct {
		const char *line;
		int weight;		/* -1: none */
		int64_t max;		/* likewise */
		enum agent_wish wish;
		const char *text;	/* NULL: the line is refused */
	} rows[] = {
		{ "75%", 75, -1, AGENT_NO_WISH, "" },
		{ "up 75%", 75, -1, AGENT_UP, "" },
		{ "ready, 50% maxconn:30", 50, 30, AGENT_UP, "" },
		{ "DRAIN", -1, -1, AGENT_DRAIN, "" },
		{ "maint\t", -1, -1, AGENT_DRAIN, "" },
		{ "up drain", -1, -1, AGENT_DRAIN, "" },
		{ "down#disk full", -1, -1, AGENT_DOWN, "disk full" },
		{ "stopped #\x1b[2J<b>", -1, -1, AGENT_DOWN, "?[2J<b>" },
		{ "fail", -1, -1, AGENT_DOWN, "" },
		{ "256%", 100, -1, AGENT_NO_WISH, "" },
		{ "maxconn:0", -1, 0, AGENT_NO_WISH, "" },
		{ "", -1, -1, AGENT_NO_WISH, NULL },
		{ " , #text", -1, -1, AGENT_NO_WISH, NULL },
		{ "%", -1, -1, AGENT_NO_WISH, NULL },
		{ "-5%", -1, -1, AGENT_NO_WISH, NULL },
		{ "7.5%", -1, -1, AGENT_NO_WISH, NULL },
		{ "maxconn:", -1, -1, AGENT_NO_WISH, NULL },
		{ "maxconn:4294967296", -1, -1, AGENT_NO_WISH, NULL },
		{ "upp", -1, -1, AGENT_NO_WISH, NULL },
		{ "HTTP/1.1 400 Bad Request", -1, -1, AGENT_NO_WISH, NULL },
		{ "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuup", -1, -1,
		  AGENT_NO_WISH, NULL },
	};
	struct agent_answer answer;
	const char *wrong;
	int good;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		wrong = agent_read(rows[i].line, strlen(rows[i].line), &answer);
		good = !wrong == !!rows[i].text;
		if (good && !wrong)
			good = answer.has_weight == (rows[i].weight >= 0) &&
			       (!answer.has_weight ||
				(int)answer.weight == rows[i].weight) &&
			       answer.has_max == (rows[i].max >= 0) &&
			       (!answer.has_max ||
				answer.max == rows[i].max) &&
			       answer.wish == rows[i].wish &&
			       !strcmp(answer.text, rows[i].text);
		check(good, wrong ? "no answer" : "answer", rows[i].line);
	}
}

static void test_writing(void)
{
	static const struct label labels[] = {
		{ "a", "x\"y\\z\n" }, { "b", "" }, { NULL, NULL }
	};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	metric_begin(out, "x_total", "What\nit is.");
	metric_value(out, "x_total", labels, 1e15 - 1);
	metric_begin(out, "y", "More.");
	metric_value(out, "y", NULL, 0.1);
	fclose(out);
	check(!strcmp(text, "# HELP x_total What\\nit is.\n"
		      "# TYPE x_total counter\n"
		      "x_total{a=\"x\\\"y\\\\z\\n\",b=\"\"} 999999999999999\n"
		      "# HELP y More.\n# TYPE y gauge\ny 0.1\n"),
	      "written", "metrics");
	free(text);
	out = open_memstream(&text, &size);
	html_print(out, "<b a=\"%s\">%s</b>%d %lld %.2f %%", "\"'&", "<i>", -1,
		   1LL << 40, 0.125);
	fclose(out);
	check(!strcmp(text, "<b a=\"&quot;&#39;&amp;\">&lt;i&gt;</b>"
		      "-1 1099511627776 0.12 %"), "written", "markup");
	free(text);
}

int main(void)
{
	test_samples();
	test_nodes();
	test_devices();
	test_agents();
	test_writing();
	printf("1..%u\n", count);
	return failed ? 1 : 0;
}

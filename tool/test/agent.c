// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The agent's parts without a gateway: counters of fixed files, reports made of
 * them, messages, port ranges, options; prints TAP. Usage: agent FOLDER
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counters.h"
#include "options.h"
#include "port_range.h"
#include "report.h"
#include "span.h"
#include "tap.h"
#include "told.h"

static const char *folder;

/* Counters of one moment of the files, which come a second after each other. */
static struct counters read_moment(const char *moment, const char *interface)
{
	struct counters counters;
	struct reader *reader;
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", folder, moment);
	reader = reader_open(path, interface);
	reader_read(reader, &counters);
	reader_close(reader);
	counters.time_us = strcmp(moment, "one") ? 9000000 : 8000000;
	return counters;
}

static void same(const char *what, json_t *report, const char *text)
{
	char *said = json_dumps(report, JSON_COMPACT | JSON_REAL_PRECISION(6));

	check(said && !strcmp(said, text), "%s: %s", what, said);
	free(said);
	json_decref(report);
}

static void test_reports(void)
{
	struct counters one = read_moment("one", NULL);
	struct counters two = read_moment("two", NULL);
	struct counters none = read_moment("nowhere", NULL);
	struct counters eth = read_moment("one", "eth0");
	struct counters eth2 = read_moment("two", "eth0");

	same("a VM", report_of_vm(&one, &two),
	     "{\"pps\":2310,\"bandwidth\":3005000,\"connections\":38}");
	same("one interface", report_of_vm(&eth, &eth2),
	     "{\"pps\":2300,\"bandwidth\":3000000,\"connections\":38}");
	same("a server", report_of_server(&one, &two, 125000000),
	     "{\"cpu\":0.526316,\"memory\":0.75,\"retransmits\":0.03,\"connections\":25,\"network\":0.016016}");
	same("without a speed", report_of_server(&one, &two, 0),
	     "{\"cpu\":0.526316,\"memory\":0.75,\"retransmits\":0.03,\"connections\":25}");
	same("faster than its speed", report_of_server(&one, &two, 1000),
	     "{\"cpu\":0.526316,\"memory\":0.75,\"retransmits\":0.03,\"connections\":25,\"network\":1.0}");
	two.memory_stalled_us += 700000;
	same("short of memory", report_of_server(&one, &two, 0),
	     "{\"cpu\":0.526316,\"memory\":0.95,\"retransmits\":0.03,\"connections\":25}");
	same("counters begun anew", report_of_vm(&two, &one),
	     "{\"pps\":0,\"bandwidth\":0,\"connections\":30}");
	same("nothing happens", report_of_server(&one, &one, 1000),
	     "{\"cpu\":0.0,\"memory\":0.25,\"retransmits\":0.0,\"connections\":17,\"network\":0.0}");
	same("files that are not there", report_of_server(&none, &none, 0),
	     "{\"cpu\":0.0,\"memory\":0.0,\"retransmits\":0.0,\"connections\":0}");
}

static void test_speed(void)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/interfaces", folder);
	check(interfaces_speed(path, NULL) == 125000000,
	      "speeds are added up, without lo");
	check(interfaces_speed(path, "lo") == 1250000, "the speed of one");
	check(!interfaces_speed(path, "eth1"), "a speed that is not known");
	check(!interfaces_speed("/nowhere", NULL), "no interfaces");
}

static const char *tell(const char *text, struct told *told)
{
	json_t *message = json_loads(text, 0, NULL);
	const char *why = told_read(message, told);

	json_decref(message);
	return why ? why : "";
}

#define RANGE(address, first, last, state)				\
	"{\"pool_address\":\"" address "\",\"first\":" #first		\
	",\"last\":" #last ",\"state\":\"" state "\"}"
#define RANGES(list)	"{\"type\":\"ranges\",\"ranges\":[" list "]}"

static void test_messages(void)
{
	static const char *const bad[] = {
		"{}", "{\"type\":1}", "{\"type\":\"other\"}",
		"{\"type\":\"welcome\"}",
		"{\"type\":\"welcome\",\"version\":2,\"interval_ms\":1000}",
		"{\"type\":\"welcome\",\"version\":1,\"interval_ms\":99}",
		"{\"type\":\"welcome\",\"version\":1,\"interval_ms\":60001}",
		"{\"type\":\"welcome\",\"version\":1,\"interval_ms\":1e3}",
		"{\"type\":\"welcome\",\"version\":1,\"interval_ms\":1000,\"sequence\":-1}",
		"{\"type\":\"welcome\",\"version\":1,\"interval_ms\":1000,\"sequence\":9223372036854775807}",
		"{\"type\":\"ranges\"}", "{\"type\":\"ranges\",\"ranges\":{}}",
		RANGES("1"), RANGES("{}"), RANGES(RANGE("x", 1, 2, "active")),
		RANGES(RANGE("192.0.2.1", 0, 2, "active")),
		RANGES(RANGE("192.0.2.1", 3, 2, "active")),
		RANGES(RANGE("192.0.2.1", 3, 65536, "active")),
		RANGES(RANGE("192.0.2.1", -5, 5, "active")),
	};
	struct told told;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check(*tell(bad[i], &told), "%s: %s", bad[i], tell(bad[i], &told));
	check(!*tell("{\"type\":\"welcome\",\"version\":1,\"interval_ms\":250,\"sequence\":41,\"new\":1}",
		     &told) && told.type == TOLD_WELCOME &&
	      told.interval_ms == 250 && told.sequence == 41, "a welcome");
	check(!*tell(RANGES(""), &told) && told.type == TOLD_RANGES &&
	      !span_ports(&told.largest), "no ranges");
	check(!*tell(RANGES(RANGE("192.0.2.1", 2048, 2111, "active") ","
			    RANGE("192.0.2.2", 1088, 1151, "active") ","
			    RANGE("192.0.2.1", 1024, 1087, "active") ","
			    RANGE("2001:db8::1", 1152, 1279, "held") ","
			    RANGE("192.0.2.1", 1088, 1100, "active") ","
			    RANGE("192.0.2.1", 1152, 3000, "draining")),
		     &told) && told.largest.first == 1024 &&
	      told.largest.last == 1100,
	      "adjacent active ranges of one address are one");
	check(!*tell(RANGES(RANGE("192.0.2.1", 1, 65535, "active") ","
			    RANGE("192.0.2.1", 5, 6, "active")), &told) &&
	      span_ports(&told.largest) == 65535, "all ports, and some twice");
}

static bool holds(const char *path, const char *text)
{
	char said[40] = "";
	FILE *file = fopen(path, "r");

	if (!fgets(said, sizeof(said), file))
		*said = '\0';
	fclose(file);
	return !strcmp(said, text);
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	fputs(text, file);
	fclose(file);
}

static void test_port_range(void)
{
	char path[] = "/tmp/port-range.XXXXXX";
	struct port_range range = {
		.path = path, .least = 64, .before = NO_SPAN,
	};
	const struct span large = { .first = 2048, .last = 4095 };
	const struct span other = { .first = 5000, .last = 6000 };
	const struct span small = { .first = 2048, .last = 2110 };

	close(mkstemp(path));
	put(path, "10000\t20000\n");
	port_range_use(&range, &small);
	check(holds(path, "10000\t20000\n"), "63 ports are too few");
	port_range_use(&range, &large);
	check(holds(path, "2048 4095\n"), "2,048 are used");
	port_range_use(&range, &other);
	check(holds(path, "5000 6000\n"), "then others");
	port_range_use(&range, &small);
	check(holds(path, "10000 20000\n"), "when lost, it is as before");
	port_range_use(&range, &other);
	port_range_leave(&range);
	port_range_leave(&range);
	check(holds(path, "10000 20000\n"), "at the end, too");
	put(path, "5000\t5999\n");
	port_range_use(&range, &other);
	port_range_leave(&range);
	check(holds(path, "32768 60999\n"),
	      "what a killed agent has left is not put back");
	put(path, "1 2\n");
	range.least = 0;
	port_range_use(&range, &other);
	port_range_leave(&range);
	check(holds(path, "1 2\n"), "nothing is set unasked");
	unlink(path);
}

/* A line of words, as options. */
static bool reads(char *line, struct options *options, int *status)
{
	char *argv[20] = { "portsteer-agent" };
	int argc = 1;
	char *word;

	for (word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	optind = 0;
	return options_read(options, argc, argv, status);
}

static void test_options(void)
{
	static const char *const bad[] = {
		"", "--vm a", "--daemon g:1", "--daemon g --vm a",
		"--daemon g:0 --vm a", "--daemon :1 --vm a",
		"--daemon ::1:1 --vm a", "--daemon []:1 --vm a",
		"--daemon [::1:1 --vm a", "--daemon ::1]:1 --vm a",
		"--daemon g:1 --vm a/b", "--daemon g:1 --server a",
		"--daemon g:1 --vm a b", "--daemon g:1 --vm a --other",
		"--daemon g:1 --vm a --app-file f",
		"--daemon g:1 --server ::1 --set-port-range",
		"--daemon g:1 --vm a --set-port-range=0",
		"--daemon g:1 --vm a --set-port-range=70000",
		"--daemon g:1 --server ::1 --app-file f --app-command c",
	};
	char all[] = "--daemon [2001:db8::1]:7443 --vm a --server 10.0.0.1 --speed 10gbit --set-port-range";
	struct options options;
	char line[200];
	int status;
	size_t i;

	/* What they say is tested where they are whole. */
	if (!freopen("/dev/null", "w", stderr))
		exit(1);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line), "%s", bad[i]);
		check(!reads(line, &options, &status) && status == 2,
		      "refused: \"%s\"", bad[i]);
		free(options.host);
	}
	check(reads(all, &options, &status) &&
	      !strcmp(options.host, "2001:db8::1") && options.port == 7443 &&
	      !strcmp(options.vm, "a") && !strcmp(options.server, "10.0.0.1") &&
	      options.speed == 1250000000 && options.least_ports == 1024,
	      "taken: options as they should be");
	free(options.host);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	folder = argv[1];
	test_reports();
	test_speed();
	test_messages();
	test_port_range();
	test_options();
	return check_end();
}

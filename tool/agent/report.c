// SPDX-License-Identifier: GPL-2.0-or-later
/* What lies between two moments of the system's counters, as a report. */
#include "report.h"

/* A counter that steps back was begun anew. */
static double grown(uint64_t from, uint64_t to)
{
	return to > from ? to - from : 0;
}

static double most(double a, double b)
{
	return a > b ? a : b;
}

static double share(double part, double all)
{
	return part < all ? part / all : all > 0;
}

static json_int_t whole(double number)
{
	return number + 0.5;
}

static double seconds(const struct counters *from, const struct counters *to)
{
	return most(grown(from->time_us, to->time_us), 1) / 1e6;
}

static double bytes_in(const struct counters *from, const struct counters *to)
{
	return grown(from->bytes_in, to->bytes_in);
}

static double bytes_out(const struct counters *from, const struct counters *to)
{
	return grown(from->bytes_out, to->bytes_out);
}

/* Used, or so often short of it that there might as well be none. */
static double memory_load(const struct counters *from, const struct counters *to)
{
	double stalled = grown(from->memory_stalled_us, to->memory_stalled_us);

	return most(share(grown(to->memory_free, to->memory_all), to->memory_all),
		    share(stalled / 1e6, seconds(from, to)));
}

/**
 * report_of_vm() - what a VM sends and receives
 * @from: moment
 * @to: later moment
 *
 * Connections are all that hold a port outside, those in time-wait too.
 *
 * Return: object without type and address; NULL: there is no memory for it.
 */
json_t *report_of_vm(const struct counters *from, const struct counters *to)
{
	double time = seconds(from, to);
	double bytes = bytes_in(from, to) + bytes_out(from, to);

	return json_pack("{s:I, s:I, s:I}",
			 "pps", whole(grown(from->packets, to->packets) / time),
			 "bandwidth", whole(bytes / time),
			 "connections", (json_int_t)
			 (to->established + to->waiting + to->datagram));
}

/**
 * report_of_server() - how loaded a server is
 * @from: moment
 * @to: later moment
 * @speed: bytes/s one way that are full network use; 0: not known
 *
 * Return: object without type and address; NULL: there is no memory for it.
 */
json_t *report_of_server(const struct counters *from, const struct counters *to,
			 uint64_t speed)
{
	double busier = most(bytes_in(from, to), bytes_out(from, to));
	double again = grown(from->again, to->again);
	json_t *report;

	report = json_pack("{s:f, s:f, s:f, s:I}",
			   "cpu", share(grown(from->cpu_busy, to->cpu_busy),
					grown(from->cpu_all, to->cpu_all)),
			   "memory", memory_load(from, to),
			   "retransmits", share(again,
						grown(from->segments,
						      to->segments)),
			   "connections", (json_int_t)to->established);
	if (speed)
		json_object_set_new(report, "network",
				    json_real(share(busier / seconds(from, to),
						    speed)));
	return report;
}

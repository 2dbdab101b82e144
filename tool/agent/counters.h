/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_COUNTERS_H
#define PORTSTEER_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct counters - what the system says at one moment
 * @time_us: of it, by a clock that never steps
 * @cpu_busy: ticks in which processors worked, or would have had to wait for
 *	those of the machine below
 * @cpu_all: ticks
 * @memory_all: kB
 * @memory_free: kB that can be had without swapping
 * @memory_stalled_us: in which something waited for memory
 * @packets: both ways
 * @bytes_in: received
 * @bytes_out: sent
 * @segments: of TCP, sent
 * @again: of these, sent once more
 * @established: connections of TCP
 * @waiting: connections of TCP in time-wait
 * @datagram: sockets of UDP
 */
struct counters {
	uint64_t time_us;
	uint64_t cpu_busy;
	uint64_t cpu_all;
	uint64_t memory_all;
	uint64_t memory_free;
	uint64_t memory_stalled_us;
	uint64_t packets;
	uint64_t bytes_in;
	uint64_t bytes_out;
	uint64_t segments;
	uint64_t again;
	uint64_t established;
	uint64_t waiting;
	uint64_t datagram;
};

struct reader;

struct reader *reader_open(const char *proc, const char *interface);
void reader_close(struct reader *reader);
void reader_read(const struct reader *reader, struct counters *counters);

uint64_t interfaces_speed(const char *folder, const char *interface);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What node_exporter says of a machine, and how busy that is. */
#ifndef PORTSTEER_NODE_H
#define PORTSTEER_NODE_H

#include <stddef.h>

#include "sample.h"

#define NODE_DEVICES_MAX	64	/* of a machine; more are not looked at */
#define NODE_DEVICE_NAME	16

/**
 * struct node_device - a network device
 * @name: as the exporter has it, cut
 * @received: bytes
 * @sent: bytes
 * @speed: bytes a second; 0: it does not say
 */
struct node_device {
	char name[NODE_DEVICE_NAME];
	double received;
	double sent;
	double speed;
};

/**
 * struct node - one look at a machine
 * @cpu_idle: seconds of all its processors, waiting for disks included
 * @cpu_total: seconds of all its processors
 * @memory_total: bytes
 * @memory_available: bytes
 * @devices: the network
 * @count: of @devices
 */
struct node {
	double cpu_idle;
	double cpu_total;
	double memory_total;
	double memory_available;
	struct node_device devices[NODE_DEVICES_MAX];
	size_t count;
};

/**
 * struct node_use - how busy a machine was between two looks, shares
 * @cpu: 0 to 1; negative: not known
 * @memory: likewise
 * @network: of the busiest device in its busier direction, likewise
 */
struct node_use {
	double cpu;
	double memory;
	double network;
};

/* NULL, or what is wrong with @text as the end of a sentence. */
const char *node_read(struct slice text, struct node *node);

/*
 * @seconds between @before and @now; @speed, bytes a second, of devices that
 * don't say theirs, 0: those are not looked at.
 */
void node_compare(const struct node *before, const struct node *now,
		  double seconds, double speed, struct node_use *use);

#endif

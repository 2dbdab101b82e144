// SPDX-License-Identifier: GPL-2.0-or-later
/* What node_exporter says of a machine, and how busy that is. */
#include "node.h"

#include <stdbool.h>
#include <string.h>

#define UNKNOWN		(-1.0)
#define LOOPBACK	"lo"

static struct node_device *device_of(struct node *node,
				     const struct sample *sample)
{
	struct node_device *device;
	struct slice name;
	size_t i;

	if (!sample_label(sample, "device", &name) ||
	    name.len >= NODE_DEVICE_NAME)
		return NULL;
	for (i = 0; i < node->count; i++)
		if (slice_is(name, node->devices[i].name))
			return &node->devices[i];
	if (node->count == NODE_DEVICES_MAX)
		return NULL;
	device = &node->devices[node->count++];
	memcpy(device->name, name.text, name.len);
	return device;
}

static void take_cpu(struct node *node, const struct sample *sample)
{
	struct slice mode;

	if (!sample_label(sample, "mode", &mode))
		return;
	node->cpu_total += sample->value;
	if (slice_is(mode, "idle") || slice_is(mode, "iowait"))
		node->cpu_idle += sample->value;
}

static void take_device(struct node *node, const struct sample *sample,
			size_t member)
{
	struct node_device *device = device_of(node, sample);

	if (device)
		*(double *)((char *)device + member) = sample->value;
}

static void take_sample(struct node *node, const struct sample *sample)
{
	static const struct {
		const char *name;
		size_t member;
	} devices[] = {
		{ "node_network_receive_bytes_total",
		  offsetof(struct node_device, received) },
		{ "node_network_transmit_bytes_total",
		  offsetof(struct node_device, sent) },
		{ "node_network_speed_bytes",
		  offsetof(struct node_device, speed) },
	};
	size_t i;

	if (slice_is(sample->name, "node_cpu_seconds_total"))
		take_cpu(node, sample);
	else if (slice_is(sample->name, "node_memory_MemTotal_bytes"))
		node->memory_total = sample->value;
	else if (slice_is(sample->name, "node_memory_MemAvailable_bytes"))
		node->memory_available = sample->value;
	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (slice_is(sample->name, devices[i].name))
			take_device(node, sample, devices[i].member);
}

/**
 * node_read() - what an exporter has answered
 */
const char *node_read(struct slice text, struct node *node)
{
	enum sample_result result;
	struct sample sample;

	memset(node, 0, sizeof(*node));
	for (;;) {
		result = sample_next(&text, &sample);
		if (result != SAMPLE_READ)
			break;
		take_sample(node, &sample);
	}
	if (result == SAMPLE_WRONG)
		return "is not in Prometheus' text format";
	if (!(node->cpu_total > 0))
		return "has no node_cpu_seconds_total";
	return NULL;
}

/* What is no number at all is not known either. */
static double share(double part, double whole)
{
	double s = part / whole;

	if (!(whole > 0) || !(s >= 0))
		return UNKNOWN;
	return s < 1 ? s : 1;
}

static double cpu_share(const struct node *before, const struct node *now)
{
	double total = now->cpu_total - before->cpu_total;
	double idle = now->cpu_idle - before->cpu_idle;

	/* It has started anew, or lost a processor. */
	if (!(total > 0) || !(idle >= 0))
		return UNKNOWN;
	return share(total > idle ? total - idle : 0, total);
}

static double device_share(const struct node_device *before,
			   const struct node_device *now, double seconds,
			   double speed)
{
	double received = now->received - before->received;
	double sent = now->sent - before->sent;

	return share(received > sent ? received : sent, seconds * speed);
}

static const struct node_device *same_device(const struct node *node,
					     const struct node_device *wanted)
{
	size_t i;

	for (i = 0; i < node->count; i++)
		if (!strcmp(node->devices[i].name, wanted->name))
			return &node->devices[i];
	return NULL;
}

static double network_share(const struct node *before, const struct node *now,
			    double seconds, double speed)
{
	const struct node_device *device;
	const struct node_device *old;
	double most = UNKNOWN;
	double s;

	for (device = now->devices; device < now->devices + now->count;
	     device++) {
		old = same_device(before, device);
		if (!old || !strcmp(device->name, LOOPBACK))
			continue;
		s = device_share(old, device, seconds,
				 device->speed > 0 ? device->speed : speed);
		if (s > most)
			most = s;
	}
	return most;
}

/**
 * node_compare() - how busy a machine was between two looks at it
 */
void node_compare(const struct node *before, const struct node *now,
		  double seconds, double speed, struct node_use *use)
{
	use->cpu = cpu_share(before, now);
	use->memory = share(now->memory_total - now->memory_available,
			    now->memory_total);
	use->network = network_share(before, now, seconds, speed);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients' port ranges, in numbers: as many as the module's first values give,
 * a block more when less than a fifth is free towards a machine.
 */
#include "ports.h"
#include "run.h"

#define RANGE_SIZE	64
#define RANGE_MOST	4096

/**
 * struct seat - sessions of one client with one machine
 * @client: who
 * @machine: with whom
 * @in_use: how many; 0: this entry is free
 */
struct seat {
	u32 client;
	u32 machine;
	u32 in_use;
};

static u32 home_of(const struct ports *ports, u32 client, u32 machine)
{
	u64 key = ((u64)client << 32 | machine) * 0x9e3779b97f4a7c15ULL;

	return key >> 40 & (ports->room - 1);
}

/* The entry, or the free one where it would be. */
static struct seat *find(const struct ports *ports, u32 client, u32 machine)
{
	u32 at = home_of(ports, client, machine);

	for (;; at = (at + 1) & (ports->room - 1)) {
		struct seat *seat = &ports->seats[at];

		if (!seat->in_use || (seat->client == client &&
				      seat->machine == machine))
			return seat;
	}
}

static void make_room(struct ports *ports)
{
	struct ports old = *ports;
	u32 i;

	if (2 * (ports->n + 1) <= ports->room)
		return;
	ports->room = 2 * old.room;
	ports->seats = run_alloc(ports->room, sizeof(*ports->seats));
	for (i = 0; i < old.room; i++)
		if (old.seats[i].in_use)
			*find(ports, old.seats[i].client,
			      old.seats[i].machine) = old.seats[i];
	free(old.seats);
}

void ports_begin(struct ports *ports, u32 clients)
{
	u32 i;

	*ports = (struct ports){ .room = 1024 };
	ports->seats = run_alloc(ports->room, sizeof(*ports->seats));
	ports->size = run_alloc(clients, sizeof(*ports->size));
	ports->open = run_alloc(clients, sizeof(*ports->open));
	for (i = 0; i < clients; i++)
		ports->size[i] = RANGE_SIZE;
}

void ports_end(struct ports *ports)
{
	free(ports->seats);
	free(ports->size);
	free(ports->open);
}

u32 ports_in_use(const struct ports *ports, u32 client, u32 machine)
{
	/* Most clients have none at all. */
	return ports->open[client] ? find(ports, client, machine)->in_use : 0;
}

void ports_take(struct ports *ports, u32 client, u32 machine)
{
	u32 *size = &ports->size[client];
	struct seat *seat;

	make_room(ports);
	seat = find(ports, client, machine);
	if (!seat->in_use) {
		*seat = (struct seat){ .client = client, .machine = machine };
		ports->n++;
	}
	seat->in_use++;
	ports->open[client]++;
	if (5 * (*size - seat->in_use) < *size && *size < RANGE_MOST)
		*size += RANGE_SIZE;
}

/* An entry is free: those behind it may have to move up. */
static void close_gap(struct ports *ports, u32 gap)
{
	u32 mask = ports->room - 1, at;

	for (at = (gap + 1) & mask; ports->seats[at].in_use;
	     at = (at + 1) & mask) {
		struct seat *seat = &ports->seats[at];
		u32 home = home_of(ports, seat->client, seat->machine);

		if (((at - home) & mask) < ((at - gap) & mask))
			continue;
		ports->seats[gap] = *seat;
		seat->in_use = 0;
		gap = at;
	}
}

void ports_give_back(struct ports *ports, u32 client, u32 machine)
{
	struct seat *seat = find(ports, client, machine);

	ports->open[client]--;
	if (--seat->in_use)
		return;
	ports->n--;
	close_gap(ports, seat - ports->seats);
}

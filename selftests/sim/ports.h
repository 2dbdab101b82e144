/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_PORTS_H
#define SIM_PORTS_H

#include <linux/types.h>

struct seat;

/**
 * struct ports - what clients hold, and what of it is in use towards whom
 * @size: ports in each client's range
 * @open: sessions of each client
 * @seats: sessions of each client with each machine, where there are any; a
 *	table that is hashed
 * @n: of them
 * @room: for how many there is memory, a power of two
 */
struct ports {
	u32 *size;
	u32 *open;
	struct seat *seats;
	u32 n;
	u32 room;
};

void ports_begin(struct ports *ports, u32 clients);
void ports_end(struct ports *ports);
u32 ports_in_use(const struct ports *ports, u32 client, u32 machine);
void ports_take(struct ports *ports, u32 client, u32 machine);
void ports_give_back(struct ports *ports, u32 client, u32 machine);

#endif

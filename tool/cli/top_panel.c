// SPDX-License-Identifier: GPL-2.0-or-later
/* What top shows: a panel for each kind of object, its columns in tables. */
#include <linux/portsteer.h>

#include "objects.h"
#include "top_panel.h"

/* Of the ports of a VM, when it is time to look; it then grows, if it can. */
#define OCCUPANCY_WARN	(PSTEER_SCALE * 8 / 10)

static const struct column service_columns[] = {
	{ .title = "SERVICE", .keyword = "name", .look = LOOK_WORD },
	{ .title = "ADDRESS", .keyword = "address", .look = LOOK_WORD },
	{ .title = "PROTO", .keyword = "proto", .look = LOOK_WORD },
	{ .title = "PORT", .keyword = "port", .look = LOOK_NUMBER },
	{ .title = "POOL", .keyword = "pool", .look = LOOK_WORD },
	{ .title = "SELECT", .keyword = "select", .look = LOOK_WORD },
	{ .title = "SERVERS", .keyword = "servers", .look = LOOK_NUMBER },
	{ .title = "SESSIONS", .keyword = "sessions", .look = LOOK_NUMBER },
	{ .title = "NEW/S", .keyword = "created", .look = LOOK_GROWTH },
	{ 0 }
};

static const struct column server_columns[] = {
	{ .title = "SERVER", .keyword = "server", .look = LOOK_WORD },
	{ .title = "SERVICE", .keyword = "service", .look = LOOK_WORD },
	{ .title = "STATE", .keyword = "state", .look = LOOK_WORD },
	{ .title = "OK", .keyword = "healthy", .look = LOOK_WORD },
	{ .title = "LOAD", .keyword = "load", .look = LOOK_BAR },
	{ .title = "CAPACITY", .keyword = "capacity-score", .look = LOOK_BAR,
	  .scarce = true },
	{ .title = "SESSIONS", .keyword = "sessions", .look = LOOK_NUMBER },
	{ .title = "NEW/S", .keyword = "created", .look = LOOK_GROWTH },
	{ .title = "BIT/S", .keyword = "bytes", .look = LOOK_BITS },
	{ .title = "HANDSHAKE", .keyword = "handshake", .look = LOOK_NUMBER },
	{ .title = "FAILED", .keyword = "failed", .look = LOOK_NUMBER },
	{ .title = "REPORT", .keyword = "report-age", .look = LOOK_NUMBER },
	{ 0 }
};

static const struct column pool_columns[] = {
	{ .title = "POOL", .keyword = "name", .look = LOOK_WORD },
	{ .title = "BLOCKS", .keyword = "blocks-used", .look = LOOK_BAR,
	  .also = "blocks-held", .whole = "blocks" },
	{ .title = "USED", .keyword = "blocks-used", .look = LOOK_NUMBER },
	{ .title = "HELD", .keyword = "blocks-held", .look = LOOK_NUMBER },
	{ .title = "FREE", .keyword = "blocks-free", .look = LOOK_NUMBER },
	{ .title = "LARGEST", .keyword = "largest-free", .look = LOOK_NUMBER },
	{ .title = "CLIENTS", .keyword = "clients", .look = LOOK_NUMBER },
	{ .title = "VMS", .keyword = "vms", .look = LOOK_NUMBER },
	{ .title = "SESSIONS", .keyword = "sessions", .look = LOOK_NUMBER },
	{ 0 }
};

static const struct column vm_columns[] = {
	{ .title = "VM", .keyword = "name", .look = LOOK_WORD },
	{ .title = "ADDRESS", .keyword = "address", .look = LOOK_WORD },
	{ .title = "POOL", .keyword = "pool", .look = LOOK_WORD },
	{ .title = "OCCUPANCY", .keyword = "occupancy", .look = LOOK_BAR },
	{ .title = "IN-USE", .keyword = "ports-in-use", .look = LOOK_NUMBER },
	{ .title = "PORTS", .keyword = "ports-held", .look = LOOK_NUMBER },
	{ .title = "FULL-IN", .keyword = "time-to-full", .look = LOOK_NUMBER },
	{ .title = "DEMAND", .keyword = "demand", .look = LOOK_NUMBER },
	{ .title = "SESSIONS", .keyword = "sessions", .look = LOOK_NUMBER },
	{ .title = "NEW/S", .keyword = "created", .look = LOOK_GROWTH },
	{ .title = "BIT/S", .keyword = "bytes", .look = LOOK_BITS },
	{ 0 }
};

static const struct column grant_columns[] = {
	{ .title = "GRANT", .keyword = "address", .look = LOOK_WORD },
	{ .title = "PORTS", .keyword = "ports", .look = LOOK_WORD },
	{ .title = "HOST", .keyword = "host", .look = LOOK_WORD },
	{ .title = "POOL", .keyword = "pool", .look = LOOK_WORD },
	{ .title = "STATE", .keyword = "state", .look = LOOK_WORD },
	{ .title = "EPOCH", .keyword = "epoch", .look = LOOK_NUMBER },
	{ .title = "IN-USE", .keyword = "in-use", .look = LOOK_NUMBER },
	{ .title = "PACKETS/S", .keyword = "packets", .look = LOOK_GROWTH },
	{ .title = "BIT/S", .keyword = "bytes", .look = LOOK_BITS },
	{ 0 }
};

static enum mark mark_server(const struct record *r)
{
	if (!record_number(r, PSTEER_A_SERVER_HEALTHY))
		return MARK_BAD;
	return record_number(r, PSTEER_A_SERVER_STATE) == PSTEER_SERVER_UP ?
		MARK_NONE : MARK_WARN;
}

static enum mark mark_pool(const struct record *r)
{
	return record_number(r, PSTEER_A_POOL_BLOCKS_FREE) ? MARK_NONE :
		MARK_BAD;
}

static enum mark mark_vm(const struct record *r)
{
	int64_t occupancy = record_number(r, PSTEER_A_VM_OCCUPANCY);

	if (occupancy >= PSTEER_SCALE)
		return MARK_BAD;
	return occupancy >= OCCUPANCY_WARN ? MARK_WARN : MARK_NONE;
}

const struct panel panels[PANELS] = {
	[PANEL_SERVICE] = { &service_object, service_columns, NULL },
	[PANEL_SERVER] = { &server_object, server_columns, mark_server },
	[PANEL_POOL] = { &pool_object, pool_columns, mark_pool },
	[PANEL_VM] = { &vm_object, vm_columns, mark_vm },
	[PANEL_GRANT] = { &grant_object, grant_columns, NULL },
};

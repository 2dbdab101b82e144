/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stand-in for the module, for daemons of a cluster on a machine that can't load
 * it: its grants are in a file that others can read at any time.
 */
#ifndef PORTSTEER_TEST_MODULE_H
#define PORTSTEER_TEST_MODULE_H

#include <stdint.h>

#define TEST_GRANTS_MOST	1024

struct test_grant {
	char address[40];
	char pool[32];		/* on a host */
	char host[40];		/* on an edge */
	uint32_t first;
	uint32_t last;
	uint32_t state;		/* enum psteer_grant_state */
	uint32_t in_use;	/* written by the test */
};

/**
 * struct test_module - the file
 * @turn: odd while it is changed
 * @count: of @grants
 * @epoch: as the module's
 * @wanted: ports that the VMs should have; written by the test
 * @flushed: grants removed with ports in use
 */
struct test_module {
	uint32_t turn;
	uint32_t count;
	uint64_t epoch;
	uint32_t wanted;
	uint32_t flushed;
	struct test_grant grants[TEST_GRANTS_MOST];
};

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/* A stand-in for the module: in place of tool/daemon/kernel.c. */
#include "module.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/portsteer.h>

#include "format.h"
#include "kernel.h"

#define POOL	"nat4"

struct kernel {
	struct test_module *file;
};

struct kernel *kernel_open(struct event_base *base, struct refusal *refusal)
{
	const char *path = getenv("PORTSTEER_TEST_MODULE");
	struct kernel *kernel = calloc(1, sizeof(*kernel));
	int fd;

	(void)base;
	(void)refusal;
	if (!kernel || !path)
		errx(1, "no PORTSTEER_TEST_MODULE");
	fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd < 0 || ftruncate(fd, sizeof(*kernel->file)))
		err(1, "%s", path);
	kernel->file = mmap(NULL, sizeof(*kernel->file), PROT_READ | PROT_WRITE,
			    MAP_SHARED, fd, 0);
	if (kernel->file == MAP_FAILED)
		err(1, "%s", path);
	close(fd);
	/* Whoever was killed within a change had not made it. */
	kernel->file->turn &= ~1U;
	return kernel;
}

void kernel_close(struct kernel *kernel)
{
	munmap(kernel->file, sizeof(*kernel->file));
	free(kernel);
}

bool kernel_loaded(const struct kernel *kernel)
{
	(void)kernel;
	return true;
}

static void turn(struct test_module *m)
{
	atomic_thread_fence(memory_order_seq_cst);
	m->turn++;
	atomic_thread_fence(memory_order_seq_cst);
}

static int refuse(struct refusal *refusal, int error, const char *text)
{
	refusal_set(refusal, error, text);
	return -error;
}

static struct test_grant *find(struct test_module *m, const struct record *r)
{
	char address[FORMAT_MAX];
	uint32_t i;

	format_address(address, record_address(r, PSTEER_A_GRANT_ADDRESS));
	for (i = 0; i < m->count; i++)
		if (!strcmp(m->grants[i].address, address) &&
		    m->grants[i].first ==
		    record_number(r, PSTEER_A_GRANT_PORT_FIRST))
			return &m->grants[i];
	return NULL;
}

static void fill(struct test_grant *grant, const struct record *r)
{
	if (record_has(r, PSTEER_A_GRANT_HOST))
		format_address(grant->host,
			       record_address(r, PSTEER_A_GRANT_HOST));
	grant->state = record_number(r, PSTEER_A_GRANT_STATE);
}

static int add(struct test_module *m, const struct record *r,
	       struct refusal *refusal)
{
	struct test_grant *grant = &m->grants[m->count];
	char address[FORMAT_MAX];

	if (find(m, r) || m->count == TEST_GRANTS_MOST)
		return refuse(refusal, EEXIST, "it is granted already");
	memset(grant, 0, sizeof(*grant));
	format_address(address, record_address(r, PSTEER_A_GRANT_ADDRESS));
	snprintf(grant->address, sizeof(grant->address), "%.39s", address);
	if (record_has(r, PSTEER_A_GRANT_POOL))
		snprintf(grant->pool, sizeof(grant->pool), "%s",
			 record_text(r, PSTEER_A_GRANT_POOL));
	grant->first = record_number(r, PSTEER_A_GRANT_PORT_FIRST);
	grant->last = record_number(r, PSTEER_A_GRANT_PORT_LAST);
	fill(grant, r);
	m->count++;
	return 0;
}

static int del(struct test_module *m, struct test_grant *grant,
	       const struct record *r, struct refusal *refusal)
{
	if (grant->in_use && !record_has(r, PSTEER_A_GRANT_FORCE))
		return refuse(refusal, EBUSY, "ports of it are in use");
	m->flushed += !!grant->in_use;
	*grant = m->grants[--m->count];
	return 0;
}

int kernel_do(struct kernel *kernel, const struct object *object, uint8_t cmd,
	      unsigned int role, const struct record *r, struct refusal *refusal)
{
	uint64_t epoch = record_number(r, PSTEER_A_GRANT_EPOCH);
	struct test_module *m = kernel->file;
	struct test_grant *grant;
	int ret = 0;

	(void)object;
	(void)role;
	if (epoch < m->epoch)
		return refuse(refusal, ESTALE, "the epoch is stale");
	grant = find(m, r);
	if (!grant && cmd != PSTEER_CMD_GRANT_NEW)
		return refuse(refusal, ENOENT, "there is no such grant");
	turn(m);
	if (cmd == PSTEER_CMD_GRANT_NEW)
		ret = add(m, r, refusal);
	else if (cmd == PSTEER_CMD_GRANT_SET)
		fill(grant, r);
	else
		ret = del(m, grant, r, refusal);
	m->epoch = epoch;
	turn(m);
	return ret;
}

static void tell_grant(const struct test_module *m, const struct test_grant *grant,
		       kernel_visitor fn, void *arg)
{
	struct record r = { 0 };
	struct address address;

	parse_address(grant->address, &address);
	record_add_address(&r, PSTEER_A_GRANT_ADDRESS, &address);
	record_set_number(&r, PSTEER_A_GRANT_PORT_FIRST, grant->first);
	record_set_number(&r, PSTEER_A_GRANT_PORT_LAST, grant->last);
	record_set_number(&r, PSTEER_A_GRANT_STATE, grant->state);
	record_set_number(&r, PSTEER_A_GRANT_IN_USE, grant->in_use);
	record_set_number(&r, PSTEER_A_GRANT_EPOCH, m->epoch);
	if (*grant->pool)
		record_set_text(&r, PSTEER_A_GRANT_POOL, grant->pool);
	if (*grant->host && !parse_address(grant->host, &address))
		record_add_address(&r, PSTEER_A_GRANT_HOST, &address);
	fn(&r, arg);
	record_clear(&r);
}

static void tell_pool(kernel_visitor fn, void *arg)
{
	struct record r = { 0 };

	record_set_text(&r, PSTEER_A_POOL_NAME, POOL);
	record_set_number(&r, PSTEER_A_POOL_BLOCK_SIZE, 64);
	record_set_number(&r, PSTEER_A_POOL_BLOCKS_HELD, 0);
	fn(&r, arg);
	record_clear(&r);
}

static void tell_vm(const struct test_module *m, kernel_visitor fn, void *arg)
{
	struct record r = { 0 };

	record_set_text(&r, PSTEER_A_VM_POOL, POOL);
	record_set_number(&r, PSTEER_A_VM_PORTS, m->wanted);
	record_set_number(&r, PSTEER_A_VM_PORTS_MIN, 64);
	fn(&r, arg);
	record_clear(&r);
}

int kernel_list(struct kernel *kernel, const struct object *object,
		const struct record *filter, kernel_visitor fn, void *arg,
		struct refusal *refusal)
{
	const struct test_module *m = kernel->file;
	uint32_t i;

	(void)filter;
	(void)refusal;
	if (object == &pool_object)
		tell_pool(fn, arg);
	else if (object == &vm_object)
		tell_vm(m, fn, arg);
	for (i = 0; object == &grant_object && i < m->count; i++)
		tell_grant(m, &m->grants[i], fn, arg);
	return 0;
}

void kernel_watch(struct kernel *kernel, struct kernel_watch *watch)
{
	(void)kernel;
	(void)watch;
}

void kernel_unwatch(struct kernel *kernel, struct kernel_watch *watch)
{
	(void)kernel;
	(void)watch;
}

void kernel_each(struct kernel *kernel, const struct object *object,
		 kernel_visitor fn, void *arg)
{
	(void)kernel;
	(void)object;
	(void)fn;
	(void)arg;
}

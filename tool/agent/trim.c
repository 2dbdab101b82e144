// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Connecting takes many pages of code that reporting does not: those of
 * certificates, keys and handshakes. They need not stay for days.
 */
#include "trim.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

/* What is never written to comes from the file again, if it is needed. */
static int drop_code(struct dl_phdr_info *object, size_t size, void *page)
{
	const ElfW(Phdr) *segment = object->dlpi_phdr;
	uintptr_t mask = *(long *)page - 1;
	uintptr_t begin, end;
	int i;

	(void)size;
	for (i = 0; i < object->dlpi_phnum; i++, segment++) {
		if (segment->p_type != PT_LOAD || segment->p_flags & PF_W)
			continue;
		begin = object->dlpi_addr + segment->p_vaddr;
		end = (begin + segment->p_filesz + mask) & ~mask;
		begin &= ~mask;
		madvise((void *)begin, end - begin, MADV_DONTNEED);
	}
	return 0;
}

/**
 * trim() - give memory back that was needed to get here
 */
void trim(void)
{
	long page = sysconf(_SC_PAGESIZE);

	malloc_trim(0);
	dl_iterate_phdr(drop_code, &page);
}

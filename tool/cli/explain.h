/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_EXPLAIN_H
#define PORTSTEER_EXPLAIN_H

#include <stddef.h>

struct explain_row;
struct record;

/**
 * struct explain_table - the candidates as text, a row each
 * @head: what is common to all
 * @rows: one a candidate
 * @count: number of rows
 */
struct explain_table {
	char head[256];
	struct explain_row *rows;
	size_t count;
};

void explain_add(struct explain_table *table, const struct record *r);
void explain_print(const struct explain_table *table, const char *service);
void explain_free(struct explain_table *table);

#endif

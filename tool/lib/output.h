/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_OUTPUT_H
#define PORTSTEER_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "schema.h"

/**
 * struct output - a list on its way out
 * @json: an array of objects instead of lines
 * @count: objects so far
 */
struct output {
	bool json;
	unsigned long count;
};

void output_record(struct output *out, const struct object *o,
		   const struct record *r);
void output_object(struct output *out, json_t *object);
void output_close(struct output *out);

void output_words(FILE *f, const struct object *o, const struct record *r,
		  unsigned int role);
void output_column(FILE *f, const struct object *o, const struct record *r);
json_t *output_json(const struct object *o, const struct record *r);
void output_line(json_t *object);

#endif

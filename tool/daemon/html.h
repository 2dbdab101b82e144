/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_HTML_H
#define PORTSTEER_HTML_H

#include <stdio.h>

/*
 * As fprintf(), but what is printed by %s is text, and can't be taken for markup,
 * in elements and in quoted attributes. Knows %s, %d, %lld, %f with a precision.
 */
__attribute__((__format__(printf, 2, 3)))
void html_print(FILE *out, const char *format, ...);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_PAGE_H
#define PORTSTEER_PAGE_H

#include <stdio.h>

#include <jansson.h>

/* The status page of a picture, see picture.h. */
void page_write(FILE *out, const json_t *picture);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_TAP_H
#define PORTSTEER_TAP_H

#include <stdbool.h>

/* One result, and what it is about; returned as it is. */
__attribute__((__format__(printf, 2, 3)))
bool check(bool good, const char *what, ...);

/* The plan. Return: exit status. */
int check_end(void);

#endif

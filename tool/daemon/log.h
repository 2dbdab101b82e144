/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_LOG_H
#define PORTSTEER_LOG_H

#include <stdint.h>

/*
 * To standard error, one line, with the priority that systemd's journal reads. A
 * line that comes too often, by its format, is held back and counted.
 */
__attribute__((__format__(printf, 1, 2)))
void log_notice(const char *format, ...);
__attribute__((__format__(printf, 1, 2)))
void log_warning(const char *format, ...);
__attribute__((__format__(printf, 1, 2)))
void log_error(const char *format, ...);

/* The lines of a text that somebody asked for: all of them. */
void log_lines(const char *text);

uint64_t log_held_back(void);	/* lines so far */

#endif

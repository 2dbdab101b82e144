/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_REPORT_H
#define PORTSTEER_REPORT_H

#include <jansson.h>

#include "counters.h"

json_t *report_of_vm(const struct counters *from, const struct counters *to);
json_t *report_of_server(const struct counters *from, const struct counters *to,
			 uint64_t speed);

#endif

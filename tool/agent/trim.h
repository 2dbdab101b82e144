/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PORTSTEER_TRIM_H
#define PORTSTEER_TRIM_H

void trim(void);

#endif

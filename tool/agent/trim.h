/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_TRIM_H
#define PORTSTEER_TRIM_H

void trim(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_CONTROL_H
#define PORTSTEER_CONTROL_H

/* Where the daemon answers the tool, if neither is told otherwise. */
#define CONTROL_SOCKET	"/run/portsteer/control"

#endif

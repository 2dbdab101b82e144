/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_VERSION_H
#define PSTEER_VERSION_H

/* Of the module and the programs; makefiles and packages read it here, too. */
#define PSTEER_VERSION	"0.1"

#endif

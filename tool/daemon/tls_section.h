/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_TLS_SECTION_H
#define PORTSTEER_TLS_SECTION_H

#include "setting.h"

/* "tls", which fills a struct tls_files: who we are for agents and peers. */
extern const struct section tls_section;

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_RELOAD_MODULE_H
#define PORTSTEER_RELOAD_MODULE_H

#include <stdbool.h>

#include "refusal.h"

struct kmod_ctx;
struct kmod_module;

/**
 * struct module_file - a file with the module in it
 * @ctx: of libkmod
 * @module: the module; NULL: there is none
 * @installed: for modprobe; else for insmod
 * @running: it has been made of the sources of which the loaded one was
 */
struct module_file {
	struct kmod_ctx *ctx;
	struct kmod_module *module;
	bool installed;
	bool running;
};

int module_file_open(struct module_file *file, const char *path,
		     struct refusal *refusal);
int module_file_load(const struct module_file *file, struct refusal *refusal);
void module_file_close(struct module_file *file);
int module_unload(struct refusal *refusal);

#endif

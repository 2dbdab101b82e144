/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_APP_H
#define PORTSTEER_APP_H

#include <stdbool.h>

#include <event2/event.h>

#include "options.h"

struct app;

struct app *app_new(struct event_base *base, const struct options *options);
void app_free(struct app *app);
void app_ask(struct app *app);
bool app_load(const struct app *app, double *load);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_OBJECTS_H
#define PORTSTEER_OBJECTS_H

#include "args.h"
#include "schema.h"

extern const struct object pool_object;
extern const struct object service_object;
extern const struct object server_object;
extern const struct object vm_object;
extern const struct object mapping_object;
extern const struct object exempt_object;
extern const struct object grant_object;
extern const struct object zone_object;
extern const struct object distance_object;
extern const struct object config_object;
extern const struct object client_object;
extern const struct object range_object;
extern const struct object session_object;
extern const struct object stats_object;
extern const struct object explain_object;
extern const struct object monitor_object;
extern const struct object save_object;
extern const struct object restore_object;
extern const struct object reload_object;
extern const struct object model_object;
extern const struct object record_object;
extern const struct object train_object;
extern const struct object predict_object;
extern const struct object cert_object;
extern const struct object daemon_object;
extern const struct object agents_object;
extern const struct object blocks_object;
extern const struct object scrape_object;
extern const struct object agent_check_object;
extern const struct object status_object;
extern const struct object cluster_object;
extern const struct object manager_object;
extern const struct object host_object;
extern const struct object edge_object;
extern const struct object sync_object;
extern const struct object top_object;

/* All of them, in the order of the usage text; ends with NULL. */
extern const struct object *const objects[];

const struct object *object_take(struct args *a);
void object_usage(FILE *out, const struct object *o);

#endif

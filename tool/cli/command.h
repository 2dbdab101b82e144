/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_COMMAND_H
#define PORTSTEER_COMMAND_H

#include <stdbool.h>

#include "args.h"
#include "netlink.h"
#include "schema.h"

/* Exit statuses */
enum {
	DONE = 0,
	REFUSED = 1,
	MISUSED = 2,
};

/* The options of the whole command. */
struct options {
	bool json;
	const char *netns;	/* NULL: the one we are in */
	const char *socket;	/* where the daemon answers */
};

extern struct options options;

/**
 * struct change - a command that changes something, read and ready to send
 * @object: what it is about
 * @verb: what is to be done
 * @record: with what
 * @place: where it was written, for complaints
 */
struct change {
	const struct object *object;
	const struct verb *verb;
	struct record record;
	struct args place;
};

typedef void (*record_handler)(const struct record *r, void *arg);

int command_open(const struct args *a, struct netlink *nl);
const char *command_sentence(const struct refusal *refusal);
int command_refused(const struct args *a, const struct object *o,
		    const struct verb *v, const struct refusal *refusal);

bool change_read(struct change *c, const struct object *o,
		 const struct verb *v, const struct args *a);
int change_apply(struct netlink *nl, const struct change *c);
int change_run(const struct object *o, const struct verb *v,
	       const struct args *a);

int fetch_one(struct netlink *nl, const struct object *o,
	      const struct record *key, struct record *found);
int fetch_list(struct netlink *nl, const struct object *o, uint8_t cmd,
	       const struct record *filter, record_handler fn, void *arg,
	       bool *torn);
int fetch_all(struct netlink *nl, const struct object *o, uint8_t cmd,
	      const struct record *filter, record_handler fn, void *arg);
int show_run(const struct object *o, const struct verb *v,
	     const struct args *a);
int flush_run(const struct object *o, const struct verb *v,
	      const struct args *a);
int list_run(const struct object *o, const struct verb *v,
	     const struct args *a);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/* The change that takes another change back. */
#include "undo.h"

#include <errno.h>
#include <string.h>

#include <linux/portsteer.h>

#include "command.h"

static const struct verb *verb_of_role(const struct object *o,
				       unsigned int role)
{
	const struct verb *v;

	for (v = o->verbs; v->run; v++)
		if (v->role == role)
			return v;
	return NULL;
}

static void copy_key(struct change *undo, const struct change *c)
{
	const struct field *f;

	for (f = c->object->fields; f->keyword; f++)
		if (f->flags & FIELD_KEY)
			record_copy(&undo->record, &c->record, f->attr);
}

static void copy_value(struct change *undo, const struct field *f,
		       const struct record *old)
{
	record_copy(&undo->record, old, f->attr);
	if ((f->flags & FIELD_CLEARS) && !record_has(old, f->attr))
		record_set_text(&undo->record, f->attr, "");
}

/* Whatever the change gives gets the value back that it has now. */
static void copy_old(struct change *undo, const struct change *c,
		     const struct record *old)
{
	const struct field *f;

	for (f = c->object->fields; f->keyword; f++)
		if (f->type->wire != WIRE_NONE && !(f->flags & FIELD_KEY) &&
		    record_has(&c->record, f->attr))
			copy_value(undo, f, old);
}

/* A service's weights and mode are its own, or the config's, together. */
static void copy_choice(struct change *undo, const struct record *old)
{
	static const uint16_t own[] = {
		PSTEER_A_SERVICE_WEIGHT_LOAD, PSTEER_A_SERVICE_WEIGHT_CAPACITY,
		PSTEER_A_SERVICE_WEIGHT_PORTS, PSTEER_A_SERVICE_SELECT,
		PSTEER_A_SERVICE_WEIGHT_ZONE,
	};
	size_t i;

	if (record_has(old, PSTEER_A_SERVICE_INHERIT)) {
		record_copy(&undo->record, old, PSTEER_A_SERVICE_INHERIT);
		return;
	}
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		record_copy(&undo->record, old, own[i]);
}

/* What it needs and emphasises is its own in any case. */
static void copy_service(struct change *undo, const struct change *c,
			 const struct record *old)
{
	static const uint16_t needs[] = {
		PSTEER_A_SERVICE_NEEDS, PSTEER_A_SERVICE_EMPHASIS,
	};
	size_t i;

	copy_choice(undo, old);
	for (i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (record_has(&c->record, needs[i]))
			copy_value(undo, field_of_attr(c->object, needs[i], 0),
				   old);
}

/* An address of a pool has two states: the one that the change does not give. */
static void turn_state(struct change *undo, const struct change *c,
		       const struct record *pool)
{
	const struct address *address;
	const struct value *v;
	int64_t state = PSTEER_ADDRESS_ACTIVE;

	address = record_address(&c->record, PSTEER_A_POOL_ADDRESS);
	v = &pool->values[PSTEER_A_POOL_WITHDRAWN];
	for (; v && v->kind; v = v->next)
		if (!memcmp(&v->address, address, sizeof(*address)))
			state = PSTEER_ADDRESS_WITHDRAWN;
	record_copy(&undo->record, &c->record, PSTEER_A_POOL_ADDRESS);
	record_set_number(&undo->record, PSTEER_A_POOL_STATE, state);
}

/* A session is named by where it comes from, and is flushed. */
static void copy_flow(struct change *undo, const struct change *c)
{
	static const uint16_t flow[] = {
		PSTEER_A_SESSION_PROTO, PSTEER_A_SESSION_POOL_ADDRESS,
		PSTEER_A_SESSION_ASSIGNED_PORT, PSTEER_A_SESSION_SERVER,
		PSTEER_A_SESSION_SERVER_PORT,
	};
	const struct verb *v = c->object->verbs;
	size_t i;

	while (v->cmd != PSTEER_CMD_SESSION_FLUSH)
		v++;
	undo->verb = v;
	for (i = 0; i < sizeof(flow) / sizeof(flow[0]); i++)
		record_copy(&undo->record, &c->record, flow[i]);
}

/* A model takes the place of another, or of none. */
static int bring_back(struct netlink *nl, const struct change *c,
		      struct change *undo)
{
	const struct object *o = c->object;
	struct record old = { 0 };
	const struct field *f;

	undo->verb = verb_of_role(o, ROLE_DEL);
	if (fetch_one(nl, o, &undo->record, &old))
		return nl->refusal.error == ENOENT ? DONE :
			command_refused(&c->place, o, c->verb, &nl->refusal);
	undo->verb = c->verb;
	for (f = o->fields; f->keyword; f++)
		if (f->takes & ROLE_ADD)
			record_copy(&undo->record, &old, f->attr);
	record_clear(&old);
	return DONE;
}

/**
 * undo_follows() - whether what takes a change back follows from it alone, and so
 *	can be worked out at any time
 */
bool undo_follows(const struct change *c)
{
	return c->object->get == PSTEER_CMD_SESSION_GET ||
	       (c->verb->role == ROLE_ADD &&
		c->object->get != PSTEER_CMD_MODEL_GET);
}

/**
 * undo_prepare() - work out, before a change, how to take it back
 * @nl: the socket, to ask for what there is now
 * @c: the change; an add or a set
 * @undo: filled
 *
 * Return: an exit status; a refusal is said.
 */
int undo_prepare(struct netlink *nl, const struct change *c,
		 struct change *undo)
{
	const struct object *o = c->object;
	struct record old = { 0 };

	*undo = (struct change) { .object = o, .place = c->place };
	if (o->get == PSTEER_CMD_SESSION_GET) {
		copy_flow(undo, c);
		return DONE;
	}
	copy_key(undo, c);
	if (o->get == PSTEER_CMD_MODEL_GET)
		return bring_back(nl, c, undo);
	if (c->verb->role == ROLE_ADD) {
		/* A range goes by itself when its owner does not use it. */
		undo->verb = verb_of_role(o, ROLE_DEL);
		return DONE;
	}
	undo->verb = c->verb;
	if (fetch_one(nl, o, &undo->record, &old))
		return command_refused(&c->place, o, c->verb, &nl->refusal);
	if (o->get == PSTEER_CMD_SERVICE_GET)
		copy_service(undo, c, &old);
	else if (o->get == PSTEER_CMD_POOL_GET)
		turn_state(undo, c, &old);
	else
		copy_old(undo, c, &old);
	record_clear(&old);
	return DONE;
}

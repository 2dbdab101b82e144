// SPDX-License-Identifier: GPL-2.0-only
/* The change that takes another change back. */
#include "undo.h"

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

/* Whatever the change gives gets the value back that it has now. */
static void copy_old(struct change *undo, const struct change *c,
		     const struct record *old)
{
	const struct field *f;

	for (f = c->object->fields; f->keyword; f++) {
		if (f->type->wire == WIRE_NONE || (f->flags & FIELD_KEY) ||
		    !record_has(&c->record, f->attr))
			continue;
		record_copy(&undo->record, old, f->attr);
		if ((f->flags & FIELD_CLEARS) && !record_has(old, f->attr))
			record_set_text(&undo->record, f->attr, "");
	}
}

/* A service's weights and mode are its own, or the config's, together. */
static void copy_service(struct change *undo, const struct record *old)
{
	static const uint16_t own[] = {
		PSTEER_A_SERVICE_WEIGHT_LOAD, PSTEER_A_SERVICE_WEIGHT_CAPACITY,
		PSTEER_A_SERVICE_WEIGHT_PORTS, PSTEER_A_SERVICE_SELECT,
	};
	size_t i;

	if (record_has(old, PSTEER_A_SERVICE_INHERIT)) {
		record_copy(&undo->record, old, PSTEER_A_SERVICE_INHERIT);
		return;
	}
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		record_copy(&undo->record, old, own[i]);
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
	copy_key(undo, c);
	if (c->verb->role == ROLE_ADD) {
		undo->verb = verb_of_role(o, ROLE_DEL);
		return DONE;
	}
	undo->verb = c->verb;
	if (fetch_one(nl, o, &undo->record, &old))
		return command_refused(&c->place, o, c->verb, &nl->refusal);
	if (o->get == PSTEER_CMD_SERVICE_GET)
		copy_service(undo, &old);
	else
		copy_old(undo, c, &old);
	record_clear(&old);
	return DONE;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Questions about the tables that describe objects. */
#include "schema.h"

/**
 * field_given() - whether a record has all attributes of a field
 */
bool field_given(const struct field *f, const struct record *r)
{
	if (f->flags & FIELD_EITHER)
		return record_has(r, f->attr) || record_has(r, f->attr2);
	return record_has(r, f->attr) &&
	       (!f->attr2 || record_has(r, f->attr2)) &&
	       (!f->attr3 || record_has(r, f->attr3));
}

static bool field_has_attr(const struct field *f, uint16_t attr)
{
	return f->attr == attr || f->attr2 == attr || f->attr3 == attr;
}

/**
 * field_of_attr() - the field that an attribute belongs to
 * @o: the object
 * @attr: attribute number
 * @role: a field of this role is preferred, also a composed one; 0: the
 *        field that says how the attribute travels
 *
 * Return: the field, or NULL if the object has no such attribute.
 */
const struct field *field_of_attr(const struct object *o, uint16_t attr,
				  unsigned int role)
{
	const struct field *simple = NULL;
	const struct field *f;

	for (f = o->fields; attr && f->keyword; f++) {
		if (!field_has_attr(f, attr))
			continue;
		if (f->takes & role)
			return f;
		if (!simple && f->type->wire != WIRE_NONE)
			simple = f;
	}
	return simple;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Records to netlink attributes and back, as the field tables say. */
#include "wire.h"

#include <string.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

static int put_value(struct nl_msg *msg, const struct field *f,
		     const struct value *v)
{
	switch (f->type->wire) {
	case WIRE_FLAG:
		return nla_put_flag(msg, f->attr);
	case WIRE_U8:
		return nla_put_u8(msg, f->attr, v->number);
	case WIRE_U16:
		return nla_put_u16(msg, f->attr, v->number);
	case WIRE_U32:
	case WIRE_U32_LIST:
		return nla_put_u32(msg, f->attr, v->number);
	case WIRE_S32:
		return nla_put_s32(msg, f->attr, v->number);
	case WIRE_U64:
		return nla_put_u64(msg, f->attr, v->number);
	case WIRE_STRING:
		return nla_put_string(msg, f->attr, v->text);
	case WIRE_ADDRESS:
		return nla_put(msg, f->attr, v->address.len, v->address.bytes);
	case WIRE_BYTES:
		return nla_put(msg, f->attr, v->bytes.len, v->bytes.data);
	case WIRE_NONE:
		break;
	}
	return 0;
}

/**
 * wire_put() - add the attributes of a record to a message
 * @msg: the message
 * @o: what the record is about
 * @r: the record
 * @flags: only fields with one of these FIELD_* flags; 0: all
 *
 * Return: 0, or a negative libnl error if the message is full.
 */
int wire_put(struct nl_msg *msg, const struct object *o,
	     const struct record *r, unsigned int flags)
{
	const struct value *v;
	const struct field *f;
	uint16_t attr;
	int ret;

	for (attr = 1; attr < RECORD_ATTRS; attr++) {
		if (!record_has(r, attr))
			continue;
		f = field_of_attr(o, attr, 0);
		if (!f || (flags && !(f->flags & flags)))
			continue;
		for (v = &r->values[attr]; v; v = v->next) {
			ret = put_value(msg, f, v);
			if (ret < 0)
				return ret;
		}
	}
	return 0;
}

/* Numbers are read by their length, so that a wider one is understood too. */
static void get_number(struct nlattr *nla, const struct field *f,
		       struct record *r)
{
	bool sign = f->type->wire == WIRE_S32;
	int64_t n;

	switch (nla_len(nla)) {
	case 0:
		n = 1;
		break;
	case 1:
		n = nla_get_u8(nla);
		break;
	case 2:
		n = nla_get_u16(nla);
		break;
	case 4:
		n = sign ? (int64_t)nla_get_s32(nla) : nla_get_u32(nla);
		break;
	case 8:
		n = nla_get_u64(nla);
		break;
	default:
		return;
	}
	if (f->type->wire == WIRE_U32_LIST)
		record_add_number(r, f->attr, n);
	else
		record_set_number(r, f->attr, n);
}

static void get_address(struct nlattr *nla, const struct field *f,
			struct record *r)
{
	struct address address = { .len = nla_len(nla) };

	if (address.len != 4 && address.len != 16)
		return;
	memcpy(address.bytes, nla_data(nla), address.len);
	record_add_address(r, f->attr, &address);
}

static void get_bytes(struct nlattr *nla, const struct field *f,
		      struct record *r)
{
	struct bytes bytes = { .len = nla_len(nla) };

	if (nla_len(nla) > BYTES_MAX)
		return;
	memcpy(bytes.data, nla_data(nla), bytes.len);
	record_set_bytes(r, f->attr, &bytes);
}

static void get_text(struct nlattr *nla, const struct field *f,
		     struct record *r)
{
	const char *text = nla_data(nla);

	/* an empty text says the same as an absent one */
	if (nla_len(nla) > 1 && !text[nla_len(nla) - 1])
		record_add_text(r, f->attr, text);
}

/**
 * wire_get() - fill an empty record from a generic netlink message
 * @hdr: the message
 * @o: what it is about
 * @r: the record; attributes that are not known or malformed stay absent
 */
void wire_get(struct nlmsghdr *hdr, const struct object *o, struct record *r)
{
	struct genlmsghdr *genl = nlmsg_data(hdr);
	const struct field *f;
	struct nlattr *nla;
	int rest;

	if (!genlmsg_valid_hdr(hdr, 0))
		return;
	nla_for_each_attr(nla, genlmsg_attrdata(genl, 0),
			  genlmsg_attrlen(genl, 0), rest) {
		if (nla_type(nla) >= RECORD_ATTRS)
			continue;
		f = field_of_attr(o, nla_type(nla), 0);
		if (!f)
			continue;
		if (f->type->wire == WIRE_STRING)
			get_text(nla, f, r);
		else if (f->type->wire == WIRE_ADDRESS)
			get_address(nla, f, r);
		else if (f->type->wire == WIRE_BYTES)
			get_bytes(nla, f, r);
		else
			get_number(nla, f, r);
	}
}

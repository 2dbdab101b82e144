// SPDX-License-Identifier: GPL-2.0-or-later
/* Extended acknowledgments, which this libnl does not read. */
#include "refusal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

/**
 * refusal_set() - a refusal with nothing but a reason
 */
void refusal_set(struct refusal *refusal, int error, const char *text)
{
	memset(refusal, 0, sizeof(*refusal));
	refusal->error = error;
	snprintf(refusal->text, sizeof(refusal->text), "%s", text);
}

/* The type of the attribute that starts @offset bytes into the request. */
static uint16_t attr_at(const struct nlmsghdr *request, uint32_t offset)
{
	struct nlattr nla;

	if (!request || offset < NLMSG_HDRLEN + GENL_HDRLEN ||
	    offset + sizeof(nla) > request->nlmsg_len)
		return 0;
	memcpy(&nla, (const char *)request + offset, sizeof(nla));
	return nla.nla_type & NLA_TYPE_MASK;
}

static uint64_t number_in(struct nlattr *nla)
{
	return nla_len(nla) >= 8 ? nla_get_u64(nla) : 0;
}

/* The policy names the bounds of a number that is out of range. */
static void read_policy(struct refusal *refusal, struct nlattr *policy)
{
	struct nlattr *tb[NL_POLICY_TYPE_ATTR_MAX + 1];
	struct nlattr *least;
	struct nlattr *most;

	if (nla_parse_nested(tb, NL_POLICY_TYPE_ATTR_MAX, policy, NULL))
		return;
	least = tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U];
	most = tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U];
	if (refusal->error != ERANGE || !least || !most)
		return;
	refusal->bounded = true;
	refusal->least = number_in(least);
	refusal->most = number_in(most);
}

/* The kernel fills its sentences up with blanks. */
static void trim(char *text)
{
	size_t len = strlen(text);

	while (len && text[len - 1] == ' ')
		text[--len] = '\0';
}

static void read_tlvs(struct refusal *refusal, const struct nlmsghdr *request,
		      void *tlvs, int len)
{
	struct nlattr *nla;
	int rest;

	nla_for_each_attr(nla, tlvs, len, rest) {
		switch (nla_type(nla)) {
		case NLMSGERR_ATTR_MSG:
			snprintf(refusal->text, sizeof(refusal->text), "%.*s",
				 nla_len(nla), (const char *)nla_data(nla));
			trim(refusal->text);
			break;
		case NLMSGERR_ATTR_OFFS:
			if (nla_len(nla) >= 4)
				refusal->attr = attr_at(request,
							nla_get_u32(nla));
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			if (nla_len(nla) < 4)
				break;
			refusal->attr = nla_get_u32(nla);
			refusal->missing = true;
			break;
		case NLMSGERR_ATTR_POLICY:
			read_policy(refusal, nla);
			break;
		}
	}
}

/**
 * refusal_from_error() - read an NLMSG_ERROR
 * @refusal: filled; its error is 0 if the message is an acknowledgment
 * @request: what was sent: the kernel tells offsets into it
 * @err: payload of the message
 */
void refusal_from_error(struct refusal *refusal,
			const struct nlmsghdr *request, struct nlmsgerr *err)
{
	size_t skip = sizeof(*err);
	struct nlmsghdr *hdr;

	hdr = (struct nlmsghdr *)((char *)err - NLMSG_HDRLEN);
	refusal_set(refusal, -err->error, "");
	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	/* the echoed request stands before the attributes, unless capped */
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(err->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (NLMSG_HDRLEN + skip > hdr->nlmsg_len)
		return;
	read_tlvs(refusal, request, (char *)err + skip,
		  hdr->nlmsg_len - NLMSG_HDRLEN - skip);
}

/**
 * refusal_from_done() - read the status in the message that ends a dump
 * @refusal: filled; its error is 0 if the dump went well
 * @done: the NLMSG_DONE message
 */
void refusal_from_done(struct refusal *refusal, struct nlmsghdr *done)
{
	int status = 0;

	if ((unsigned int)nlmsg_datalen(done) >= sizeof(status))
		memcpy(&status, nlmsg_data(done), sizeof(status));
	refusal_set(refusal, status < 0 ? -status : 0, "");
	if (status < 0 && done->nlmsg_flags & NLM_F_ACK_TLVS)
		read_tlvs(refusal, NULL,
			  (char *)nlmsg_data(done) + NLMSG_ALIGN(sizeof(status)),
			  nlmsg_datalen(done) - NLMSG_ALIGN(sizeof(status)));
}

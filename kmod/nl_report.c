// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: server reports.
 */
#include "nl_common.h"
#include "server.h"
#include "service.h"

const struct nla_policy psteer_nl_report_policy[PSTEER_A_SERVER_MAX + 1] = {
	[PSTEER_A_SERVER_SERVICE] = PSTEER_NLA_NAME,
	[PSTEER_A_SERVER_ADDRESS] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_SERVER_PORT] = PSTEER_NLA_PORT,
	[PSTEER_A_SERVER_SEQUENCE] = { .type = NLA_U64 },
	[PSTEER_A_SERVER_LOAD] = PSTEER_NLA_SHARE,
	[PSTEER_A_SERVER_CPU] = PSTEER_NLA_SHARE,
	[PSTEER_A_SERVER_MEMORY] = PSTEER_NLA_SHARE,
	[PSTEER_A_SERVER_NETWORK] = PSTEER_NLA_SHARE,
	[PSTEER_A_SERVER_LATENCY] = { .type = NLA_U32 },
	[PSTEER_A_SERVER_ERRORS] = PSTEER_NLA_SHARE,
	[PSTEER_A_SERVER_APP] = PSTEER_NLA_SHARE,
	[PSTEER_A_SERVER_CAPACITY] = PSTEER_NLA_SHARE,
};

static u32 *member_of(struct psteer_report *r, enum psteer_server_attr attr)
{
	switch (attr) {
	case PSTEER_A_SERVER_LOAD:
		return &r->load;
	case PSTEER_A_SERVER_CPU:
		return &r->cpu;
	case PSTEER_A_SERVER_MEMORY:
		return &r->memory;
	case PSTEER_A_SERVER_NETWORK:
		return &r->network;
	case PSTEER_A_SERVER_LATENCY:
		return &r->latency_us;
	case PSTEER_A_SERVER_ERRORS:
		return &r->errors;
	case PSTEER_A_SERVER_APP:
		return &r->app;
	case PSTEER_A_SERVER_CAPACITY:
		return &r->capacity;
	default:
		return NULL;
	}
}

static void parse_report(struct genl_info *info, struct psteer_report *r)
{
	struct nlattr *sequence = info->attrs[PSTEER_A_SERVER_SEQUENCE];
	u32 i;

	memset(r, 0, sizeof(*r));
	for (i = 1; i <= PSTEER_A_SERVER_MAX; i++) {
		u32 *member = member_of(r, i);

		if (!info->attrs[i])
			continue;
		r->has |= BIT_ULL(i);
		if (member)
			*member = nla_get_u32(info->attrs[i]);
	}
	if (sequence)
		r->sequence = nla_get_u64(sequence);
}

/* What the load is made of; a service may have it made of app. */
static bool says_load(const struct psteer_service *service,
		      const struct psteer_report *report)
{
	return psteer_report_has(report, LOAD) ||
	       psteer_report_has(report, CPU) ||
	       psteer_report_has(report, MEMORY) ||
	       psteer_report_has(report, NETWORK) ||
	       (service->emphasis == PSTEER_EMPHASIS_APP &&
		psteer_report_has(report, APP));
}

static int take_report(struct psteer_net *pnet, struct genl_info *info,
		       const struct psteer_report *report)
{
	struct psteer_server *server = psteer_nl_server_find(pnet, info);
	int err;

	if (IS_ERR(server))
		return PTR_ERR(server);
	if (!says_load(server->service, report)) {
		NL_SET_ERR_MSG(info->extack,
			       "a report says load, or at least one of cpu, memory, network");
		return -EINVAL;
	}
	err = psteer_server_report(server, report);
	if (err != -ESTALE)
		return err;
	return psteer_nl_refuse(pnet, info->extack,
				info->attrs[PSTEER_A_SERVER_SEQUENCE], err,
				"report %llu is not newer than the last, %llu",
				report->sequence, server->last.sequence);
}

/**
 * psteer_nl_report() - PSTEER_CMD_SERVER_REPORT
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_report(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_report report;
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_SERVER_SERVICE) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SERVER_ADDRESS) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SERVER_PORT))
		return -EINVAL;
	parse_report(info, &report);
	mutex_lock(&pnet->lock);
	err = take_report(pnet, info, &report);
	mutex_unlock(&pnet->lock);
	return err;
}

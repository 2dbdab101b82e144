// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: trained models.
 */
#include <linux/slab.h>

#include "nl_common.h"
#include "service.h"
#include "trained.h"

#define FIRST_INPUT	PSTEER_A_MODEL_LOAD
#define LAST_INPUT	PSTEER_A_MODEL_ARRIVALS

static_assert(LAST_INPUT - FIRST_INPUT + 1 == PSTEER_MODEL_KINDS);

#define INPUT_LEN(lags)	(sizeof(struct psteer_model_input) + (lags) * sizeof(s32))

static struct netlink_range_validation horizon_bounds = {
	.min = 1000,
	.max = 60000,
};

static struct netlink_range_validation step_bounds = {
	.min = 100,
	.max = 60000,
};

static struct netlink_range_validation_signed intercept_bounds = {
	.min = -PSTEER_MODEL_MOST,
	.max = PSTEER_MODEL_MOST,
};

#define NLA_INPUT \
	NLA_POLICY_RANGE(NLA_BINARY, INPUT_LEN(1), INPUT_LEN(PSTEER_MODEL_LAGS))

const struct nla_policy psteer_nl_model_new_policy[PSTEER_A_MODEL_MAX + 1] = {
	[PSTEER_A_MODEL_NAME] = PSTEER_NLA_NAME,
	[PSTEER_A_MODEL_SERVICE] = PSTEER_NLA_NAME,
	[PSTEER_A_MODEL_HORIZON] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &horizon_bounds),
	[PSTEER_A_MODEL_STEP] = NLA_POLICY_FULL_RANGE(NLA_U32, &step_bounds),
	[PSTEER_A_MODEL_INTERCEPT] =
		NLA_POLICY_FULL_RANGE_SIGNED(NLA_S32, &intercept_bounds),
	[FIRST_INPUT ... LAST_INPUT] = NLA_INPUT,
};

const struct nla_policy psteer_nl_model_key_policy[PSTEER_A_MODEL_MAX + 1] = {
	[PSTEER_A_MODEL_SERVICE] = PSTEER_NLA_NAME,
};

static bool is_share(u32 kind)
{
	return kind != PSTEER_MODEL_LATENCY && kind != PSTEER_MODEL_SESSIONS &&
	       kind != PSTEER_MODEL_ARRIVALS;
}

static int refuse_input(struct genl_info *info, const struct nlattr *attr,
			const char *sentence)
{
	info->extack->_msg = sentence;
	info->extack->bad_attr = attr;
	return -EINVAL;
}

static int parse_input(struct genl_info *info, const struct nlattr *attr,
		       u32 kind, struct psteer_model_term *term)
{
	struct psteer_model_input input;
	u32 rest = nla_len(attr) - sizeof(input);
	u32 i;

	if (rest % sizeof(s32))
		return refuse_input(info, attr,
				    "a coefficient of an input has 4 bytes");
	memcpy(&input, nla_data(attr), sizeof(input));
	if (input.low >= input.high)
		return refuse_input(info, attr,
				    "the lowest value of an input is below the highest");
	if (is_share(kind) && input.high > PSTEER_SCALE)
		return refuse_input(info, attr, "this input is at most 100%");
	term->low = input.low;
	term->high = input.high;
	term->lags = rest / sizeof(s32);
	memcpy(term->coefficient, nla_data(attr) + sizeof(input), rest);
	for (i = 0; i < term->lags; i++)
		if (term->coefficient[i] < -PSTEER_MODEL_MOST ||
		    term->coefficient[i] > PSTEER_MODEL_MOST)
			return refuse_input(info, attr,
					    "a coefficient is from -100 to 100");
	return 0;
}

static int parse_inputs(struct genl_info *info, struct psteer_model *model)
{
	bool any = false;
	u32 i;
	int err;

	for (i = 0; i < PSTEER_MODEL_KINDS; i++) {
		const struct nlattr *attr = info->attrs[FIRST_INPUT + i];

		if (!attr)
			continue;
		err = parse_input(info, attr, i, &model->term[i]);
		if (err)
			return err;
		any = true;
	}
	return any ? 0 : refuse_input(info, NULL, "a model has at least one input");
}

static int parse_model(struct genl_info *info, struct psteer_trained *trained)
{
	struct nlattr *intercept = info->attrs[PSTEER_A_MODEL_INTERCEPT];
	struct psteer_model *model = &trained->model;

	if (PSTEER_NL_LACKS(info, PSTEER_A_MODEL_NAME) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_MODEL_HORIZON) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_MODEL_STEP))
		return -EINVAL;
	model->horizon_ms = nla_get_u32(info->attrs[PSTEER_A_MODEL_HORIZON]);
	model->step_ms = nla_get_u32(info->attrs[PSTEER_A_MODEL_STEP]);
	if (intercept)
		model->intercept = nla_get_s32(intercept);
	return psteer_nl_name(trained->name, info->attrs[PSTEER_A_MODEL_NAME],
			      info->extack) ?: parse_inputs(info, model);
}

static u32 prediction_horizon(const struct psteer_net *pnet)
{
	const struct psteer_config *config =
		rcu_dereference_protected(pnet->config,
					  lockdep_is_held(&pnet->lock));

	return config->value[PSTEER_A_CONFIG_PREDICTION_HORIZON];
}

static int fill_inputs(struct sk_buff *skb, const struct psteer_model *model)
{
	u32 i;

	for (i = 0; i < PSTEER_MODEL_KINDS; i++) {
		const struct psteer_model_term *term = &model->term[i];
		struct psteer_model_input *input;
		struct nlattr *attr;

		if (!term->lags)
			continue;
		attr = nla_reserve(skb, FIRST_INPUT + i, INPUT_LEN(term->lags));
		if (!attr)
			return -EMSGSIZE;
		input = nla_data(attr);
		input->low = term->low;
		input->high = term->high;
		memcpy(input->coefficient, term->coefficient,
		       term->lags * sizeof(s32));
	}
	return 0;
}

static int fill_model(struct sk_buff *skb, const struct psteer_net *pnet,
		      const struct psteer_service *service,
		      const struct psteer_nl_where *where, bool warn)
{
	const struct psteer_trained *trained =
		psteer_trained_locked(pnet, service);
	const struct psteer_model *model = &trained->model;
	bool used = model->horizon_ms == prediction_horizon(pnet);
	void *hdr = psteer_nl_begin(skb, where);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, PSTEER_A_MODEL_NAME, trained->name) ||
	    (service &&
	     nla_put_string(skb, PSTEER_A_MODEL_SERVICE, service->name)) ||
	    nla_put_u32(skb, PSTEER_A_MODEL_HORIZON, model->horizon_ms) ||
	    nla_put_u32(skb, PSTEER_A_MODEL_STEP, model->step_ms) ||
	    nla_put_s32(skb, PSTEER_A_MODEL_INTERCEPT, model->intercept) ||
	    fill_inputs(skb, model) ||
	    nla_put_u8(skb, PSTEER_A_MODEL_USED, used) ||
	    (warn && !used &&
	     nla_put_string(skb, PSTEER_A_MODEL_WARNING,
			    "the model is for another prediction-horizon and not used"))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Whose model a request is about; NULL: that of all services. */
static int parse_key(struct psteer_net *pnet, struct genl_info *info,
		     struct psteer_service **service)
{
	const struct nlattr *name = info->attrs[PSTEER_A_MODEL_SERVICE];

	*service = NULL;
	if (!name)
		return 0;
	*service = psteer_nl_service_find(pnet, info->extack, name);
	return *service ? 0 : -ENOENT;
}

/* The same, and it must have a model. */
static int find_model(struct psteer_net *pnet, struct genl_info *info,
		      struct psteer_service **service)
{
	int err = parse_key(pnet, info, service);

	if (err || psteer_trained_locked(pnet, *service))
		return err;
	if (!*service)
		return psteer_nl_refuse(pnet, info->extack, NULL, -ENOENT,
					"no model is loaded for all services");
	return psteer_nl_refuse(pnet, info->extack,
				info->attrs[PSTEER_A_MODEL_SERVICE], -ENOENT,
				"service %s has no model of its own",
				(*service)->name);
}

/* Takes *@trained over, unless it fails. */
static int put_model(struct psteer_net *pnet, struct genl_info *info,
		     struct psteer_trained **trained, struct sk_buff *reply)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_service *service;
	int err;

	mutex_lock(&pnet->lock);
	err = parse_key(pnet, info, &service);
	if (!err) {
		psteer_trained_put(pnet, service, *trained);
		*trained = NULL;
		err = fill_model(reply, pnet, service, &where, true);
	}
	mutex_unlock(&pnet->lock);
	return err;
}

/**
 * psteer_nl_model_new() - PSTEER_CMD_MODEL_NEW
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_model_new(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_trained *trained;
	struct sk_buff *reply;
	int err;

	reply = psteer_nl_new(0);
	if (!reply)
		return -ENOMEM;
	trained = kzalloc(sizeof(*trained), GFP_KERNEL_ACCOUNT);
	err = trained ? parse_model(info, trained) : -ENOMEM;
	if (!err)
		err = put_model(psteer_nl_net(info), info, &trained, reply);
	kfree(trained);
	return psteer_nl_reply(reply, info, err);
}

/**
 * psteer_nl_model_del() - PSTEER_CMD_MODEL_DEL
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_model_del(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_service *service;
	int err;

	mutex_lock(&pnet->lock);
	err = find_model(pnet, info, &service);
	if (!err)
		psteer_trained_put(pnet, service, NULL);
	mutex_unlock(&pnet->lock);
	return err;
}

/**
 * psteer_nl_model_get() - PSTEER_CMD_MODEL_GET of one model
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_model_get(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_service *service;
	struct sk_buff *reply;
	int err;

	reply = psteer_nl_new(0);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&pnet->lock);
	err = find_model(pnet, info, &service);
	if (!err)
		err = fill_model(reply, pnet, service, &where, false);
	mutex_unlock(&pnet->lock);
	return psteer_nl_reply(reply, info, err);
}

/* The next model of a dump; one that is not there is done, too. */
static bool dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct psteer_service *service)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	struct psteer_net *pnet = psteer_nl_dump_net(cb);

	return !psteer_trained_locked(pnet, service) ||
	       !fill_model(skb, pnet, service, &where, false);
}

/**
 * psteer_nl_model_dump() - PSTEER_CMD_MODEL_GET of all models
 * @skb: to fill
 * @cb: args[0] is 1 if that of all services was put, args[1] the id of the last
 *	service that is done
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_model_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *name =
		psteer_dump_attrs(cb)[PSTEER_A_MODEL_SERVICE];
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	struct psteer_service *service;
	int err;

	mutex_lock(&pnet->lock);
	cb->seq = pnet->generation;
	err = psteer_nl_check_filter(cb, NULL, name);
	if (err)
		goto unlock;
	if (!cb->args[0] && !name && !dump_one(skb, cb, NULL))
		goto unlock;
	cb->args[0] = 1;
	list_for_each_entry(service, &pnet->services, list) {
		if (service->id <= cb->args[1] ||
		    (name && nla_strcmp(name, service->name)))
			continue;
		if (!dump_one(skb, cb, service))
			break;
		cb->args[1] = service->id;
	}
unlock:
	mutex_unlock(&pnet->lock);
	return err ?: skb->len;
}

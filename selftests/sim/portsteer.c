// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's choice: what kmod/server.c, service.c and steer_choose.c do
 * around the pure code is done here around the same code. One such mind for
 * each gateway, on the reports that come to all of them.
 */
#include "evidence.h"
#include "policies.h"
#include "ports.h"
#include "predict.h"
#include "random.h"
#include "select.h"

/* The first values of a namespace. */
#define HORIZON_MS	10000
#define WEIGHT_LOAD	4000
#define WEIGHT_CAPACITY	5000
#define WEIGHT_PORTS	1000
/* As REFRESH_LEAST in service.c. */
#define REFRESH_MANY	16
#define REFRESH_LEAST_S	0.1

/**
 * struct server - what a gateway keeps of a machine; see struct psteer_server
 * @predict: load predictor
 * @local: what own sessions say of its load
 * @tally: what has been counted of them, in milliseconds
 * @load: last reported
 * @errors: last reported
 * @capacity: capacity score
 * @reported_at: when
 * @reports: how many
 */
struct server {
	struct psteer_predict predict;
	struct psteer_local local;
	struct psteer_tally tally;
	u32 load;
	u32 errors;
	u32 capacity;
	double reported_at;
	u32 reports;
};

/**
 * struct service - what a gateway keeps of the service
 * @rule: as psteer_service_rule() would fill it in
 * @lifetime: mean of a session
 * @refreshed_at: when the neutral values were computed
 * @servers: by machine
 */
struct service {
	struct psteer_select_rule rule;
	u64 lifetime;
	double refreshed_at;
	struct server *servers;
};

struct mind {
	struct service *services;
	struct ports ports;
};

/* A choice that is being made. */
struct choosing {
	struct run *run;
	u32 gateway;
	u32 client;
};

static void begin(struct run *run, enum psteer_select_mode mode)
{
	struct mind *mind = run_alloc(1, sizeof(*mind));
	u32 i, k;

	mind->services = run_alloc(run->scenario->gateways,
				   sizeof(struct service));
	ports_begin(&mind->ports, run->scenario->clients);
	for (i = 0; i < run->scenario->gateways; i++) {
		struct service *service = &mind->services[i];

		service->rule = (struct psteer_select_rule){
			.mode = mode,
			.weights = { WEIGHT_LOAD, WEIGHT_CAPACITY,
				     WEIGHT_PORTS },
			.horizon_ms = HORIZON_MS,
			.neutral_load = PSTEER_SCALE / 2,
			.neutral_capacity = PSTEER_SCALE / 2,
		};
		service->servers = run_alloc(run->n, sizeof(struct server));
		for (k = 0; k < run->n; k++)
			service->servers[k].capacity = PSTEER_SCALE / 2;
	}
	run->mind = mind;
}

static void begin_argmax(struct run *run)
{
	begin(run, PSTEER_SELECT_ARGMAX);
}

static void begin_p2c(struct run *run)
{
	begin(run, PSTEER_SELECT_P2C);
}

static void begin_wrand(struct run *run)
{
	begin(run, PSTEER_SELECT_WRAND);
}

static void end(struct run *run)
{
	struct mind *mind = run->mind;
	u32 i;

	for (i = 0; i < run->scenario->gateways; i++)
		free(mind->services[i].servers);
	free(mind->services);
	ports_end(&mind->ports);
	free(mind);
}

static void refresh(struct run *run, struct service *service)
{
	struct psteer_neutral sum = {};
	u32 i;

	if (run->n > REFRESH_MANY &&
	    run->now < service->refreshed_at + REFRESH_LEAST_S)
		return;
	for (i = 0; i < run->n; i++) {
		const struct server *server = &service->servers[i];

		if (server->reports &&
		    run->now <= server->reported_at + HORIZON_MS / 1000.)
			psteer_neutral_add(&sum, server->load, server->capacity,
					   server->local.lived,
					   server->local.ended);
	}
	service->rule.neutral_load = psteer_neutral_load(&sum);
	service->rule.neutral_capacity = psteer_neutral_capacity(&sum);
	service->lifetime = psteer_neutral_lifetime(&sum);
	service->refreshed_at = run->now;
}

/* As psteer_server_settle(): what lives has lived until now. */
static void settle(const struct run *run, struct server *server, u32 active)
{
	u64 now = run->now * 1000;

	server->tally.served += active * (now - server->tally.at);
	server->tally.at = now;
}

static void take_report(struct run *run, u32 gateway, u32 machine,
			const struct report *report)
{
	struct mind *mind = run->mind;
	struct service *service = &mind->services[gateway];
	struct server *server = &service->servers[machine];
	u32 gap_ms = (run->now - server->reported_at) * 1000;

	server->load = report->load * PSTEER_SCALE;
	server->errors = psteer_evidence_errors(server->errors,
						report->errors * PSTEER_SCALE,
						gap_ms, HORIZON_MS);
	psteer_predict_update(&server->predict, run->now * 1000,
			      psteer_share_clamp(server->load +
						 report->errors * PSTEER_SCALE),
			      HORIZON_MS, NULL);
	server->capacity = PSTEER_SCALE - psteer_predict_load(&server->predict);
	settle(run, server, run->gateways[gateway].views[machine].active);
	psteer_local_learn(&server->local, &server->tally, server->load,
			   service->lifetime);
	server->reported_at = run->now;
	server->reports++;
	refresh(run, service);
}

static void reported(struct run *run, u32 machine, const struct report *report)
{
	u32 i;

	for (i = 0; i < run->scenario->gateways; i++)
		take_report(run, i, machine, report);
}

static void weigh(const struct choosing *c, u32 machine,
		  struct psteer_terms *terms)
{
	const struct mind *mind = c->run->mind;
	const struct service *service = &mind->services[c->gateway];
	const struct server *server = &service->servers[machine];
	u32 active = c->run->gateways[c->gateway].views[machine].active;
	u32 size = mind->ports.size[c->client];
	u32 used = ports_in_use(&mind->ports, c->client, machine);
	struct psteer_evidence evidence = {
		.load = server->load,
		.capacity = server->capacity,
		.age_ms = (c->run->now - server->reported_at) * 1000,
		.reported = server->reports,
		.errors = server->errors,
		.local = psteer_local_load(server->local.each,
					   server->local.offset, active),
		.beyond = server->local.beyond,
	};

	psteer_select_terms(&service->rule, &evidence,
			    psteer_share_of(size - used, size), terms);
}

static bool contend(void *ctx, u32 index, struct psteer_contender *contender)
{
	const struct choosing *c = ctx;
	struct psteer_terms terms;

	if (!run_eligible(c->run, c->gateway, index))
		return false;
	weigh(c, index, &terms);
	contender->score = terms.score;
	contender->full = terms.load > PSTEER_SCALE;
	contender->sessions = c->run->gateways[c->gateway].views[index].active;
	return true;
}

static u32 choose(struct run *run, u32 gateway, u32 session)
{
	const struct mind *mind = run->mind;
	struct choosing c = {
		.run = run,
		.gateway = gateway,
		.client = run->arrivals->arrival[session].client,
	};
	int chosen = psteer_select_choose(mind->services[gateway].rule.mode,
					  run->n, contend, &c,
					  random_bits(&run->random));

	return chosen < 0 ? NOBODY : (u32)chosen;
}

static struct server *server_of(const struct run *run, u32 gateway, u32 machine)
{
	const struct mind *mind = run->mind;

	return &mind->services[gateway].servers[machine];
}

static void opened(struct run *run, u32 gateway, u32 machine, u32 session)
{
	struct mind *mind = run->mind;
	u32 active = run->gateways[gateway].views[machine].active;

	settle(run, server_of(run, gateway, machine), active - 1);
	ports_take(&mind->ports, run->arrivals->arrival[session].client,
		   machine);
}

static void closed(struct run *run, u32 gateway, u32 machine, u32 session)
{
	struct mind *mind = run->mind;
	struct server *server = server_of(run, gateway, machine);
	u32 active = run->gateways[gateway].views[machine].active;

	settle(run, server, active + 1);
	server->tally.lived += 1000 * (run->now -
				       run->arrivals->arrival[session].at);
	server->tally.ended++;
	ports_give_back(&mind->ports, run->arrivals->arrival[session].client,
			machine);
}

#define PORTSTEER(mode, text)			\
const struct policy policy_##mode = {		\
	.name = #mode,				\
	.what = text,				\
	.begin = begin_##mode,			\
	.choose = choose,			\
	.reported = reported,			\
	.opened = opened,			\
	.closed = closed,			\
	.end = end,				\
}

PORTSTEER(argmax, "portsteer, the plain formula");
PORTSTEER(p2c, "portsteer, best of a few");
PORTSTEER(wrand, "portsteer, in proportion to the score");

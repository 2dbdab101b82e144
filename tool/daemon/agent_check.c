// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * agent-check: servers whose machine has an agent for HAProxy's agent-check. It is
 * connected to, says one line, and that is all.
 */
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include <linux/portsteer.h>

#include "agent_word.h"
#include "kernel.h"
#include "log.h"
#include "metric.h"
#include "part.h"
#include "probe.h"
#include "schema.h"
#include "servers.h"

#define LINE_MAX_BYTES	256
#define ONE_PERCENT	(PSTEER_SCALE / 100)

/**
 * struct agent_check_setting - one entry of the section
 * @service: of the server
 * @server: whom it is about
 * @address: of the agent
 * @interval: ms
 * @timeout: ms, for a whole answer
 * @set_state: the agent may set state and session limit of the server
 */
struct agent_check_setting {
	char *service;
	struct endpoint server;
	struct endpoint address;
	uint32_t interval;
	uint32_t timeout;
	bool set_state;
};

#define SETTING(key_, member_, type_) \
	.key = key_, .type = type_, \
	.offset = offsetof(struct agent_check_setting, member_)

static const struct setting agent_check_settings[] = {
	{ SETTING("service", service, SETTING_NAME), .required = true },
	{ SETTING("server", server, SETTING_LISTEN), .required = true },
	{ SETTING("address", address, SETTING_LISTEN), .required = true },
	{ SETTING("interval", interval, SETTING_TIME), .initial = "2s",
	  .least = 200, .most = 600000 },
	{ SETTING("timeout", timeout, SETTING_TIME), .initial = "5s",
	  .least = 200, .most = 60000 },
	{ SETTING("set-state", set_state, SETTING_BOOL), .initial = "false" },
	{ 0 }
};

static const struct section agent_check_section = {
	.key = "agent-check",
	.size = sizeof(struct agent_check_setting),
	.list = true,
	.settings = agent_check_settings,
};

/**
 * struct agent - one that is asked
 * @probe: whose answers it gives
 * @address: where it listens
 * @address_len: bytes of @address
 * @text: the same as text
 * @timeout: for a whole answer
 * @deadline: fires if it was not whole in time
 * @connection: while it is asked
 * @set_state: what it wishes is done
 * @wish: that was done last; AGENT_UP: none has been, the server is not ours
 * @max: session limit that was set last
 * @has_max: there was one
 * @ignored: wishes that were not done
 */
struct agent {
	struct probe probe;
	struct sockaddr_storage address;
	int address_len;
	char text[FORMAT_MAX];
	struct timeval timeout;
	struct event *deadline;
	struct bufferevent *connection;
	bool set_state;
	enum agent_wish wish;
	uint32_t max;
	bool has_max;
	uint64_t ignored;
};

/**
 * struct agent_check - the part
 * @kernel: the module, which tells of servers that are added
 * @watch: with that
 * @count: how many @agents
 * @agents: all that are asked
 */
struct agent_check {
	struct kernel *kernel;
	struct kernel_watch watch;
	size_t count;
	struct agent *agents;
};

/* --- what an answer does ------------------------------------------------- */

static int set_server(struct agent *agent, uint16_t attr, uint32_t value,
		      struct refusal *refusal)
{
	struct record change = { 0 };
	int ret;

	record_set_number(&change, attr, value);
	ret = probe_do(&agent->probe, PSTEER_CMD_SERVER_SET, ROLE_SET, &change,
		       refusal);
	record_clear(&change);
	return ret;
}

/*
 * A state is set when the wish changes, and only one that the agent has wished for
 * is taken back: what the operator has set is the operator's.
 */
static int follow_wish(struct agent *agent, const struct agent_answer *answer,
		       struct refusal *refusal)
{
	static const uint32_t states[] = {
		[AGENT_UP] = PSTEER_SERVER_UP,
		[AGENT_DRAIN] = PSTEER_SERVER_DRAIN,
		[AGENT_DOWN] = PSTEER_SERVER_DOWN,
	};
	int ret;

	if (answer->wish == AGENT_NO_WISH || answer->wish == agent->wish)
		return 0;
	ret = set_server(agent, PSTEER_A_SERVER_STATE, states[answer->wish],
			 refusal);
	if (ret)
		return ret;
	agent->wish = answer->wish;
	log_notice("agent-check: %s of service %s is set %s, as its agent says%s%s",
		   agent->probe.server, agent->probe.service,
		   names_word(server_state_names, states[answer->wish]),
		   *answer->text ? ": " : "", answer->text);
	return 0;
}

static int follow_max(struct agent *agent, const struct agent_answer *answer,
		      struct refusal *refusal)
{
	int ret;

	if (!answer->has_max ||
	    (agent->has_max && answer->max == agent->max))
		return 0;
	ret = set_server(agent, PSTEER_A_SERVER_MAX_SESSIONS, answer->max,
			 refusal);
	if (ret)
		return ret;
	agent->has_max = true;
	agent->max = answer->max;
	return 0;
}

/* Return: false, the module has refused it. */
static bool follow(struct agent *agent, const struct agent_answer *answer)
{
	struct refusal refusal = { 0 };

	if (!agent->set_state) {
		agent->ignored += answer->wish > AGENT_UP || answer->has_max;
		return true;
	}
	if (!follow_wish(agent, answer, &refusal) &&
	    !follow_max(agent, answer, &refusal))
		return true;
	probe_failed(&agent->probe, PROBE_REFUSED,
		     "answers, but what it wishes is refused: %s",
		     refusal.text);
	return false;
}

/* A server that is added anew has nothing of what was set before. */
static void forget_wishes(struct agent *agent)
{
	agent->wish = AGENT_UP;
	agent->has_max = false;
}

static void on_told(const struct record *server, void *arg)
{
	struct agent_check *check = arg;
	size_t i;

	if (record_number(server, PSTEER_A_SERVER_EVENT) != PSTEER_EVENT_NEW)
		return;
	for (i = 0; i < check->count; i++) {
		const struct probe *probe = &check->agents[i].probe;

		if (servers_is(server, probe->service, &probe->address,
			       probe->port))
			forget_wishes(&check->agents[i]);
	}
}

static void on_lost(void *arg)
{
	struct agent_check *check = arg;
	size_t i;

	for (i = 0; i < check->count; i++)
		forget_wishes(&check->agents[i]);
}

/* The weight is what the agent thinks it can take: what is left is its load. */
static void report_weight(struct agent *agent, unsigned int percent)
{
	struct record report = { 0 };

	record_set_number(&report, PSTEER_A_SERVER_LOAD,
			  PSTEER_SCALE - percent * ONE_PERCENT);
	record_set_number(&report, PSTEER_A_SERVER_CAPACITY,
			  percent * ONE_PERCENT);
	probe_report(&agent->probe, &report);
	record_clear(&report);
}

static void take_line(struct agent *agent, const char *line, size_t len)
{
	struct agent_answer answer;
	const char *wrong = agent_read(line, len, &answer);

	if (wrong)
		probe_failed(&agent->probe, PROBE_ANSWER,
			     "gives an answer that %s", wrong);
	else if (!follow(agent, &answer))
		forget_wishes(agent);
	else if (answer.has_weight)
		report_weight(agent, answer.weight);
	else
		probe_well(&agent->probe);
}

/* --- how it is asked ----------------------------------------------------- */

static void hang_up(struct agent *agent)
{
	if (agent->connection)
		bufferevent_free(agent->connection);
	agent->connection = NULL;
	event_del(agent->deadline);
}

/* The line, once it has ended, by its end or by that of the connection. */
static void look_for_line(struct agent *agent, bool ended)
{
	struct evbuffer *input = bufferevent_get_input(agent->connection);
	char text[LINE_MAX_BYTES + 1];
	ev_ssize_t got = evbuffer_copyout(input, text, sizeof(text));
	size_t size = got > 0 ? got : 0;
	size_t len;

	for (len = 0; len < size; len++)
		if (text[len] == '\n' || text[len] == '\r')
			break;
	if (len == size && size <= LINE_MAX_BYTES && !ended)
		return;
	hang_up(agent);
	if (len > LINE_MAX_BYTES)
		probe_failed(&agent->probe, PROBE_SIZE,
			     "gives a line of more than %d bytes",
			     LINE_MAX_BYTES);
	else
		take_line(agent, text, len);
}

static void on_read(struct bufferevent *connection, void *arg)
{
	(void)connection;
	look_for_line(arg, false);
}

static void on_event(struct bufferevent *connection, short what, void *arg)
{
	struct agent *agent = arg;
	int error = EVUTIL_SOCKET_ERROR();

	(void)connection;
	if (what & BEV_EVENT_CONNECTED)
		return;
	if (what & BEV_EVENT_EOF) {
		look_for_line(agent, true);
		return;
	}
	hang_up(agent);
	probe_failed(&agent->probe, PROBE_CONNECT, "cannot be asked: %s",
		     evutil_socket_error_to_string(error));
}

static void too_late(evutil_socket_t fd, short events, void *arg)
{
	struct agent *agent = arg;

	(void)fd;
	(void)events;
	hang_up(agent);
	probe_failed(&agent->probe, PROBE_TIMEOUT, "gives no answer in time");
}

static void ask(struct probe *probe)
{
	struct agent *agent = (struct agent *)probe;
	struct bufferevent *connection;

	connection = bufferevent_socket_new(probe->daemon->base, -1,
					    BEV_OPT_CLOSE_ON_FREE);
	agent->connection = connection;
	if (!connection) {
		probe_failed(probe, PROBE_CONNECT, "cannot be asked: no memory");
		return;
	}
	/* One byte more than is allowed is all that is ever read. */
	bufferevent_setwatermark(connection, EV_READ, 0, LINE_MAX_BYTES + 1);
	bufferevent_setcb(connection, on_read, NULL, on_event, agent);
	bufferevent_enable(connection, EV_READ);
	event_add(agent->deadline, &agent->timeout);
	if (!bufferevent_socket_connect(connection,
					(struct sockaddr *)&agent->address,
					agent->address_len))
		return;
	hang_up(agent);
	probe_failed(probe, PROBE_CONNECT, "cannot be asked: %s",
		     strerror(errno));
}

/* --- the part ------------------------------------------------------------ */

static void set_address(struct agent *agent, const struct endpoint *endpoint)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&agent->address;
	struct sockaddr_in *in = (struct sockaddr_in *)&agent->address;
	struct address address;

	parse_address(endpoint->host, &address);
	format_endpoint(agent->text, &address, endpoint->port);
	if (address.len == sizeof(in->sin_addr)) {
		in->sin_family = AF_INET;
		in->sin_port = htons(endpoint->port);
		memcpy(&in->sin_addr, address.bytes, address.len);
		agent->address_len = sizeof(*in);
	} else {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(endpoint->port);
		memcpy(&in6->sin6_addr, address.bytes, address.len);
		agent->address_len = sizeof(*in6);
	}
}

static bool start_agent(struct agent *agent, struct daemon *daemon,
			const struct agent_check_setting *setting)
{
	agent->probe.part = "agent-check";
	agent->probe.daemon = daemon;
	agent->probe.ask = ask;
	agent->timeout.tv_sec = setting->timeout / 1000;
	agent->timeout.tv_usec = setting->timeout % 1000 * 1000;
	agent->set_state = setting->set_state;
	agent->wish = AGENT_UP;
	agent->deadline = evtimer_new(daemon->base, too_late, agent);
	set_address(agent, &setting->address);
	return agent->deadline &&
	       probe_start(&agent->probe, setting->service, &setting->server,
			   agent->text, setting->interval);
}

static void stop_agent(struct agent *agent)
{
	probe_stop(&agent->probe);
	if (!agent->deadline)
		return;
	hang_up(agent);
	event_free(agent->deadline);
}

static void stop_agent_check(void *state)
{
	struct agent_check *check = state;
	size_t i;

	kernel_unwatch(check->kernel, &check->watch);
	for (i = 0; i < check->count; i++)
		stop_agent(&check->agents[i]);
	free(check->agents);
	free(check);
}

static const struct probe *agent_at(const void *state, size_t nr)
{
	const struct agent_check *check = state;

	return nr < check->count ? &check->agents[nr].probe : NULL;
}

static bool start_agents(struct agent_check *check, struct daemon *daemon,
			 const struct settings *settings)
{
	const struct agent_check_setting *setting = settings->values;

	check->agents = calloc(settings->count, sizeof(*check->agents));
	if (!check->agents)
		return false;
	for (; check->count < settings->count; setting++)
		if (!start_agent(&check->agents[check->count++], daemon,
				 setting))
			return false;
	return true;
}

static void *start_agent_check(struct daemon *daemon,
			       const struct settings *settings,
			       struct refusal *refusal)
{
	struct agent_check *check = calloc(1, sizeof(*check));

	if (!check)
		err(1, "no memory");
	check->kernel = daemon->kernel;
	check->watch = (struct kernel_watch) {
		.object = &server_object, .told = on_told, .lost = on_lost,
		.arg = check,
	};
	kernel_watch(check->kernel, &check->watch);
	if (!start_agents(check, daemon, settings))
		refusal_set(refusal, ENOMEM, "agent-check: no memory");
	else if (probes_unlike(check, agent_at, refusal))
		return check;
	stop_agent_check(check);
	return NULL;
}

static json_t *show_agent_check(const void *state)
{
	const struct agent_check *check = state;
	json_t *list = probes_show(state, agent_at);
	size_t i;

	for (i = 0; i < check->count; i++)
		json_object_set_new(json_array_get(list, i), "ignored",
				    json_integer(check->agents[i].ignored));
	return list;
}

static void put_metrics(const void *state, FILE *out)
{
	static const char name[] = "portsteer_agent_check_ignored_total";
	const struct agent_check *check = state;
	size_t i;

	probes_metrics(out, "portsteer_agent_check", state, agent_at);
	metric_begin(out, name,
		     "Answers with a state or a limit that may not be set.");
	for (i = 0; i < check->count; i++) {
		const struct label labels[] = {
			{ "service", check->agents[i].probe.service },
			{ "server", check->agents[i].probe.server },
			{ NULL, NULL }
		};

		metric_value(out, name, labels, check->agents[i].ignored);
	}
}

const struct part agent_check_part = {
	.name = "agent-check",
	.section = &agent_check_section,
	.start = start_agent_check,
	.stop = stop_agent_check,
	.show = show_agent_check,
	.metrics = put_metrics,
};

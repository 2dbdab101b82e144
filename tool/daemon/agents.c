// SPDX-License-Identifier: GPL-2.0-or-later
/* agents: takes their connections, a bounded number and at a bounded rate. */
#include "part.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/listener.h>

#include <linux/portsteer.h>

#include "agent.h"
#include "clock.h"
#include "format.h"
#include "listen.h"
#include "log.h"
#include "metric.h"
#include "tls.h"
#include "tls_section.h"

#define BACKLOG		4096	/* that wait for their turn */
#define TURN_MS		100
#define TELL_MS		50	/* changes of ranges that are told together */
#define MESSAGE_MAX	4096
#define QUEUE_MAX	(256 * 1024)

/**
 * struct agents_settings - the section
 * @listen: where agents connect to
 * @interval: ms between their reports
 * @silence: ms without one after which a connection is closed
 * @max: connections
 * @handshakes: new connections a second
 */
struct agents_settings {
	struct endpoint listen;
	uint32_t interval;
	uint32_t silence;
	uint64_t max;
	uint64_t handshakes;
};

/**
 * struct agents - all of them
 * @floor: what they have in common
 * @daemon: the program
 * @settings: the section
 * @files: who we are
 * @context: the same for OpenSSL
 * @listener: takes connections
 * @turn: when more may be taken
 * @left: how many may be taken before that
 * @turned_away: connections above the maximum
 * @watch: of ranges
 * @tell: when ranges are told to VMs' agents
 */
struct agents {
	struct floor floor;
	struct daemon *daemon;
	const struct agents_settings *settings;
	const struct tls_files *files;
	SSL_CTX *context;
	struct evconnlistener *listener;
	struct event *turn;
	unsigned int left;
	uint64_t turned_away;
	struct kernel_watch watch;
	struct event *tell;
};

static void set_timer(struct event *event, unsigned int ms)
{
	struct timeval time = {
		.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000,
	};

	if (!event_pending(event, EV_TIMEOUT, NULL))
		event_add(event, &time);
}

/* Connections */

static unsigned int turn_size(const struct agents *agents)
{
	unsigned int size = agents->settings->handshakes * TURN_MS / 1000;

	return size ? size : 1;
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct agents *agents = arg;

	(void)fd;
	(void)what;
	agents->left = turn_size(agents);
	evconnlistener_enable(agents->listener);
}

/* Handshakes cost time: whoever comes too early waits in the system's queue. */
static void pace(struct agents *agents)
{
	set_timer(agents->turn, TURN_MS);
	if (agents->left)
		agents->left--;
	if (!agents->left)
		evconnlistener_disable(agents->listener);
}

static void on_connection(struct evconnlistener *listener, evutil_socket_t fd,
			  struct sockaddr *from, int len, void *arg)
{
	struct agents *agents = arg;
	const struct line_limits limits = {
		.message = MESSAGE_MAX, .queue = QUEUE_MAX,
		.silence_ms = agents->settings->silence,
	};
	struct agent *agent;

	(void)listener;
	(void)from;
	(void)len;
	pace(agents);
	if (agents->floor.count >= agents->settings->max) {
		agents->turned_away++;
		log_warning("more than %u agents: one is turned away",
			    agents->floor.count);
		evutil_closesocket(fd);
		return;
	}
	agent = agent_new(&agents->floor);
	agent->line = line_accept(agents->daemon->base, agents->context, fd,
				  &limits, &agent_use, agent);
	if (!agent->line)
		agent_free(agent);
}

/* Such as no file left: try again when some may have been closed. */
static void on_trouble(struct evconnlistener *listener, void *arg)
{
	struct agents *agents = arg;

	log_error("agents cannot be taken: %s", strerror(errno));
	agents->left = 0;
	evconnlistener_disable(listener);
	set_timer(agents->turn, TURN_MS);
}

/* Ranges of VMs */

static struct speaker *speaker_of_range(struct agents *agents,
					const struct record *r)
{
	char name[SPEAKER_MAX];

	if (!record_has(r, PSTEER_A_RANGE_OWNER_NAME))
		return NULL;
	snprintf(name, sizeof(name), "vm:%s",
		 record_text(r, PSTEER_A_RANGE_OWNER_NAME));
	return speakers_find(&agents->floor.speakers, name);
}

static void on_range(const struct record *r, void *arg)
{
	struct speaker *speaker = speaker_of_range(arg, r);
	struct agents *agents = arg;

	if (speaker)
		agent_due(&agents->floor, speaker);
}

/* All may have changed. */
static void on_lost(void *arg)
{
	struct agents *agents = arg;
	struct agent *agent;
	size_t i;

	TAILQ_FOREACH(agent, &agents->floor.agents, links)
		for (i = 0; i < agent->count; i++)
			if (agent->speakers[i]->who.role == ROLE_OF_VM)
				agent_due(&agents->floor, agent->speakers[i]);
}

static void tell_soon(void *arg)
{
	struct agents *agents = arg;

	set_timer(agents->tell, TELL_MS);
}

static void gather(const struct record *r, void *arg)
{
	const struct address *address = record_address(r, PSTEER_A_RANGE_ADDRESS);
	struct speaker *speaker = speaker_of_range(arg, r);
	const char *state = names_word(range_state_names,
				       record_number(r, PSTEER_A_RANGE_STATE));
	json_int_t first = record_number(r, PSTEER_A_RANGE_FIRST);
	json_int_t last = record_number(r, PSTEER_A_RANGE_LAST);
	char text[FORMAT_MAX];
	json_t *range;

	if (!speaker || !speaker->due || !address || !state)
		return;
	range = json_pack("{s:s, s:I, s:I, s:s}", "pool_address",
			  format_address(text, address), "first", first,
			  "last", last, "state", state);
	json_array_append_new(speaker->ranges, range);
}

static void send_ranges(struct agents *agents)
{
	struct speaker *speaker;

	while (!TAILQ_EMPTY(&agents->floor.due)) {
		speaker = TAILQ_FIRST(&agents->floor.due);
		TAILQ_REMOVE(&agents->floor.due, speaker, due_links);
		speaker->due = false;
		line_send(speaker->agent->line,
			  json_pack("{s:s, s:O}", "type", "ranges", "ranges",
				    speaker->ranges));
	}
}

/*
 * One look at all ranges, however many VMs it is for. Without the module there is
 * nothing to tell: when it comes, all is told anew.
 */
static void on_tell(evutil_socket_t fd, short what, void *arg)
{
	struct agents *agents = arg;
	struct refusal refusal;
	struct speaker *speaker;
	int ret;

	(void)fd;
	(void)what;
	TAILQ_FOREACH(speaker, &agents->floor.due, due_links) {
		json_decref(speaker->ranges);
		speaker->ranges = json_array();
	}
	ret = kernel_list(agents->daemon->kernel, &range_object, NULL, gather,
			  agents, &refusal);
	if (ret == -EAGAIN)
		tell_soon(agents);
	else if (!ret)
		send_ranges(agents);
	else if (ret != -ENODEV)
		log_warning("ranges cannot be told: %s", refusal.text);
}

/* Life */

static void stop(void *state)
{
	struct agents *agents = state;
	struct agent *agent;

	if (agents->listener)
		evconnlistener_free(agents->listener);
	while (!TAILQ_EMPTY(&agents->floor.agents)) {
		agent = TAILQ_FIRST(&agents->floor.agents);
		line_drop(agent->line);
		agent_free(agent);
	}
	speakers_clear(&agents->floor.speakers);
	kernel_unwatch(agents->daemon->kernel, &agents->watch);
	servers_free(agents->floor.servers);
	SSL_CTX_free(agents->context);
	event_free(agents->turn);
	event_free(agents->tell);
	free(agents);
}

static void init_floor(struct floor *floor, struct agents *agents)
{
	floor->kernel = agents->daemon->kernel;
	floor->servers = servers_new(floor->kernel);
	floor->interval_ms = agents->settings->interval;
	floor->tell = tell_soon;
	floor->arg = agents;
	TAILQ_INIT(&floor->agents);
	TAILQ_INIT(&floor->due);
	/* those who were there are remembered for as many again */
	speakers_init(&floor->speakers, 2 * agents->settings->max);
}

static struct agents *new_agents(struct daemon *daemon,
				 const struct settings *settings)
{
	struct agents *agents = calloc(1, sizeof(*agents));

	if (!agents)
		err(1, "no memory");
	agents->daemon = daemon;
	agents->settings = settings->values;
	agents->files = config_section(daemon->config, &tls_section)->values;
	agents->turn = evtimer_new(daemon->base, on_turn, agents);
	agents->tell = evtimer_new(daemon->base, on_tell, agents);
	if (!agents->turn || !agents->tell)
		err(1, "no memory");
	init_floor(&agents->floor, agents);
	agents->left = turn_size(agents);
	agents->watch = (struct kernel_watch) {
		.object = &range_object, .told = on_range, .lost = on_lost,
		.arg = agents,
	};
	kernel_watch(daemon->kernel, &agents->watch);
	return agents;
}

static void *start(struct daemon *daemon, const struct settings *settings,
		   struct refusal *refusal)
{
	struct agents *agents = new_agents(daemon, settings);
	int fd;

	agents->context = tls_context(agents->files, TLS_SERVER, refusal);
	fd = agents->context ? listen_open(&agents->settings->listen, refusal) :
			       -1;
	if (fd < 0) {
		stop(agents);
		return NULL;
	}
	agents->listener = evconnlistener_new(daemon->base, on_connection,
					      agents, LEV_OPT_CLOSE_ON_FREE |
					      LEV_OPT_CLOSE_ON_EXEC, BACKLOG, fd);
	if (!agents->listener)
		err(1, "no memory");
	evconnlistener_set_error_cb(agents->listener, on_trouble);
	return agents;
}

/* Certificates run out and are replaced; connections that are there stay. */
static void renew(void *state)
{
	struct agents *agents = state;
	struct refusal refusal;
	SSL_CTX *context = tls_context(agents->files, TLS_SERVER, &refusal);

	if (!context) {
		log_error("agents: the certificate stays as it is: %s",
			  refusal.text);
		return;
	}
	SSL_CTX_free(agents->context);
	agents->context = context;
}

static json_t *age_of(const struct speaker *s)
{
	return s->told_ms ? json_integer(clock_ms() - s->told_ms) : json_null();
}

static void show_speaker(const struct speaker *s, void *arg)
{
	const char *peer = s->agent ? line_peer(s->agent->line) : NULL;
	json_t *shown;

	shown = json_pack("{s:s, s:s, s:s?, s:I, s:I, s:I, s:o, s:I, s:f}",
			  "for", s->who.name,
			  "state", s->agent ? "connected" : "gone",
			  "peer", peer, "reports", (json_int_t)s->reports,
			  "refused", (json_int_t)s->refused,
			  "sequence", (json_int_t)s->sequence,
			  "report_age_ms", age_of(s),
			  "connections", (json_int_t)s->connections,
			  "retransmits", s->retransmits / 10000.0);
	json_array_append_new(arg, shown);
}

static json_t *show(const void *state)
{
	const struct agents *agents = state;
	json_t *list = json_array();

	speakers_each(&agents->floor.speakers, show_speaker, list);
	return list;
}

static void metrics(const void *state, FILE *out)
{
	const struct agents *agents = state;
	const struct floor *floor = &agents->floor;
	const struct {
		const char *name;
		const char *help;
		double value;
	} all[] = {
		{ "portsteer_agents_connections",
		  "Connections, also those in their handshake.", floor->count },
		{ "portsteer_agents_connected",
		  "Agents that have said for whom they speak.", floor->greeted },
		{ "portsteer_agents_reports_total",
		  "Reports that the module has taken.", floor->taken },
		{ "portsteer_agents_refused_total",
		  "Connections and reports that were refused.",
		  floor->refused },
		{ "portsteer_agents_handshakes_failed_total",
		  "Connections that ended before their handshake was done.",
		  floor->failed },
		{ "portsteer_agents_turned_away_total",
		  "Connections above the maximum.", agents->turned_away },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		metric_begin(out, all[i].name, all[i].help);
		metric_value(out, all[i].name, NULL, all[i].value);
	}
}

static const struct setting settings[] = {
	{
		.key = "listen", .type = SETTING_LISTEN, .initial = "[::]:7443",
		.offset = offsetof(struct agents_settings, listen),
	}, {
		.key = "interval", .type = SETTING_TIME, .initial = "1s",
		.least = 100, .most = 60000,
		.offset = offsetof(struct agents_settings, interval),
	}, {
		.key = "silence", .type = SETTING_TIME, .initial = "15s",
		.least = 1000, .most = 3600000,
		.offset = offsetof(struct agents_settings, silence),
	}, {
		.key = "max", .type = SETTING_NUMBER, .initial = "20000",
		.least = 1, .most = 1000000,
		.offset = offsetof(struct agents_settings, max),
	}, {
		.key = "handshakes", .type = SETTING_NUMBER, .initial = "500",
		.least = 10, .most = 100000,
		.offset = offsetof(struct agents_settings, handshakes),
	},
	{ 0 }
};

static const char *check(const void *values)
{
	const struct agents_settings *s = values;

	return s->silence < 2 * s->interval ?
		"has a silence that is shorter than two intervals" : NULL;
}

static const struct section section = {
	.key = "agents",
	.size = sizeof(struct agents_settings),
	.settings = settings,
	.check = check,
};

const struct part agents_part = {
	.name = "agents",
	.section = &section,
	.needs = &tls_section,
	.start = start,
	.stop = stop,
	.renew = renew,
	.show = show,
	.metrics = metrics,
};

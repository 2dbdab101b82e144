// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scrape: servers whose machine has Prometheus' node_exporter, and not our agent.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "clock.h"
#include "node.h"
#include "part.h"
#include "probe.h"
#include "transfer.h"

#define ANSWER_MAX	(1024 * 1024)	/* bytes; usual are 100,000 */
#define STATUS_OK	200
#define SPEED_MAX	(1ull << 40)	/* bytes a second */

/**
 * struct scrape_setting - one entry of the section
 * @service: of the server
 * @server: whom it is about
 * @url: of the exporter
 * @interval: ms
 * @timeout: ms, for a whole answer
 * @speed: bytes a second, of network devices that don't say theirs
 */
struct scrape_setting {
	char *service;
	struct endpoint server;
	char *url;
	uint32_t interval;
	uint32_t timeout;
	uint64_t speed;
};

#define SETTING(key_, member_, type_) \
	.key = key_, .type = type_, \
	.offset = offsetof(struct scrape_setting, member_)

static const struct setting scrape_settings[] = {
	{ SETTING("service", service, SETTING_NAME), .required = true },
	{ SETTING("server", server, SETTING_LISTEN), .required = true },
	{ SETTING("url", url, SETTING_URL), .required = true },
	{ SETTING("interval", interval, SETTING_TIME), .initial = "2s",
	  .least = 200, .most = 600000 },
	{ SETTING("timeout", timeout, SETTING_TIME), .initial = "5s",
	  .least = 200, .most = 60000 },
	{ SETTING("speed", speed, SETTING_SIZE), .most = SPEED_MAX },
	{ 0 }
};

static const struct section scrape_section = {
	.key = "scrape",
	.size = sizeof(struct scrape_setting),
	.list = true,
	.settings = scrape_settings,
};

/**
 * struct target - one exporter
 * @probe: whose answers it gives
 * @transfers: to begin one with
 * @transfer: the one under way, or the next
 * @speed: bytes a second, of devices that don't say
 * @text: of the answer
 * @size: of @text
 * @too_long: the answer was cut
 * @before: the last look
 * @before_ms: when that was; 0: there was none
 */
struct target {
	struct probe probe;
	struct transfers *transfers;
	struct transfer transfer;
	double speed;
	char *text;
	size_t size;
	bool too_long;
	struct node before;
	uint64_t before_ms;
};

struct scrape {
	struct transfers *transfers;
	size_t count;
	struct target *targets;
};

static size_t keep_answer(char *data, size_t size, size_t count, void *arg)
{
	struct target *target = arg;
	char *text;

	size *= count;
	target->too_long = size > ANSWER_MAX - target->size;
	if (target->too_long)
		return 0;
	text = realloc(target->text, target->size + size);
	if (!text)
		return 0;
	memcpy(text + target->size, data, size);
	target->text = text;
	target->size += size;
	return size;
}

static void drop_answer(struct target *target)
{
	free(target->text);
	target->text = NULL;
	target->size = 0;
}

static void put_share(struct record *r, uint16_t attr, double share)
{
	if (share >= 0)
		record_set_number(r, attr, share * PSTEER_SCALE + 0.5);
}

/* How busy it was since the last look; the first one only begins. */
static void report_use(struct target *target, const struct node *now)
{
	uint64_t now_ms = clock_ms();
	double seconds = (now_ms - target->before_ms) / 1000.0;
	struct record report = { 0 };
	struct node_use use;

	node_compare(&target->before, now, seconds, target->speed, &use);
	if (!target->before_ms || use.cpu < 0) {
		probe_well(&target->probe);
	} else {
		put_share(&report, PSTEER_A_SERVER_CPU, use.cpu);
		put_share(&report, PSTEER_A_SERVER_MEMORY, use.memory);
		put_share(&report, PSTEER_A_SERVER_NETWORK, use.network);
		probe_report(&target->probe, &report);
	}
	record_clear(&report);
	target->before = *now;
	target->before_ms = now_ms;
}

static void take_answer(struct target *target)
{
	struct slice text = { .text = target->text, .len = target->size };
	const char *wrong;
	struct node now;
	long status;

	curl_easy_getinfo(target->transfer.handle, CURLINFO_RESPONSE_CODE,
			  &status);
	if (status != STATUS_OK) {
		probe_failed(&target->probe, PROBE_ANSWER,
			     "answers with status %ld", status);
		return;
	}
	wrong = node_read(text, &now);
	if (wrong)
		probe_failed(&target->probe, PROBE_ANSWER,
			     "gives an answer that %s", wrong);
	else
		report_use(target, &now);
}

static void answered(CURLcode result, void *arg)
{
	struct target *target = arg;
	struct probe *probe = &target->probe;

	if (target->too_long)
		probe_failed(probe, PROBE_SIZE,
			     "gives an answer of more than %d bytes",
			     ANSWER_MAX);
	else if (result == CURLE_OPERATION_TIMEDOUT)
		probe_failed(probe, PROBE_TIMEOUT, "gives no answer in time");
	else if (result)
		probe_failed(probe, PROBE_CONNECT, "cannot be asked: %s",
			     curl_easy_strerror(result));
	else
		take_answer(target);
	drop_answer(target);
}

static void ask(struct probe *probe)
{
	struct target *target = (struct target *)probe;

	target->too_long = false;
	if (!transfer_begin(target->transfers, &target->transfer))
		probe_failed(probe, PROBE_CONNECT, "cannot be asked: no memory");
}

static bool prepare_transfer(struct target *target,
			     const struct scrape_setting *setting)
{
	CURL *handle = curl_easy_init();

	if (!handle)
		return false;
	curl_easy_setopt(handle, CURLOPT_URL, setting->url);
	curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)setting->timeout);
	curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	/* The servers are near; the environment is of no concern. */
	curl_easy_setopt(handle, CURLOPT_PROXY, "");
	curl_easy_setopt(handle, CURLOPT_USERAGENT,
			 "portsteerd/" PORTSTEER_VERSION);
	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, keep_answer);
	curl_easy_setopt(handle, CURLOPT_WRITEDATA, target);
	target->transfer.handle = handle;
	target->transfer.done = answered;
	target->transfer.arg = target;
	return true;
}

static bool start_target(struct scrape *scrape, struct daemon *daemon,
			 const struct scrape_setting *setting)
{
	struct target *target = &scrape->targets[scrape->count++];

	target->probe.part = "scrape";
	target->probe.daemon = daemon;
	target->probe.ask = ask;
	target->transfers = scrape->transfers;
	target->speed = setting->speed;
	return prepare_transfer(target, setting) &&
	       probe_start(&target->probe, setting->service, &setting->server,
			   setting->url, setting->interval);
}

static void stop_target(struct target *target)
{
	probe_stop(&target->probe);
	if (target->transfer.handle) {
		transfer_abort(target->transfers, &target->transfer);
		curl_easy_cleanup(target->transfer.handle);
	}
	drop_answer(target);
}

static void stop_scrape(void *state)
{
	struct scrape *scrape = state;
	size_t i;

	for (i = 0; i < scrape->count; i++)
		stop_target(&scrape->targets[i]);
	if (scrape->transfers)
		transfers_close(scrape->transfers);
	free(scrape->targets);
	free(scrape);
}

static const struct probe *target_at(const void *state, size_t nr)
{
	const struct scrape *scrape = state;

	return nr < scrape->count ? &scrape->targets[nr].probe : NULL;
}

static bool start_targets(struct scrape *scrape, struct daemon *daemon,
			  const struct settings *settings)
{
	const struct scrape_setting *setting = settings->values;
	size_t i;

	scrape->transfers = transfers_open(daemon->base);
	scrape->targets = calloc(settings->count, sizeof(*scrape->targets));
	if (!scrape->transfers || !scrape->targets)
		return false;
	for (i = 0; i < settings->count; i++)
		if (!start_target(scrape, daemon, &setting[i]))
			return false;
	return true;
}

static void *start_scrape(struct daemon *daemon,
			  const struct settings *settings,
			  struct refusal *refusal)
{
	struct scrape *scrape = calloc(1, sizeof(*scrape));

	if (!scrape || !start_targets(scrape, daemon, settings))
		refusal_set(refusal, ENOMEM, "scrape: no memory");
	else if (probes_unlike(scrape, target_at, refusal))
		return scrape;
	if (scrape)
		stop_scrape(scrape);
	return NULL;
}

static json_t *show_scrape(const void *state)
{
	return probes_show(state, target_at);
}

static void put_metrics(const void *state, FILE *out)
{
	probes_metrics(out, "portsteer_scrape", state, target_at);
}

const struct part scrape_part = {
	.name = "scrape",
	.section = &scrape_section,
	.start = start_scrape,
	.stop = stop_scrape,
	.show = show_scrape,
	.metrics = put_metrics,
};

// SPDX-License-Identifier: GPL-2.0-or-later
/* A connection of an agent: for whom it speaks, and what it has to say. */
#include "agent.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "clock.h"
#include "identity.h"
#include "log.h"

#define VERSION	1	/* of the protocol */

/* What was wrong last; the link copies it. */
static char why[WHY_MAX];

__attribute__((__format__(printf, 1, 2)))
static const char *complain(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, sizeof(why), format, ap);
	va_end(ap);
	return why;
}

/**
 * agent_new() - a connection that has nothing said yet
 */
struct agent *agent_new(struct floor *floor)
{
	struct agent *agent = calloc(1, sizeof(*agent));

	if (!agent)
		err(1, "no memory");
	agent->floor = floor;
	TAILQ_INSERT_TAIL(&floor->agents, agent, links);
	floor->count++;
	return agent;
}

static void leave(struct floor *floor, struct speaker *speaker)
{
	if (speaker->due)
		TAILQ_REMOVE(&floor->due, speaker, due_links);
	speaker->due = false;
	speaker_leave(&floor->speakers, speaker);
}

/* It does not speak for anybody any more. */
static void fall_silent(struct agent *agent)
{
	size_t i;

	for (i = 0; i < agent->count; i++)
		leave(agent->floor, agent->speakers[i]);
	agent->floor->greeted -= !!agent->count;
	agent->count = 0;
}

/**
 * agent_free() - it is gone
 */
void agent_free(struct agent *agent)
{
	fall_silent(agent);
	TAILQ_REMOVE(&agent->floor->agents, agent, links);
	agent->floor->count--;
	free(agent);
}

/* For one of them a newer connection speaks, so it is out of date altogether. */
static void supersede(struct agent *old, const char *name)
{
	fall_silent(old);
	line_close(old->line, complain("a newer connection speaks for %s", name));
}

static const char *take_name(struct agent *agent, const struct who *who)
{
	struct floor *floor = agent->floor;
	struct speaker *speaker;

	if (!identity_is(line_certificate(agent->line), who->role, who->plain))
		return complain("the certificate does not allow to speak for %s",
				who->name);
	if (agent->count == SPEAKS_MAX)
		return complain("an agent may speak for %d at most", SPEAKS_MAX);
	speaker = speakers_get(&floor->speakers, who);
	if (speaker->agent == agent)
		return complain("%s is said twice", who->name);
	if (speaker->agent)
		supersede(speaker->agent, who->name);
	speaker_take(&floor->speakers, speaker, agent);
	agent->speakers[agent->count++] = speaker;
	return NULL;
}

/* Its ranges are told without a name, so there can be one VM only. */
static const char *check_vms(const struct agent *agent)
{
	unsigned int vms = 0;
	size_t i;

	for (i = 0; i < agent->count; i++)
		vms += agent->speakers[i]->who.role == ROLE_OF_VM;
	return vms > 1 ? complain("an agent may speak for one VM at most") :
			 NULL;
}

static const char *take_names(struct agent *agent, const json_t *names)
{
	const char *wrong;
	const char *text;
	struct who who;
	json_t *name;
	size_t i;

	json_array_foreach(names, i, name) {
		text = json_string_value(name);
		if (!text)
			return complain("speaks_for has something that is no text");
		wrong = who_read(text, &who, why);
		if (!wrong)
			wrong = take_name(agent, &who);
		if (wrong)
			return wrong;
	}
	return agent->count ? check_vms(agent) :
			      complain("speaks_for is missing, or an empty list");
}

/* The number it is to go on from, so that what was said once stays unheard. */
static uint64_t last_sequence(const struct agent *agent)
{
	uint64_t last = 0;
	size_t i;

	for (i = 0; i < agent->count; i++)
		if (agent->speakers[i]->sequence > last)
			last = agent->speakers[i]->sequence;
	return last;
}

static void welcome(struct agent *agent)
{
	size_t i;

	line_send(agent->line,
		  json_pack("{s:s, s:i, s:I, s:I}", "type", "welcome", "version",
			    VERSION, "interval_ms",
			    (json_int_t)agent->floor->interval_ms, "sequence",
			    (json_int_t)last_sequence(agent)));
	for (i = 0; i < agent->count; i++)
		if (agent->speakers[i]->who.role == ROLE_OF_VM)
			agent_due(agent->floor, agent->speakers[i]);
}

static const char *hear_hello(struct agent *agent, json_t *message)
{
	static const char *const known[] = {
		"type", "version", "speaks_for", NULL
	};
	json_t *version = json_object_get(message, "version");
	const char *wrong = members_check(message, known, why);

	if (wrong)
		return wrong;
	if (agent->count)
		return complain("hello was said before");
	if (!json_is_integer(version) || json_integer_value(version) != VERSION)
		return complain("version %d is spoken here", VERSION);
	wrong = take_names(agent, json_object_get(message, "speaks_for"));
	if (wrong) {
		agent->floor->greeted += !!agent->count;
		fall_silent(agent);
		return wrong;
	}
	agent->floor->greeted++;
	welcome(agent);
	return NULL;
}

static struct speaker *find_speaker(const struct agent *agent, const char *name)
{
	size_t i;

	for (i = 0; i < agent->count; i++)
		if (!strcmp(agent->speakers[i]->who.name, name))
			return agent->speakers[i];
	return NULL;
}

/* Return: whether the module has taken it. */
static bool tell_module(struct floor *floor, struct report *report,
			struct refusal *refusal)
{
	if (report->who.role == ROLE_OF_SERVER)
		return servers_report(floor->servers, &report->who.address,
				      &report->record, refusal);
	record_set_text(&report->record, PSTEER_A_VM_NAME, report->who.plain);
	return !kernel_do(floor->kernel, &vm_object, PSTEER_CMD_VM_REPORT,
			  ROLE_REPORT, &report->record, refusal);
}

/* The module may not know it yet, which is nothing that its agent can help. */
static void pass_on(struct agent *agent, struct speaker *speaker,
		    struct report *report)
{
	struct floor *floor = agent->floor;
	struct refusal refusal;

	speaker->sequence = report->sequence;
	speaker->told_ms = clock_ms();
	speaker->retransmits = report->retransmits;
	speaker->connections = report->connections;
	if (tell_module(floor, report, &refusal)) {
		speaker->reports++;
		floor->taken++;
		return;
	}
	speaker->refused++;
	floor->refused++;
	if (kernel_loaded(floor->kernel) && speaker_complains(speaker))
		log_warning("a report of %s is of no use: %s",
			    speaker->who.name, refusal.text);
}

static const char *take_report(struct agent *agent, struct report *report)
{
	struct speaker *speaker = find_speaker(agent, report->who.name);

	if (!speaker)
		return complain("hello did not say %s", report->who.name);
	if (report->sequence <= speaker->sequence)
		return complain("sequence %" PRIu64 " is not above %" PRIu64,
				report->sequence, speaker->sequence);
	if (!speaker_paces(speaker, agent->floor->interval_ms))
		return complain("reports come faster than each %u ms",
				agent->floor->interval_ms);
	pass_on(agent, speaker, report);
	return NULL;
}

static const char *hear_report(struct agent *agent, json_t *message)
{
	struct report report = { 0 };
	const char *wrong;

	if (!agent->count)
		return complain("hello comes first");
	wrong = report_read(message, &report, why);
	if (!wrong)
		wrong = take_report(agent, &report);
	record_clear(&report.record);
	return wrong;
}

/**
 * agent_hear() - a message has come
 *
 * Return: NULL, or why it is refused.
 */
const char *agent_hear(struct agent *agent, json_t *message)
{
	const char *type = json_string_value(json_object_get(message, "type"));

	if (type && !strcmp(type, "report"))
		return hear_report(agent, message);
	if (type && !strcmp(type, "hello"))
		return hear_hello(agent, message);
	return complain("type must be hello or report");
}

/**
 * agent_due() - have a VM's agent told its ranges
 */
void agent_due(struct floor *floor, struct speaker *speaker)
{
	if (speaker->due || !speaker->agent)
		return;
	speaker->due = true;
	TAILQ_INSERT_TAIL(&floor->due, speaker, due_links);
	floor->tell(floor->arg);
}

static void on_ready(struct line *line, void *arg)
{
	struct agent *agent = arg;

	(void)line;
	agent->ready = true;
}

static const char *on_message(struct line *line, json_t *message, void *arg)
{
	const char *wrong = agent_hear(arg, message);
	struct agent *agent = arg;

	(void)line;
	agent->refused = wrong;
	agent->floor->refused += agent->refused;
	return wrong;
}

/* Who the certificate says it is, known from then on; NULL: nobody. */
static struct speaker *speaker_of(struct agent *agent)
{
	X509 *certificate = line_certificate(agent->line);
	char *vm = identity_name(certificate, ROLE_OF_VM);
	char *server = vm ? NULL : identity_name(certificate, ROLE_OF_SERVER);
	struct speaker *speaker = NULL;
	char name[SPEAKER_MAX + 8];
	char unsaid[WHY_MAX];
	struct who who;

	snprintf(name, sizeof(name), vm ? "vm:%.*s" : "server:%.*s",
		 SPEAKER_MAX, vm ? vm : server ? server : "");
	if (!who_read(name, &who, unsaid))
		speaker = speakers_get(&agent->floor->speakers, &who);
	free(server);
	free(vm);
	return speaker;
}

/* Each identity has its own limit, or one would silence the others. */
static void say_refused(struct agent *agent, const char *reason)
{
	struct speaker *speaker = speaker_of(agent);

	if (!speaker)
		log_warning("agent of nobody at %s: %s", line_peer(agent->line),
			    reason);
	else if (speaker_complains(speaker))
		log_warning("agent of %s at %s: %s", speaker->who.name,
			    line_peer(agent->line), reason);
}

static void on_closed(struct line *line, const char *reason, void *arg)
{
	struct agent *agent = arg;

	if (!agent->ready) {
		agent->floor->failed++;
		log_warning("no agent: %s: %s", line_peer(line), reason);
	} else if (agent->refused) {
		say_refused(agent, reason);
	} else if (agent->count) {
		log_notice("agent of %s at %s is gone: %s",
			   agent->speakers[0]->who.name, line_peer(line),
			   reason);
	}
	agent_free(agent);
}

const struct line_use agent_use = {
	.ready = on_ready,
	.message = on_message,
	.closed = on_closed,
};

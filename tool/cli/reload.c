// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reload: another module in the place of the one that is loaded, and all that this
 * had, in every network namespace; or this one again.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"
#include "output.h"
#include "reload_gate.h"
#include "reload_lock.h"
#include "reload_module.h"
#include "reload_place.h"
#include "save.h"
#include "version.h"

/* Kept by the package as it replaces what is installed. */
#define KEPT_FILE	RUN_DIR "/portsteer.ko"

/* Its own words travel nowhere. */
enum {
	RELOAD_FILE = 1,
	RELOAD_OLD,
};

/**
 * struct reload - all about one
 * @next: the module that is to be loaded
 * @before: that of now, the way back
 * @places: where there is something
 * @from: version of the module of now
 * @to: version of the one that was loaded
 * @closed_ms: for how long the gates were closed
 * @refusal: what was said last of why something could not be done
 */
struct reload {
	struct module_file next;
	struct module_file before;
	struct places places;
	char from[VERSION_MAX];
	char to[VERSION_MAX];
	int64_t closed_ms;
	struct refusal refusal;
};

#define EACH_PLACE(place, r) \
	for (place = (r)->places.list; \
	     place < (r)->places.list + (r)->places.count; place++)

__attribute__((__format__(printf, 2, 3)))
static bool fail(struct reload *r, const char *format, ...)
{
	char text[REFUSAL_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	refusal_set(&r->refusal, EINVAL, text);
	return false;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

/* A reload that is broken off in the middle would be half a one. */
static void ignore_signals(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Is what is installed, or at a path, the module that is loaded? */
static bool is_way_back(struct reload *r, const char *path)
{
	if (!module_file_open(&r->before, path, &r->refusal) &&
	    r->before.running)
		return true;
	module_file_close(&r->before);
	return false;
}

/* The module as it was, if anything goes wrong: what was given, installed or kept. */
static bool find_way_back(struct reload *r, const char *old)
{
	if (old && module_file_open(&r->before, old, &r->refusal))
		return false;
	if (old && !r->before.running)
		return fail(r, "%s is not the module that is loaded", old);
	if (old || is_way_back(r, NULL) || is_way_back(r, KEPT_FILE))
		return true;
	return r->next.running || fail(r, "the file of the module that is loaded is not installed any more, which would be the way back: say where it is (old FILE)");
}

static bool find_files(struct reload *r, const struct record *wanted)
{
	const char *path = NULL, *old = NULL;

	if (record_has(wanted, RELOAD_FILE))
		path = record_text(wanted, RELOAD_FILE);
	if (record_has(wanted, RELOAD_OLD))
		old = record_text(wanted, RELOAD_OLD);
	return !module_file_open(&r->next, path, &r->refusal) &&
	       find_way_back(r, old);
}

/* A socket to the module that is loaded, in the namespace that we are in. */
static bool open_module(struct reload *r, struct netlink *nl)
{
	if (!netlink_connect(nl) && !netlink_understand(nl))
		return true;
	r->refusal = nl->refusal;
	netlink_close(nl);
	return false;
}

/* Look at everything that can be looked at without changing anything. */
static bool prepare(struct reload *r, const struct record *wanted)
{
	struct netlink nl;
	bool found;

	if (reload_lock_take(&r->refusal) || !open_module(r, &nl))
		return false;
	version_of_module(&nl, r->from);
	found = !places_find(&nl, &r->places, &r->refusal);
	netlink_close(&nl);
	return found && find_files(r, wanted);
}

static bool close_gate(struct reload *r, struct place *place)
{
	struct netlink nl;

	if (!place_enter(place, &r->refusal) || !open_module(r, &nl))
		return false;
	place->closed = gate_close(&nl);
	netlink_close(&nl);
	return place->closed ||
	       fail(r, "the gate of network namespace \"%s\" cannot be closed, which takes nft(8)",
		    place->name);
}

/* To a file, which outlives us. */
static bool write_state(struct reload *r, const struct place *place)
{
	int fd = open(place->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		      0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	struct netlink nl;
	bool torn;
	int ret;

	if (!file)
		return fail(r, "%s cannot be written: %s", place->file,
			    strerror(errno));
	if (!open_module(r, &nl)) {
		fclose(file);
		return false;
	}
	ret = save_write(&nl, file, true);
	if (ret)
		fail(r, "network namespace \"%s\" cannot be saved: %s",
		     place->name, command_sentence(&nl.refusal));
	netlink_close(&nl);
	torn = ferror(file);
	torn |= fclose(file);
	if (torn && !ret)
		return fail(r, "%s cannot be written: %s", place->file,
			    strerror(errno));
	return !ret;
}

static bool read_state(struct reload *r, struct place *place)
{
	FILE *file = fopen(place->file, "re");
	bool good;

	if (!file)
		return fail(r, "%s cannot be read: %s", place->file,
			    strerror(errno));
	good = script_read(&place->script, file, place->file);
	fclose(file);
	return good || fail(r, "what was saved of network namespace \"%s\" makes no sense",
			    place->name);
}

static bool keep(struct reload *r, struct place *place)
{
	if (asprintf(&place->file, RUN_DIR "/reload-%u.state",
		     place->number) < 0)
		err(1, "no memory");
	return place_enter(place, &r->refusal) && write_state(r, place) &&
	       read_state(r, place);
}

/* All gates first: a session of one namespace may go through another. */
static bool keep_all(struct reload *r)
{
	struct place *place;

	EACH_PLACE(place, r)
		if (!close_gate(r, place))
			return false;
	EACH_PLACE(place, r)
		if (!keep(r, place))
			return false;
	return true;
}

static bool bring_back(struct reload *r, struct place *place)
{
	struct netlink nl;

	if (!place_enter(place, &r->refusal) || !open_module(r, &nl))
		return false;
	place->whole = script_apply(&nl, &place->script) == DONE;
	netlink_close(&nl);
	return place->whole ||
	       fail(r, "the module refuses what network namespace \"%s\" had",
		    place->name);
}

static bool unload(struct reload *r)
{
	struct place *place;

	if (module_unload(&r->refusal))
		return false;
	EACH_PLACE(place, r)
		place->whole = false;
	return true;
}

static bool load_next(struct reload *r)
{
	struct place *place;
	struct netlink nl;

	if (module_file_load(&r->next, &r->refusal) || !open_module(r, &nl))
		return false;
	version_of_module(&nl, r->to);
	netlink_close(&nl);
	EACH_PLACE(place, r)
		if (!bring_back(r, place))
			return false;
	return true;
}

/* As far as it goes; what goes wrong here is told when all is over. */
static void go_back(struct reload *r)
{
	const struct refusal why = r->refusal;
	struct place *place;

	(void)unload(r);
	if (!module_file_load(r->before.module ? &r->before : &r->next,
			      &r->refusal))
		EACH_PLACE(place, r)
			(void)bring_back(r, place);
	r->refusal = why;
}

/* A namespace that has not got back what it had keeps its packets out. */
static bool finish(struct reload *r, const struct args *a)
{
	struct place *place;
	bool whole = true;

	EACH_PLACE(place, r) {
		if (!place->whole) {
			args_say(a, "network namespace \"%s\" has lost what is in %s, and its gate stays closed (nft delete table " GATE_TABLE ")",
				 place->name, place->file);
			whole = false;
			continue;
		}
		if (place->closed && (!place_enter(place, &r->refusal) ||
				      !gate_open())) {
			args_say(a, "the gate of network namespace \"%s\" stays closed (nft delete table " GATE_TABLE ")",
				 place->name);
			whole = false;
		}
		if (place->file)
			unlink(place->file);
	}
	return whole;
}

static size_t count_sessions(const struct reload *r)
{
	const struct place *place;
	size_t sessions = 0;
	size_t i;

	EACH_PLACE(place, r)
		for (i = 0; i < place->script.count; i++)
			sessions += place->script.steps[i].object ==
				    &session_object;
	return sessions;
}

static void tell(const struct reload *r)
{
	struct output out = { .json = true };

	if (!options.json) {
		printf("from %s to %s namespaces %zu sessions %zu closed %lldms\n",
		       r->from, r->to, r->places.count, count_sessions(r),
		       (long long)r->closed_ms);
		return;
	}
	output_object(&out, json_pack("{s:s, s:s, s:I, s:I, s:I}",
				      "from", r->from, "to", r->to,
				      "namespaces", (json_int_t)r->places.count,
				      "sessions", (json_int_t)count_sessions(r),
				      "closed_ms", (json_int_t)r->closed_ms));
	output_close(&out);
}

static int reload(struct reload *r, const struct args *a)
{
	const char *outcome = "nothing was changed";
	bool done = false;
	bool whole;

	ignore_signals();
	r->closed_ms = now_ms();
	if (keep_all(r) && unload(r)) {
		done = load_next(r);
		if (!done)
			go_back(r);
		outcome = "the module of before is back";
	}
	whole = finish(r, a);
	r->closed_ms = now_ms() - r->closed_ms;
	if (done)
		tell(r);
	else
		args_say(a, "%s: %s", r->refusal.text,
			 whole ? outcome : "not all could be brought back");
	return done && whole ? DONE : REFUSED;
}

static int reload_run(const struct object *o, const struct verb *v,
		      const struct args *a)
{
	struct record wanted = { 0 };
	struct reload r = { 0 };
	int ret = MISUSED;

	if (args_read(a, o, v, &wanted)) {
		ret = REFUSED;
		if (prepare(&r, &wanted))
			ret = reload(&r, a);
		else
			args_say(a, "%s", command_sentence(&r.refusal));
	}
	module_file_close(&r.next);
	module_file_close(&r.before);
	places_free(&r.places);
	record_clear(&wanted);
	return ret;
}

static const struct verb reload_verbs[] = {
	{ .role = ROLE_LOAD, .run = reload_run },
	{ 0 }
};

static const struct field reload_fields[] = {
	{
		.keyword = "file", .attr = RELOAD_FILE, .type = &type_path,
		.takes = ROLE_LOAD, .plain = ROLE_LOAD, .metavar = "MODULE.ko",
	}, {
		.keyword = "old", .attr = RELOAD_OLD, .type = &type_path,
		.takes = ROLE_LOAD,
	},
	{ 0 }
};

const struct object reload_object = {
	.word = "reload",
	.about = "load the module anew, or another, under live sessions",
	.fields = reload_fields,
	.verbs = reload_verbs,
};

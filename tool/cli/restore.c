// SPDX-License-Identifier: GPL-2.0-or-later
/* restore: read commands, check all, do all or leave things as they were. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "objects.h"
#include "undo.h"

#define BLANK	" \t\r\n"

/**
 * struct script - the commands of a file
 * @file: its name, for complaints
 * @changes: the commands
 * @count: number of them
 * @bad: whether a line made no sense
 */
struct script {
	const char *file;
	struct change *changes;
	size_t count;
	bool bad;
};

/* Cut a line into words, up to a comment. They are valid like the line. */
static int split_line(char *line, char ***words)
{
	char *rest = line;
	int count = 0;
	char *word;

	*words = NULL;
	while ((word = strtok_r(rest, BLANK, &rest)) && *word != '#') {
		*words = reallocarray(*words, count + 1, sizeof(**words));
		if (!*words)
			err(1, "no memory");
		(*words)[count++] = word;
	}
	return count;
}

static bool read_command(struct change *c, struct args *a)
{
	const struct object *o = object_take(a);
	const struct verb *v;

	if (!o) {
		args_say(a, "\"%s\" is no object", a->words[0]);
		return false;
	}
	v = args_verb(a, o);
	if (!v)
		return false;
	if (!v->restorable) {
		args_say(a, "\"%s%s%s\" is no command for a file: config set, model load, zone distance, add or set only",
			 o->word, v->word ? " " : "", v->word ? v->word : "");
		return false;
	}
	return change_read(c, o, v, a);
}

static void add_line(struct script *s, char *line, unsigned int number)
{
	struct args a = { .file = s->file, .line = number };
	char **words;

	a.count = split_line(line, &words);
	a.words = words;
	if (a.count) {
		s->changes = reallocarray(s->changes, s->count + 1,
					  sizeof(*s->changes));
		if (!s->changes)
			err(1, "no memory");
		memset(&s->changes[s->count], 0, sizeof(*s->changes));
		if (!read_command(&s->changes[s->count], &a))
			s->bad = true;
		s->count++;
	}
	free(words);
}

static bool read_script(struct script *s, FILE *in)
{
	unsigned int number = 0;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, in) >= 0)
		add_line(s, line, ++number);
	free(line);
	if (ferror(in)) {
		fprintf(stderr, "portsteer: cannot read %s: %s\n", s->file,
			strerror(errno));
		s->bad = true;
	}
	return !s->bad;
}

static void free_script(struct script *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		record_clear(&s->changes[i].record);
	free(s->changes);
}

/* Take back what was done, the last first. */
static void undo_changes(struct netlink *nl, struct change *undo, size_t done)
{
	bool whole = true;

	while (done--)
		if (undo[done].verb)
			whole &= !change_apply(nl, &undo[done]);
	if (!whole)
		fputs("portsteer: some of what was done before could not be undone\n",
		      stderr);
}

static int apply_script(struct netlink *nl, const struct script *s)
{
	struct change *undo = calloc(s->count ? s->count : 1, sizeof(*undo));
	int ret = DONE;
	size_t done;
	size_t i;

	if (!undo)
		err(1, "no memory");
	for (done = 0; done < s->count; done++) {
		ret = undo_prepare(nl, &s->changes[done], &undo[done]);
		if (!ret)
			ret = change_apply(nl, &s->changes[done]);
		if (ret)
			break;
	}
	if (ret)
		undo_changes(nl, undo, done);
	for (i = 0; i < s->count; i++)
		record_clear(&undo[i].record);
	free(undo);
	return ret;
}

static int restore_from(FILE *in, const char *file, const struct args *a)
{
	struct script s = { .file = file };
	struct netlink nl;
	int ret = MISUSED;

	if (read_script(&s, in)) {
		ret = command_open(a, &nl);
		if (!ret) {
			ret = apply_script(&nl, &s);
			netlink_close(&nl);
		}
	}
	free_script(&s);
	return ret;
}

static int restore_run(const struct object *o, const struct verb *v,
		       const struct args *a)
{
	FILE *in;
	int ret;

	(void)v;
	if (a->count > 1) {
		args_say(a, "\"%s\" is too much for %s", a->words[1], o->word);
		return MISUSED;
	}
	if (!a->count)
		return restore_from(stdin, "<stdin>", a);
	in = fopen(a->words[0], "re");
	if (!in) {
		args_say(a, "cannot open %s: %s", a->words[0], strerror(errno));
		return MISUSED;
	}
	ret = restore_from(in, a->words[0], a);
	fclose(in);
	return ret;
}

static const struct verb restore_verbs[] = {
	{ .usage = "[FILE]", .run = restore_run },
	{ 0 }
};

static const struct field no_fields[] = { { 0 } };

const struct object restore_object = {
	.word = "restore",
	.about = "carry out the commands of a file, all or none",
	.fields = no_fields,
	.verbs = restore_verbs,
};

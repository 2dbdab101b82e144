// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of commands: read them, check all, do all or leave things as they were. */
#include "script.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objects.h"
#include "undo.h"

#define BLANK	" \t\r\n"

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

/**
 * script_read() - read and check commands
 * @s: filled, to be freed in any case
 * @in: where from
 * @file: its name, for complaints; stays valid as long as the script
 *
 * Return: whether all make sense; if not, the reasons were said.
 */
bool script_read(struct script *s, FILE *in, const char *file)
{
	unsigned int number = 0;
	char *line = NULL;
	size_t size = 0;

	*s = (struct script) { .file = file };
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

/**
 * script_free() - forget what was read
 */
void script_free(struct script *s)
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

/**
 * script_apply() - carry out the commands in order; if one is refused, that is said
 *	and what was done before it is taken back
 *
 * Return: an exit status.
 */
int script_apply(struct netlink *nl, const struct script *s)
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

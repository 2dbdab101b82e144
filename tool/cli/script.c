// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of commands: read them, check all, do all or leave things as they were. */
#include "script.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "objects.h"
#include "undo.h"

#define BLANK	" \t\r"
#define TEXT_LEAST	4096

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

/* Read the command of a step; what was read is the caller's to clear. */
static bool read_step(const struct script *s, const struct step *step,
		      struct change *c)
{
	struct args a = { .file = s->file, .line = step->line };
	const char *text = s->text + step->begin;
	char *line = strndup(text, strcspn(text, "\n"));
	char **words;
	bool good;

	if (!line)
		err(1, "no memory");
	*c = (struct change) { 0 };
	a.count = split_line(line, &words);
	a.words = words;
	good = read_command(c, &a);
	free(words);
	free(line);
	return good;
}

static void add_line(struct script *s, size_t begin, unsigned int number)
{
	struct step step = { .begin = begin, .line = number };
	const char *text = s->text + begin;
	struct change c;

	if (strchr("\n#", text[strspn(text, BLANK)]))
		return;
	s->bad |= !read_step(s, &step, &c);
	step.object = c.object;
	record_clear(&c.record);
	s->steps = grow(s->steps, s->count, sizeof(*s->steps));
	s->steps[s->count++] = step;
}

/* All of a file, and a NUL behind it. */
static char *read_text(FILE *in, size_t *size)
{
	size_t room = TEXT_LEAST;
	char *text = NULL;

	*size = 0;
	do {
		room *= 2;
		text = realloc(text, room);
		if (!text)
			err(1, "no memory");
		*size += fread(text + *size, 1, room - 1 - *size, in);
	} while (*size == room - 1);
	text[*size] = '\0';
	return text;
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
	size_t begin = 0, size;
	struct args place = { .file = file };

	*s = (struct script) { .file = file, .text = read_text(in, &size) };
	if (ferror(in)) {
		fprintf(stderr, "portsteer: cannot read %s: %s\n", s->file,
			strerror(errno));
		s->bad = true;
	}
	while (s->text[begin]) {
		add_line(s, begin, ++place.line);
		begin += strcspn(s->text + begin, "\n");
		begin += s->text[begin] == '\n';
	}
	if (begin < size) {
		place.line += !begin || s->text[begin - 1] == '\n';
		args_say(&place, "a NUL, which no text has");
		s->bad = true;
	}
	return !s->bad;
}

/**
 * script_free() - forget what was read
 */
void script_free(struct script *s)
{
	free(s->steps);
	free(s->text);
}

/* Take a step back by what was kept of before; without that by what it says. */
static int undo_step(struct netlink *nl, const struct script *s, size_t nr,
		     const struct change *kept)
{
	struct change c, undo = { 0 };
	int ret = REFUSED;

	if (kept)
		return change_apply(nl, kept);
	if (read_step(s, &s->steps[nr], &c))
		ret = undo_prepare(nl, &c, &undo);
	if (!ret && undo.verb)
		ret = change_apply(nl, &undo);
	record_clear(&undo.record);
	record_clear(&c.record);
	return ret;
}

/* Take back what was done, the last first. */
static void undo_steps(struct netlink *nl, const struct script *s,
		       struct change **kept, size_t done)
{
	bool whole = true;

	while (done--)
		whole &= !undo_step(nl, s, done, kept[done]);
	if (!whole)
		fputs("portsteer: some of what was done before could not be undone\n",
		      stderr);
}

static void forget(struct change *kept)
{
	if (kept)
		record_clear(&kept->record);
	free(kept);
}

/* Carry a step out; what it takes the place of is kept, if it does that. */
static int apply_step(struct netlink *nl, const struct script *s,
		      const struct step *step, struct change **kept)
{
	int ret = REFUSED;
	struct change c;

	if (read_step(s, step, &c)) {
		ret = DONE;
		if (!undo_follows(&c)) {
			*kept = calloc(1, sizeof(**kept));
			if (!*kept)
				err(1, "no memory");
			ret = undo_prepare(nl, &c, *kept);
		}
		if (!ret)
			ret = change_apply(nl, &c);
	}
	record_clear(&c.record);
	return ret;
}

/**
 * script_apply() - carry out the commands in order; if one is refused, that is said
 *	and what was done before it is taken back
 *
 * Return: an exit status.
 */
int script_apply(struct netlink *nl, const struct script *s)
{
	struct change **kept = calloc(s->count ? s->count : 1, sizeof(*kept));
	int ret = DONE;
	size_t done;
	size_t i;

	if (!kept)
		err(1, "no memory");
	for (done = 0; done < s->count; done++) {
		ret = apply_step(nl, s, &s->steps[done], &kept[done]);
		if (ret)
			break;
	}
	if (ret)
		undo_steps(nl, s, kept, done);
	for (i = 0; i < s->count; i++)
		forget(kept[i]);
	free(kept);
	return ret;
}

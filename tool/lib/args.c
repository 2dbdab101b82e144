// SPDX-License-Identifier: GPL-2.0-or-later
/* Words of a command -> record, by the object's field table. */
#include "args.h"

#include <stdarg.h>
#include <string.h>

#include "format.h"

#define USAGE_COLUMNS	79
#define LIST_MAX	512

/**
 * args_say() - one sentence about the words, on standard error
 */
void args_say(const struct args *a, const char *format, ...)
{
	va_list ap;

	if (a->file)
		fprintf(stderr, "%s:%u: ", a->file, a->line);
	else
		fputs("portsteer: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* What stands for the value of a field in usage text, "" if it has none. */
static const char *metavar(const struct field *f, char *buf, int size)
{
	if (f->metavar)
		return f->metavar;
	if (f->type->metavar)
		return f->type->metavar;
	*buf = '\0';
	if (f->names)
		names_list(f->names, "|", buf, size);
	return buf;
}

/* The syntax of a field: "block N", or "ADDR" where the value stands alone. */
static const char *syntax(const struct field *f, unsigned int role, char *buf,
			  int size)
{
	char value[LIST_MAX];
	const char *var = metavar(f, value, sizeof(value));

	if (f->plain & role)
		snprintf(buf, size, "%s", var);
	else
		snprintf(buf, size, "%s%s%s", f->keyword, *var ? " " : "", var);
	return buf;
}

static const struct field *find_keyword(const struct object *o,
					unsigned int role, const char *word)
{
	const struct field *f;

	for (f = o->fields; f->keyword; f++)
		if ((f->takes & role) && !strcmp(f->keyword, word))
			return f;
	return NULL;
}

/*
 * The next field whose value may stand alone and is not there yet; if
 * @needed, one that has to come.
 */
static const struct field *next_plain(const struct object *o,
				      unsigned int role, bool needed,
				      const struct record *r)
{
	const struct field *f;

	for (f = o->fields; f->keyword; f++)
		if ((f->takes & f->plain & role) &&
		    (!needed || (f->needs & role)) && !field_given(f, r))
			return f;
	return NULL;
}

static bool given_in_part(const struct field *f, const struct record *r)
{
	return record_has(r, f->attr) || (f->attr2 && record_has(r, f->attr2));
}

static void list_keywords(const struct object *o, unsigned int role, char *buf,
			  int size)
{
	const struct field *f;
	int len = 0;

	*buf = '\0';
	for (f = o->fields; f->keyword && len < size; f++)
		if ((f->takes & role) && !(f->plain & role))
			len += snprintf(buf + len, size - len, "%s%s",
					len ? ", " : "", f->keyword);
}

static bool say_unknown(const struct args *a, const struct object *o,
			const struct verb *v, const char *word)
{
	const char *verb = v->word ? v->word : "";
	char list[LIST_MAX];

	list_keywords(o, v->role, list, sizeof(list));
	if (*list)
		args_say(a, "\"%s\" is unknown, %s%s%s takes: %s", word,
			 o->word, *verb ? " " : "", verb, list);
	else
		args_say(a, "\"%s\" is too much for %s%s%s", word, o->word,
			 *verb ? " " : "", verb);
	return false;
}

static bool read_value(const struct args *a, const struct field *f,
		       const char *word, struct record *r)
{
	char list[LIST_MAX];
	const char *wrong;

	if (given_in_part(f, r)) {
		args_say(a, "%s is given twice", f->keyword);
		return false;
	}
	wrong = f->type->parse(f, word, r);
	if (!wrong)
		return true;
	*list = '\0';
	if (f->names)
		names_list(f->names, ", ", list, sizeof(list));
	args_say(a, "%s \"%s\" %s%s%s", f->keyword, word, wrong,
		 *list ? " " : "", list);
	return false;
}

/* Whether there is more in a command than the name of an object. */
static bool says_something(const struct object *o, const struct verb *v,
			   const struct record *r)
{
	const struct field *f;

	for (f = o->fields; f->keyword; f++)
		if ((f->takes & ~f->plain & v->role) && field_given(f, r))
			return true;
	return false;
}

static bool check_needs(const struct args *a, const struct object *o,
			const struct verb *v, const struct record *r)
{
	const struct field *f;
	char buf[LIST_MAX];

	for (f = o->fields; f->keyword; f++) {
		if (!(f->needs & v->role) || field_given(f, r))
			continue;
		args_say(a, "%s%s%s needs %s", o->word, v->word ? " " : "",
			 v->word ? v->word : "",
			 syntax(f, v->role, buf, sizeof(buf)));
		return false;
	}
	if (!(v->role & (ROLE_SET | ROLE_REPORT)) || says_something(o, v, r))
		return true;
	list_keywords(o, v->role, buf, sizeof(buf));
	args_say(a, "%s %s needs at least one of: %s", o->word, v->word, buf);
	return false;
}

/* The field at the next words; takes its keyword off, if there is one. */
static const struct field *take_field(struct args *a, const struct object *o,
				      const struct verb *v,
				      const struct record *r)
{
	const struct field *f;

	/* a name that has to come now may look like a keyword */
	f = next_plain(o, v->role, true, r);
	if (f)
		return f;
	f = find_keyword(o, v->role, a->words[0]);
	if (f) {
		a->count--;
		a->words++;
		return f;
	}
	return next_plain(o, v->role, false, r);
}

/**
 * args_read() - read the words of a command
 * @args: the words after the verb
 * @o: the object
 * @v: the verb
 * @r: an empty record; filled, also in part on failure
 *
 * Return: whether the words make a command; if not, the reason was said.
 */
bool args_read(const struct args *args, const struct object *o,
	       const struct verb *v, struct record *r)
{
	struct args a = *args;
	const struct field *f;
	char buf[LIST_MAX];

	while (a.count) {
		f = take_field(&a, o, v, r);
		if (!f)
			return say_unknown(&a, o, v, a.words[0]);
		if (!f->type->parse) {
			record_set_number(r, f->attr, 1);
			continue;
		}
		if (!a.count) {
			args_say(&a, "a value is missing: %s",
				 syntax(f, 0, buf, sizeof(buf)));
			return false;
		}
		if (!read_value(&a, f, a.words[0], r))
			return false;
		a.count--;
		a.words++;
	}
	return check_needs(&a, o, v, r);
}

/* What a verb without a word needs, which is how it begins. */
static void list_needs(const struct object *o, unsigned int role, char *buf,
		       int size)
{
	const struct field *f;
	char item[LIST_MAX];
	int len = 0;

	*buf = '\0';
	for (f = o->fields; f->keyword && len < size; f++)
		if (f->needs & role)
			len += snprintf(buf + len, size - len, "%s%s",
					len ? " " : "",
					syntax(f, role, item, sizeof(item)));
}

static void list_verbs(const struct object *o, char *buf, int size)
{
	char needs[LIST_MAX];
	const struct verb *v;
	int len = 0;

	*buf = '\0';
	for (v = o->verbs; v->run && len < size; v++) {
		if (!v->word)
			list_needs(o, v->role, needs, sizeof(needs));
		len += snprintf(buf + len, size - len, "%s%s", len ? ", " : "",
				v->word ? v->word : needs);
	}
}

/**
 * args_verb() - take the verb off the words
 *
 * Return: the verb, or NULL if there is none of that name, which was said.
 */
const struct verb *args_verb(struct args *a, const struct object *o)
{
	const struct verb *v;
	char list[LIST_MAX];

	if (!o->verbs->word)
		return o->verbs;
	for (v = o->verbs; a->count && v->run; v++) {
		if (!v->word)
			return v;
		if (strcmp(v->word, a->words[0]))
			continue;
		a->count--;
		a->words++;
		return v;
	}
	list_verbs(o, list, sizeof(list));
	if (a->count)
		args_say(a, "\"%s\" is unknown, %s takes: %s", a->words[0],
			 o->word, list);
	else
		args_say(a, "%s needs one of: %s", o->word, list);
	return NULL;
}

/* Print a word after a space, on a new line if the old one is full. */
static void print_wrapped(FILE *out, int *column, int indent,
			  const char *word)
{
	int len = strlen(word);

	if (*column + 1 + len > USAGE_COLUMNS) {
		fprintf(out, "\n%*s", indent, "");
		*column = indent;
	}
	fprintf(out, " %s", word);
	*column += 1 + len;
}

static void print_verb(FILE *out, const struct object *o,
		       const struct verb *v)
{
	const struct field *f;
	char item[LIST_MAX];
	char buf[LIST_MAX];
	bool needed;
	int column;
	int indent;

	column = fprintf(out, "  portsteer %s%s%s", o->word,
			 v->word ? " " : "", v->word ? v->word : "");
	indent = column;
	if (v->usage)
		print_wrapped(out, &column, indent, v->usage);
	for (f = o->fields; !v->usage && f && f->keyword; f++) {
		if (!(f->takes & v->role))
			continue;
		needed = f->needs & v->role;
		syntax(f, v->role, buf, sizeof(buf));
		snprintf(item, sizeof(item), "%s%.500s%s", needed ? "" : "[",
			 buf, needed ? "" : "]");
		print_wrapped(out, &column, indent, item);
	}
	fputc('\n', out);
}

/**
 * args_usage() - the grammar of an object's commands
 */
void args_usage(FILE *out, const struct object *o)
{
	const struct verb *v;

	for (v = o->verbs; v->run; v++)
		print_verb(out, o, v);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* One word of the configuration -> one value, and back. */
#include "setting.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "format.h"
#include "grow.h"
#include "parse.h"

#define HOST_MAX	253	/* characters of a name */

/**
 * struct kind - how values of one kind are read and said
 * @metavar: what stands for them in the list of keys
 * @width: bytes of a number; 0: it is none
 * @number: read a number
 * @figure: say a number
 * @read: read anything else
 * @print: say it
 * @clear: free it
 */
struct kind {
	const char *metavar;
	unsigned int width;
	const char *(*number)(const char *word, uint64_t *out);
	void (*figure)(FILE *out, uint64_t n);
	const char *(*read)(const char *word, void *at);
	void (*print)(FILE *out, const void *at);
	void (*clear)(void *at);
};

static char *copy(const char *text, size_t len)
{
	char *made = strndup(text, len);

	if (!made)
		err(1, "no memory");
	return made;
}

/* Texts */

static void clear_text(void *at)
{
	char **text = at;

	free(*text);
	*text = NULL;
}

static const char *read_text(const char *word, void *at)
{
	if (!*word)
		return "is empty";
	clear_text(at);
	*(char **)at = copy(word, strlen(word));
	return NULL;
}

static const char *read_name(const char *word, void *at)
{
	const char *wrong = parse_name(word, PSTEER_NAME_MAX);

	return wrong ? wrong : read_text(word, at);
}

static const char *read_path(const char *word, void *at)
{
	return *word == '/' ? read_text(word, at) : "is not an absolute path";
}

static const char *read_url(const char *word, void *at)
{
	if (strncmp(word, "http://", 7) && strncmp(word, "https://", 8))
		return "is not a URL that begins with http:// or https://";
	return read_text(word, at);
}

static void print_text(FILE *out, const void *at)
{
	const char *const *text = at;

	fputs(*text ? *text : "", out);
}

/* Lists of texts */

static size_t count_texts(char **list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

/* One more; grow() wants to be asked for each place, that of NULL too. */
static const char *read_texts(const char *word, void *at)
{
	char ***list = at;
	size_t n = count_texts(*list);

	if (!*word)
		return "is empty";
	if (!n)
		*list = grow(NULL, 0, sizeof(char *));
	*list = grow(*list, n + 1, sizeof(char *));
	(*list)[n] = copy(word, strlen(word));
	(*list)[n + 1] = NULL;
	return NULL;
}

static void print_texts(FILE *out, const void *at)
{
	char **list = *(char ***)at;
	size_t i;

	for (i = 0; list && list[i]; i++)
		fprintf(out, "%s%s", i ? ", " : "", list[i]);
}

static void clear_texts(void *at)
{
	char ***list = at;
	size_t i;

	for (i = 0; *list && (*list)[i]; i++)
		free((*list)[i]);
	free(*list);
	*list = NULL;
}

/* Where to listen and where to connect to */

static void clear_endpoint(void *at)
{
	struct endpoint *e = at;

	free(e->host);
	*e = (struct endpoint) { 0 };
}

static const char *read_listen(const char *word, void *at)
{
	struct endpoint *e = at;
	struct address address;
	char host[FORMAT_MAX];
	const char *wrong;
	uint16_t port;

	wrong = parse_endpoint(word, &address, &port);
	if (wrong)
		return wrong;
	clear_endpoint(e);
	format_address(host, &address);
	e->host = copy(host, sizeof(host));
	e->port = port;
	return NULL;
}

static const char *read_endpoint(const char *word, void *at)
{
	static const char wrong[] =
		"is not HOST:PORT (an IPv6 address stands in brackets)";
	const char *colon = strrchr(word, ':');
	struct endpoint *e = at;
	uint16_t port;
	size_t len;

	if (*word == '[')
		return read_listen(word, at) ? wrong : NULL;
	len = colon ? colon - word : 0;
	if (!len || len > HOST_MAX || memchr(word, ':', len) ||
	    strcspn(word, " \t/[]") < len || parse_port(colon + 1, &port))
		return wrong;
	clear_endpoint(e);
	e->host = copy(word, len);
	e->port = port;
	return NULL;
}

static void print_endpoint(FILE *out, const void *at)
{
	const struct endpoint *e = at;

	if (e->host)
		fprintf(out, strchr(e->host, ':') ? "[%s]:%u" : "%s:%u",
			e->host, e->port);
}

/* Numbers */

static const char *read_number(const char *word, uint64_t *out)
{
	return parse_number(word, INT64_MAX, out);
}

static void print_number(FILE *out, uint64_t n)
{
	fprintf(out, "%" PRIu64, n);
}

static const char size_units[] = "kMG";

static const char *read_size(const char *word, uint64_t *out)
{
	static const char wrong[] = "is not a size (units: k, M, G)";
	size_t len = strlen(word);
	const char *unit = len ? strchr(size_units, word[len - 1]) : NULL;
	unsigned int shift = unit ? 10 * (unit - size_units + 1) : 0;
	char digits[24];

	len -= !!unit;
	if (!len || len >= sizeof(digits))
		return wrong;
	snprintf(digits, sizeof(digits), "%.*s", (int)len, word);
	if (parse_number(digits, INT64_MAX >> shift, out))
		return wrong;
	*out <<= shift;
	return NULL;
}

static void print_size(FILE *out, uint64_t n)
{
	int unit = -1;

	for (; n && n % 1024 == 0 && unit < 2; unit++)
		n /= 1024;
	fprintf(out, "%" PRIu64 "%.*s", n, unit >= 0,
		&size_units[unit < 0 ? 0 : unit]);
}

static const char *read_time(const char *word, uint64_t *ms)
{
	const char *wrong = parse_time(word, ms);

	if (wrong)
		return wrong;
	if (*ms % 1000)
		return "is finer than a millisecond";
	*ms /= 1000;
	return *ms > UINT32_MAX ? "is too large" : NULL;
}

static void print_time(FILE *out, uint64_t ms)
{
	char buf[FORMAT_MAX];

	fputs(format_time(buf, ms * 1000), out);
}

static void print_share(FILE *out, uint64_t share)
{
	char buf[FORMAT_MAX];

	fprintf(out, "%s%%", format_fixed(buf, share, 2));
}

static const char *read_bool(const char *word, uint64_t *out)
{
	*out = !strcmp(word, "true") || !strcmp(word, "yes") ||
	       !strcmp(word, "on");
	if (*out || !strcmp(word, "false") || !strcmp(word, "no") ||
	    !strcmp(word, "off"))
		return NULL;
	return "is not true or false";
}

static void print_bool(FILE *out, uint64_t on)
{
	fputs(on ? "true" : "false", out);
}

#define TEXT(name, reader)						\
	{ .metavar = name, .read = reader, .print = print_text,		\
	  .clear = clear_text }
#define ENDPOINT(name, reader)						\
	{ .metavar = name, .read = reader, .print = print_endpoint,	\
	  .clear = clear_endpoint }
#define NUMBER(name, type, reader, printer)				\
	{ .metavar = name, .width = sizeof(type), .number = reader,	\
	  .figure = printer }

static const struct kind kinds[] = {
	[SETTING_TEXT] = TEXT("TEXT", read_text),
	[SETTING_NAME] = TEXT("NAME", read_name),
	[SETTING_PATH] = TEXT("PATH", read_path),
	[SETTING_URL] = TEXT("URL", read_url),
	[SETTING_TEXTS] = {
		.metavar = "[TEXT, ...]", .read = read_texts,
		.print = print_texts, .clear = clear_texts,
	},
	[SETTING_LISTEN] = ENDPOINT("ADDR:PORT", read_listen),
	[SETTING_ENDPOINT] = ENDPOINT("HOST:PORT", read_endpoint),
	[SETTING_NUMBER] = NUMBER("N", uint64_t, read_number, print_number),
	[SETTING_SIZE] = NUMBER("SIZE", uint64_t, read_size, print_size),
	[SETTING_TIME] = NUMBER("TIME", uint32_t, read_time, print_time),
	[SETTING_SHARE] = NUMBER("P%", uint32_t, parse_share, print_share),
	[SETTING_BOOL] = NUMBER("true|false", bool, read_bool, print_bool),
};

static void *at(const struct setting *s, const void *values)
{
	return (char *)values + s->offset;
}

static uint64_t number_at(const struct setting *s, const void *values)
{
	const void *from = at(s, values);

	switch (kinds[s->type].width) {
	case sizeof(bool):
		return *(const bool *)from;
	case sizeof(uint32_t):
		return *(const uint32_t *)from;
	default:
		return *(const uint64_t *)from;
	}
}

static void put_number(const struct setting *s, void *values, uint64_t n)
{
	switch (kinds[s->type].width) {
	case sizeof(bool):
		*(bool *)at(s, values) = n;
		break;
	case sizeof(uint32_t):
		*(uint32_t *)at(s, values) = n;
		break;
	default:
		*(uint64_t *)at(s, values) = n;
	}
}

/**
 * setting_read() - fill one member of a section's struct
 * @s: which
 * @word: as it stands in the file
 * @values: the struct; a list of texts gets one more
 *
 * Return: NULL, or what is wrong as the end of a sentence: "is not a time".
 */
const char *setting_read(const struct setting *s, const char *word,
			 void *values)
{
	const struct kind *kind = &kinds[s->type];
	const char *wrong;
	uint64_t n;

	if (!kind->width)
		return kind->read(word, at(s, values));
	wrong = kind->number(word, &n);
	if (!wrong)
		put_number(s, values, n);
	return wrong;
}

/**
 * setting_within() - whether a number keeps to its bounds
 */
bool setting_within(const struct setting *s, const void *values)
{
	uint64_t n;

	if (!kinds[s->type].width)
		return true;
	n = number_at(s, values);
	return n >= s->least && (!s->most || n <= s->most);
}

/**
 * setting_bounds() - say them: "1 to 20000"; nothing, if there are none
 */
void setting_bounds(FILE *out, const struct setting *s)
{
	const struct kind *kind = &kinds[s->type];

	if (!kind->width || (!s->least && !s->most))
		return;
	if (!s->most)
		fputs("at least ", out);
	kind->figure(out, s->least);
	if (!s->most)
		return;
	fputs(" to ", out);
	kind->figure(out, s->most);
}

/**
 * setting_print() - say a value as it would stand in the file
 */
void setting_print(FILE *out, const struct setting *s, const void *values)
{
	const struct kind *kind = &kinds[s->type];

	if (kind->width)
		kind->figure(out, number_at(s, values));
	else
		kind->print(out, at(s, values));
}

/**
 * setting_clear() - free what a value owns
 */
void setting_clear(const struct setting *s, void *values)
{
	if (kinds[s->type].clear)
		kinds[s->type].clear(at(s, values));
}

static void print_key(FILE *out, const struct section *section,
		      const struct setting *s)
{
	fprintf(out, "%s%s.%s\t%s\t", section->key, section->list ? "[]" : "",
		s->key, kinds[s->type].metavar);
	setting_bounds(out, s);
	fprintf(out, "\t%s\n", s->required ? "required" :
		s->initial ? s->initial : "");
}

/**
 * settings_usage() - the keys of sections, a line each
 *
 * Section and key, kind of value, bounds and default, with tabs between.
 */
void settings_usage(FILE *out, const struct section *const *sections)
{
	const struct setting *s;

	for (; *sections; sections++)
		for (s = (*sections)->settings; s->key; s++)
			print_key(out, *sections, s);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration's file -> settings, or the place and what is wrong there. */
#include "setting.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#define FILE_MAX	(1024 * 1024)	/* bytes */
#define NAMES_MAX	400

/**
 * struct reader - a file that is being read
 * @path: its name
 * @document: as libyaml sees it
 * @config: what it says
 * @why: what is wrong with it
 */
struct reader {
	const char *path;
	yaml_document_t document;
	struct config *config;
	char *why;
};

/* Where in the file a value of a section stands, for complaints. */
struct place {
	const struct section *section;
	const struct setting *setting;
	const yaml_node_t *node;
};

static void say_place(char *why, const char *path, size_t line, size_t column,
		      const char *format, va_list ap)
{
	int len = snprintf(why, CONFIG_WHY_MAX, "%.256s:%zu:%zu: ", path, line,
			   column);

	vsnprintf(why + len, CONFIG_WHY_MAX - len, format, ap);
}

/* Return: false, so that it can be passed on. */
__attribute__((__format__(printf, 3, 4)))
static bool complain(struct reader *rd, yaml_mark_t mark, const char *format,
		     ...)
{
	va_list ap;

	va_start(ap, format);
	say_place(rd->why, rd->path, mark.line + 1, mark.column + 1, format,
		  ap);
	va_end(ap);
	return false;
}

static bool complain_of_yaml(struct reader *rd, const yaml_parser_t *parser)
{
	yaml_mark_t mark = parser->problem_mark;

	/* What is no text at all has no line, only a place in bytes. */
	if (parser->error == YAML_READER_ERROR)
		return complain(rd, parser->mark, "this is not YAML: %s (byte %zu)",
				parser->problem, parser->problem_offset);
	return complain(rd, mark, "this is not YAML: %s",
			parser->problem ? parser->problem : "no memory");
}

static yaml_node_t *node_at(struct reader *rd, int index)
{
	return yaml_document_get_node(&rd->document, index);
}

static const char *scalar(const yaml_node_t *node)
{
	return (const char *)node->data.scalar.value;
}

static bool is_scalar(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE &&
	       strlen(scalar(node)) == node->data.scalar.length;
}

/* A key with nothing behind it. */
static bool is_nothing(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE && !node->data.scalar.length &&
	       node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static void list_names(char *names, const char *name)
{
	size_t len = strlen(names);

	snprintf(names + len, NAMES_MAX - len, "%s%s", len ? ", " : "", name);
}

static bool say_out_of_bounds(struct reader *rd, const struct place *p)
{
	char *bounds = NULL;
	size_t size;
	FILE *out = open_memstream(&bounds, &size);

	if (!out)
		err(1, "no memory");
	setting_bounds(out, p->setting);
	fclose(out);
	complain(rd, p->node->start_mark, "%s.%s \"%.80s\" must be %s",
		 p->section->key, p->setting->key, scalar(p->node), bounds);
	free(bounds);
	return false;
}

static bool read_word(struct reader *rd, const struct place *p, void *values)
{
	const char *wrong;

	if (!is_scalar(p->node))
		return complain(rd, p->node->start_mark, "%s.%s takes one word",
				p->section->key, p->setting->key);
	if (is_nothing(p->node))
		return complain(rd, p->node->start_mark, "%s.%s has no value",
				p->section->key, p->setting->key);
	wrong = setting_read(p->setting, scalar(p->node), values);
	if (wrong)
		return complain(rd, p->node->start_mark, "%s.%s \"%.80s\" %s",
				p->section->key, p->setting->key,
				scalar(p->node), wrong);
	return setting_within(p->setting, values) || say_out_of_bounds(rd, p);
}

static bool read_words(struct reader *rd, const struct place *p, void *values)
{
	struct place word = *p;
	yaml_node_item_t *item;

	/* What stands in the file is in place of the default, not added to it. */
	setting_clear(p->setting, values);
	if (p->node->type != YAML_SEQUENCE_NODE)
		return read_word(rd, p, values);
	for (item = p->node->data.sequence.items.start;
	     item < p->node->data.sequence.items.top; item++) {
		word.node = node_at(rd, *item);
		if (!read_word(rd, &word, values))
			return false;
	}
	return true;
}

static const struct setting *find_setting(const struct section *section,
					  const yaml_node_t *key)
{
	const struct setting *s;

	if (!is_scalar(key))
		return NULL;
	for (s = section->settings; s->key; s++)
		if (!strcmp(s->key, scalar(key)))
			return s;
	return NULL;
}

static bool say_unknown(struct reader *rd, const struct section *section,
			const yaml_node_t *key)
{
	char names[NAMES_MAX] = "";
	const struct setting *s;

	for (s = section->settings; s->key; s++)
		list_names(names, s->key);
	return complain(rd, key->start_mark, "\"%.40s\" is unknown, %s takes: %s",
			is_scalar(key) ? scalar(key) : "...", section->key,
			*names ? names : "nothing");
}

static bool read_pair(struct reader *rd, const struct section *section,
		      const yaml_node_pair_t *pair, uint64_t *seen,
		      void *values)
{
	const yaml_node_t *key = node_at(rd, pair->key);
	struct place p = { .section = section, .node = node_at(rd, pair->value) };
	uint64_t bit;

	p.setting = find_setting(section, key);
	if (!p.setting)
		return say_unknown(rd, section, key);
	bit = 1ull << (p.setting - section->settings);
	if (*seen & bit)
		return complain(rd, key->start_mark, "%s.%s is given twice",
				section->key, p.setting->key);
	*seen |= bit;
	return p.setting->type == SETTING_TEXTS ? read_words(rd, &p, values) :
						  read_word(rd, &p, values);
}

static void set_defaults(const struct section *section, void *values)
{
	const struct setting *s;

	for (s = section->settings; s->key; s++)
		if (s->initial && setting_read(s, s->initial, values))
			errx(1, "%s.%s: its default is no value", section->key,
			     s->key);
}

/* What is wrong with the mapping as a whole, or NULL. */
static bool check_mapping(struct reader *rd, const struct section *section,
			  const yaml_node_t *node, uint64_t seen,
			  const void *values)
{
	const struct setting *s;
	const char *wrong;

	for (s = section->settings; s->key; s++)
		if (s->required && !(seen & 1ull << (s - section->settings)))
			return complain(rd, node->start_mark, "%s needs %s",
					section->key, s->key);
	wrong = section->check ? section->check(values) : NULL;
	return !wrong || complain(rd, node->start_mark, "%s %s", section->key,
				  wrong);
}

/* One mapping fills one struct, which is zeros yet. */
static bool read_mapping(struct reader *rd, const struct section *section,
			 const yaml_node_t *node, void *values)
{
	const yaml_node_pair_t *pair;
	uint64_t seen = 0;

	set_defaults(section, values);
	if (node->type == YAML_MAPPING_NODE) {
		for (pair = node->data.mapping.pairs.start;
		     pair < node->data.mapping.pairs.top; pair++)
			if (!read_pair(rd, section, pair, &seen, values))
				return false;
	} else if (!is_nothing(node)) {
		return complain(rd, node->start_mark,
				"%s takes keys and values: \"KEY: VALUE\"",
				section->key);
	}
	return check_mapping(rd, section, node, seen, values);
}

static void make_room(struct settings *to, size_t count)
{
	if (count)
		to->values = calloc(count, to->section->size);
	if (count && !to->values)
		err(1, "no memory");
	to->count = count;
}

static bool read_list(struct reader *rd, struct settings *to,
		      const yaml_node_t *node)
{
	const yaml_node_item_t *items = node->data.sequence.items.start;
	char *values;
	size_t i;

	if (node->type != YAML_SEQUENCE_NODE)
		return complain(rd, node->start_mark, "%s takes a list: \"- KEY: VALUE\"",
				to->section->key);
	make_room(to, node->data.sequence.items.top - items);
	values = to->values;
	for (i = 0; i < to->count; i++, values += to->section->size)
		if (!read_mapping(rd, to->section, node_at(rd, items[i]),
				  values))
			return false;
	return true;
}

static struct settings *find_settings(const struct config *config,
				      const char *key)
{
	size_t i;

	for (i = 0; i < config->count; i++)
		if (!strcmp(config->sections[i].section->key, key))
			return &config->sections[i];
	return NULL;
}

static bool say_no_section(struct reader *rd, const yaml_node_t *key)
{
	char names[NAMES_MAX] = "";
	size_t i;

	for (i = 0; i < rd->config->count; i++)
		list_names(names, rd->config->sections[i].section->key);
	return complain(rd, key->start_mark, "\"%.40s\" is no section, there are: %s",
			is_scalar(key) ? scalar(key) : "...", names);
}

static bool read_section(struct reader *rd, const yaml_node_pair_t *pair)
{
	const yaml_node_t *node = node_at(rd, pair->value);
	const yaml_node_t *key = node_at(rd, pair->key);
	struct settings *to;

	to = is_scalar(key) ? find_settings(rd->config, scalar(key)) : NULL;
	if (!to)
		return say_no_section(rd, key);
	if (to->line)
		return complain(rd, key->start_mark, "%s is given twice",
				to->section->key);
	to->line = key->start_mark.line + 1;
	to->column = key->start_mark.column + 1;
	if (to->section->list)
		return read_list(rd, to, node);
	make_room(to, 1);
	return read_mapping(rd, to->section, node, to->values);
}

static bool read_document(struct reader *rd)
{
	yaml_node_t *root = yaml_document_get_root_node(&rd->document);
	const yaml_node_pair_t *pair;

	if (!root || is_nothing(root))
		return true;
	if (root->type != YAML_MAPPING_NODE)
		return complain(rd, root->start_mark, "sections are expected: \"NAME:\"");
	for (pair = root->data.mapping.pairs.start;
	     pair < root->data.mapping.pairs.top; pair++)
		if (!read_section(rd, pair))
			return false;
	return true;
}

/* Sections that are there without being in the file. */
static void fill_always(struct config *config)
{
	struct settings *to;
	size_t i;

	for (i = 0; i < config->count; i++) {
		to = &config->sections[i];
		if (!to->section->always || to->line)
			continue;
		make_room(to, 1);
		set_defaults(to->section, to->values);
	}
}

/* The first document, and nothing after it. */
static bool read_documents(struct reader *rd, yaml_parser_t *parser)
{
	bool fine;

	if (!yaml_parser_load(parser, &rd->document))
		return complain_of_yaml(rd, parser);
	fine = read_document(rd);
	yaml_document_delete(&rd->document);
	if (!fine)
		return false;
	if (!yaml_parser_load(parser, &rd->document))
		return complain_of_yaml(rd, parser);
	fine = !yaml_document_get_root_node(&rd->document) ||
	       complain(rd, rd->document.start_mark,
			"there is more than one document");
	yaml_document_delete(&rd->document);
	return fine;
}

static struct config *new_config(const char *path,
				 const struct section *const *sections)
{
	struct config *config = calloc(1, sizeof(*config));
	size_t i;

	if (!config)
		err(1, "no memory");
	while (sections[config->count])
		config->count++;
	config->path = strdup(path);
	config->sections = calloc(config->count, sizeof(*config->sections));
	if (!config->path || !config->sections)
		err(1, "no memory");
	for (i = 0; i < config->count; i++)
		config->sections[i].section = sections[i];
	return config;
}

/**
 * config_parse() - make settings of a text
 * @path: what the text is called, for complaints
 * @text: the text
 * @len: its length
 * @sections: what may be in it; ends with NULL
 * @why: what is wrong, of CONFIG_WHY_MAX bytes
 *
 * Return: the settings, or NULL.
 */
struct config *config_parse(const char *path, const char *text, size_t len,
			    const struct section *const *sections, char *why)
{
	struct reader rd = { .path = path, .why = why };
	yaml_parser_t parser;
	bool fine;

	if (!yaml_parser_initialize(&parser))
		err(1, "no memory");
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	rd.config = new_config(path, sections);
	fine = read_documents(&rd, &parser);
	yaml_parser_delete(&parser);
	if (fine) {
		fill_always(rd.config);
		return rd.config;
	}
	config_free(rd.config);
	return NULL;
}

/* Return: the file's text, to be freed; or NULL and errno. */
static char *read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "re");
	char *text;

	if (!file)
		return NULL;
	text = malloc(FILE_MAX + 1);
	if (!text)
		err(1, "no memory");
	errno = 0;
	*len = fread(text, 1, FILE_MAX + 1, file);
	if (*len > FILE_MAX)
		errno = EFBIG;
	fclose(file);
	if (!errno)
		return text;
	free(text);
	return NULL;
}

/**
 * config_read() - make settings of a file
 *
 * Return: as config_parse().
 */
struct config *config_read(const char *path,
			   const struct section *const *sections, char *why)
{
	struct config *config;
	size_t len;
	char *text = read_file(path, &len);

	if (!text) {
		snprintf(why, CONFIG_WHY_MAX, "%.256s cannot be read: %s", path,
			 strerror(errno));
		return NULL;
	}
	config = config_parse(path, text, len, sections, why);
	free(text);
	return config;
}

static void free_values(struct settings *settings)
{
	char *values = settings->values;
	const struct setting *s;
	size_t i;

	for (i = 0; i < settings->count; i++)
		for (s = settings->section->settings; s->key; s++)
			setting_clear(s, values + i * settings->section->size);
	free(settings->values);
}

/**
 * config_free() - free settings; NULL is fine
 */
void config_free(struct config *config)
{
	size_t i;

	if (!config)
		return;
	for (i = 0; i < config->count; i++)
		free_values(&config->sections[i]);
	free(config->sections);
	free(config->path);
	free(config);
}

/**
 * config_section() - what a configuration says to one of its sections
 */
const struct settings *config_section(const struct config *config,
				      const struct section *section)
{
	return find_settings(config, section->key);
}

/**
 * config_complain() - say what is wrong with a section that reads well
 */
void config_complain(const struct config *config,
		     const struct settings *settings, char *why,
		     const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (settings->line)
		say_place(why, config->path, settings->line, settings->column,
			  format, ap);
	else
		vsnprintf(why, CONFIG_WHY_MAX, format, ap);
	va_end(ap);
}

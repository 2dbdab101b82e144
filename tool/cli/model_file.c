// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Model files: the keywords of "model add", one a line, and a checksum.
 *
 *	portsteer-model 1
 *	name web
 *	horizon 10s
 *	...
 *	sha256 HEX
 *
 * The checksum is that of all bytes above its line, comments and all. Every line
 * is checked before it, so that what is said is about what is wrong.
 */
#include "model_file.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>
#include <openssl/evp.h>

#include "format.h"
#include "objects.h"
#include "outfile.h"

#define FORMAT_VERSION	"1"
#define FIRST_WORD	"portsteer-model"
#define LAST_WORD	"sha256"
#define SIZE_MOST	65536
#define LINE_MOST	512
#define HEX_SIZE	(2 * EVP_MAX_MD_SIZE + 1)

/**
 * struct reader - a model file on its way into a record
 * @path: its name, for complaints
 * @line: number of the line that is read
 * @text: the whole file
 * @size: of @text, in bytes
 * @whole: its checksum was seen
 * @r: what it says
 */
struct reader {
	const char *path;
	unsigned int line;
	char text[SIZE_MOST + 1];
	size_t size;
	bool whole;
	struct record *r;
};

__attribute__((__format__(printf, 2, 3)))
static bool complain(const struct reader *in, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%u: ", in->path, in->line);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return false;
}

static char *hex_digest(const char *text, size_t size, char *hex)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	unsigned int i;

	EVP_Digest(text, size, digest, &len, EVP_sha256(), NULL);
	for (i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
	return hex;
}

static bool check_version(const struct reader *in, const char *word,
			  const char *value)
{
	if (strcmp(word, FIRST_WORD))
		return complain(in, "this is no model file, its first line is not \"%s %s\"",
				FIRST_WORD, FORMAT_VERSION);
	if (strcmp(value, FORMAT_VERSION))
		return complain(in, "the version of the format is %s, only %s can be read",
				value, FORMAT_VERSION);
	return true;
}

/* All of a file but what says where the model is to be used. */
static bool stands_in_file(const struct field *f)
{
	return (f->takes & ROLE_ADD) && f->attr != PSTEER_A_MODEL_SERVICE;
}

static const struct field *field_of_word(const char *word)
{
	const struct field *f;

	for (f = model_object.fields; f->keyword; f++)
		if (stands_in_file(f) && !strcmp(f->keyword, word))
			return f;
	return NULL;
}

static bool check_bounds(const struct reader *in, const struct field *f)
{
	static const struct {
		uint16_t attr;
		int64_t least_ms;
		int64_t most_ms;
	} bounds[] = {
		{ PSTEER_A_MODEL_HORIZON, MODEL_HORIZON_LEAST,
		  MODEL_HORIZON_MOST },
		{ PSTEER_A_MODEL_STEP, MODEL_STEP_LEAST, MODEL_STEP_MOST },
	};
	char least[FORMAT_MAX];
	char most[FORMAT_MAX];
	size_t i;

	for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
		if (f->attr == bounds[i].attr &&
		    (record_number(in->r, f->attr) < bounds[i].least_ms ||
		     record_number(in->r, f->attr) > bounds[i].most_ms))
			return complain(in, "%s is out of range (%s to %s)",
					f->keyword,
					format_time(least, bounds[i].least_ms * 1000),
					format_time(most, bounds[i].most_ms * 1000));
	return true;
}

static bool read_field(const struct reader *in, const char *word,
		       const char *value)
{
	const struct field *f = field_of_word(word);
	const char *wrong;

	if (!f)
		return complain(in, "\"%s\" is unknown", word);
	if (record_has(in->r, f->attr))
		return complain(in, "%s is given twice", word);
	wrong = f->type->parse(f, value, in->r);
	if (wrong)
		return complain(in, "%s \"%s\" %s", word, value, wrong);
	return check_bounds(in, f);
}

static bool check_whole(struct reader *in, const char *value, size_t above)
{
	const struct field *f;
	char hex[HEX_SIZE];
	bool input = false;

	for (f = model_object.fields; f->keyword; f++) {
		if ((f->needs & ROLE_ADD) && !record_has(in->r, f->attr))
			return complain(in, "there is no %s above the checksum",
					f->keyword);
		input |= record_bytes(in->r, f->attr) != NULL;
	}
	if (!input)
		return complain(in, "there is no input above the checksum");
	if (strcmp(value, hex_digest(in->text, above, hex)))
		return complain(in, "the checksum is not that of the lines above it");
	in->whole = true;
	return true;
}

/* @line stands @above bytes into the file, without its end. */
static bool read_line(struct reader *in, char *line, size_t above)
{
	char *value = line;
	char *word;

	if (in->whole)
		return complain(in, "the file goes on after its checksum");
	if (*line == '#' || !*line)
		return in->line > 1 || check_version(in, "", "");
	word = strsep(&value, " ");
	if (!value || !*value || strpbrk(value, " \t\r"))
		return complain(in, "a line is a word, a blank and a value");
	if (in->line == 1)
		return check_version(in, word, value);
	if (!strcmp(word, LAST_WORD))
		return check_whole(in, value, above);
	return read_field(in, word, value);
}

static bool read_lines(struct reader *in)
{
	char line[LINE_MOST + 1];
	size_t above;
	char *end;
	size_t len;

	for (above = 0; above < in->size; above += len + 1) {
		in->line++;
		end = memchr(in->text + above, '\n', in->size - above);
		if (!end)
			return complain(in, "the file ends within a line");
		len = end - (in->text + above);
		if (len > LINE_MOST)
			return complain(in, "the line is too long (%d characters at most)",
					LINE_MOST);
		memcpy(line, in->text + above, len);
		line[len] = '\0';
		if (strlen(line) != len)
			return complain(in, "the line is no text");
		if (!read_line(in, line, above))
			return false;
	}
	in->line += !in->line;
	return in->whole || complain(in, "the file ends without its checksum");
}

static bool slurp(struct reader *in)
{
	FILE *file = fopen(in->path, "re");
	bool failed;
	size_t i;

	if (!file) {
		fprintf(stderr, "portsteer: cannot open %s: %s\n", in->path,
			strerror(errno));
		return false;
	}
	in->size = fread(in->text, 1, sizeof(in->text), file);
	failed = ferror(file);
	if (failed)
		fprintf(stderr, "portsteer: cannot read %s: %s\n", in->path,
			strerror(errno));
	fclose(file);
	if (failed)
		return false;
	if (in->size <= SIZE_MOST)
		return true;
	for (in->line = 1, i = 0; i < SIZE_MOST; i++)
		in->line += in->text[i] == '\n';
	return complain(in, "the file is too long (%d bytes at most)",
			SIZE_MOST);
}

/**
 * model_file_read() - fill a record with what a model file says
 * @path: the file
 * @r: without anything of a model yet
 *
 * Return: whether it is one; if not, the reason was said.
 */
bool model_file_read(const char *path, struct record *r)
{
	struct reader *in = calloc(1, sizeof(*in));
	bool fine;

	if (!in) {
		fputs("portsteer: no memory\n", stderr);
		return false;
	}
	in->path = path;
	in->r = r;
	fine = slurp(in) && read_lines(in);
	free(in);
	return fine;
}

static void print_fields(FILE *out, const struct record *r)
{
	const struct field *f;

	for (f = model_object.fields; f->keyword; f++) {
		if (!stands_in_file(f) || !record_has(r, f->attr))
			continue;
		fprintf(out, "%s ", f->keyword);
		f->type->text(out, f, r);
		fputc('\n', out);
	}
}

/**
 * model_file_write() - write a model file
 * @path: the file, replaced as a whole if it is there
 * @r: the model
 * @comment: lines that begin with #
 *
 * Return: whether it was written; if not, the reason was said.
 */
bool model_file_write(const char *path, const struct record *r,
		      const char *comment)
{
	char hex[HEX_SIZE];
	struct outfile out;
	char *text = NULL;
	size_t size = 0;
	bool written;
	FILE *lines;

	lines = open_memstream(&text, &size);
	if (!lines)
		err(1, "no memory");
	fprintf(lines, "%s %s\n%s", FIRST_WORD, FORMAT_VERSION, comment);
	print_fields(lines, r);
	fclose(lines);
	written = outfile_open(&out, path);
	if (written) {
		fprintf(out.file, "%s%s %s\n", text, LAST_WORD,
			hex_digest(text, size, hex));
		written = outfile_close(&out);
	}
	if (!written)
		fprintf(stderr, "portsteer: cannot write %s: %s\n", path,
			strerror(errno));
	free(text);
	return written;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that replace what was there when they are whole. */
#include "outfile.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * outfile_spares() - check that what is written is not what is read
 * @a: where it was written, for complaints
 * @path: to be written
 * @input: to be read
 *
 * Return: whether that is so; if not, it was said.
 */
bool outfile_spares(const struct args *a, const char *path, const char *input)
{
	struct stat in, out;

	if (stat(path, &out) || stat(input, &in) || !S_ISREG(out.st_mode) ||
	    out.st_dev != in.st_dev || out.st_ino != in.st_ino)
		return true;
	args_say(a, "%s is what is read, name another file to write", path);
	return false;
}

static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* A file beside that of @path, to be renamed to it. */
static FILE *open_beside(struct outfile *out, mode_t mode)
{
	int fd;

	if (asprintf(&out->name, "%s.XXXXXX", out->path) < 0)
		err(1, "no memory");
	fd = mkostemp(out->name, O_CLOEXEC);
	if (fd < 0)
		return NULL;
	fchmod(fd, mode);
	return fdopen(fd, "w");
}

static void forget(struct outfile *out)
{
	int error = errno;

	free(out->name);
	free(out->path);
	*out = (struct outfile) { 0 };
	errno = error;
}

/**
 * outfile_open() - begin to write a file
 * @out: filled in
 * @path: its name
 *
 * Return: whether it can be written; if not, errno says why.
 */
bool outfile_open(struct outfile *out, const char *path)
{
	struct stat st;
	bool there = !stat(path, &st);

	*out = (struct outfile) { 0 };
	if (there && !S_ISREG(st.st_mode)) {
		out->name = strdup(path);
		out->file = fopen(path, "we");
	} else if (!there || !access(path, W_OK)) {
		/* A link is to stay one. */
		out->path = there ? realpath(path, NULL) : strdup(path);
		if (out->path)
			out->file = open_beside(out, there ? st.st_mode & 0777 :
							     usual_mode());
	}
	if (!out->file)
		forget(out);
	return out->file;
}

/**
 * outfile_close() - end a file, which then has its name
 *
 * Return: whether all of it was written; if not, errno says why, and what was
 * there before still is.
 */
bool outfile_close(struct outfile *out)
{
	bool whole = !(ferror(out->file) | fclose(out->file));
	int error;

	if (out->path) {
		whole = whole && !rename(out->name, out->path);
		error = errno;
		if (!whole)
			unlink(out->name);
		errno = error;
	}
	forget(out);
	return whole;
}

/**
 * outfile_drop() - leave what was there before
 */
void outfile_drop(struct outfile *out)
{
	fclose(out->file);
	if (out->path)
		unlink(out->name);
	forget(out);
}

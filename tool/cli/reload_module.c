// SPDX-License-Identifier: GPL-2.0-or-later
/* The module's file: is it one, is it for this kernel; loading and unloading it. */
#include "reload_module.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <libkmod.h>

#define NAME		"portsteer"
#define SRCVERSION	"/sys/module/" NAME "/srcversion"
#define WORD_MAX	128
/* Who reads a list has the module in use until the list is read. */
#define UNLOAD_TRIES	100
#define UNLOAD_STEP_MS	50

__attribute__((__format__(printf, 3, 4)))
static int refuse(struct refusal *refusal, int error, const char *format, ...)
{
	char text[REFUSAL_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	refusal_set(refusal, error, text);
	return -error;
}

/* The module that modprobe would load. */
static int find_installed(struct module_file *file)
{
	struct kmod_list *list = NULL;
	int ret;

	ret = kmod_module_new_from_lookup(file->ctx, NAME, &list);
	if (!ret && list) {
		file->module = kmod_module_get_module(list);
		file->installed = true;
	}
	kmod_module_unref_list(list);
	return file->module && kmod_module_get_path(file->module) ? 0 : -ENOENT;
}

/* A word of what modinfo shows, cut at the first blank; "" if it is not there. */
static void info_word(const struct kmod_list *info, const char *key,
		      char word[WORD_MAX])
{
	const struct kmod_list *item;

	*word = '\0';
	kmod_list_foreach(item, info)
		if (!strcmp(kmod_module_info_get_key(item), key))
			snprintf(word, WORD_MAX, "%s",
				 kmod_module_info_get_value(item));
	word[strcspn(word, " ")] = '\0';
}

static bool is_running(const struct kmod_list *info)
{
	char running[WORD_MAX] = "";
	char word[WORD_MAX];
	FILE *f;

	f = fopen(SRCVERSION, "re");
	if (!f)
		return false;
	if (!fgets(running, sizeof(running), f))
		*running = '\0';
	fclose(f);
	running[strcspn(running, "\n")] = '\0';
	info_word(info, "srcversion", word);
	return *word && !strcmp(word, running);
}

static int check_info(struct module_file *file, const char *path,
		      const struct kmod_list *info, struct refusal *refusal)
{
	struct utsname kernel;
	char word[WORD_MAX];

	info_word(info, "name", word);
	if (strcmp(word, NAME))
		return refuse(refusal, EINVAL, "%s is another module: \"%s\"",
			      path, word);
	info_word(info, "vermagic", word);
	if (uname(&kernel) || strcmp(word, kernel.release))
		return refuse(refusal, EINVAL,
			      "%s is for the kernel %s, this one is %s", path,
			      word, kernel.release);
	file->running = is_running(info);
	return 0;
}

/**
 * module_file_open() - look at a file, without loading it
 * @file: filled; to be closed in any case
 * @path: its path; NULL: what is installed for this kernel
 * @refusal: what is wrong with it
 *
 * Return: 0 or a negative errno.
 */
int module_file_open(struct module_file *file, const char *path,
		     struct refusal *refusal)
{
	struct kmod_list *info = NULL;
	int ret;

	*file = (struct module_file) { .ctx = kmod_new(NULL, NULL) };
	if (!file->ctx)
		err(1, "no memory");
	/* it would say in its own words what is said here */
	kmod_set_log_priority(file->ctx, -1);
	if (path)
		ret = kmod_module_new_from_path(file->ctx, path, &file->module);
	else
		ret = find_installed(file);
	if (!path && ret)
		return refuse(refusal, -ret, "no portsteer module is installed for this kernel (modinfo portsteer)");
	if (!path)
		path = kmod_module_get_path(file->module);
	if (!ret)
		ret = kmod_module_get_info(file->module, &info);
	if (ret < 0)
		return refuse(refusal, -ret, "%s is no kernel module: %s", path,
			      strerror(-ret));
	ret = check_info(file, path, info, refusal);
	kmod_module_info_free_list(info);
	return ret;
}

/**
 * module_file_load() - load the module
 *
 * Return: 0 or a negative errno.
 */
int module_file_load(const struct module_file *file, struct refusal *refusal)
{
	int ret;

	if (file->installed)
		ret = kmod_module_probe_insert_module(file->module, 0, NULL,
						      NULL, NULL, NULL);
	else
		ret = kmod_module_insert_module(file->module, 0, NULL);
	if (ret >= 0)
		return 0;
	return refuse(refusal, -ret, "%s cannot be loaded: %s (dmesg may say more)",
		      kmod_module_get_path(file->module),
		      ret == -ENOENT ? "this kernel lacks a symbol that it needs" :
				       strerror(-ret));
}

/**
 * module_file_close() - forget it
 */
void module_file_close(struct module_file *file)
{
	kmod_module_unref(file->module);
	kmod_unref(file->ctx);
	*file = (struct module_file) { 0 };
}

/**
 * module_unload() - unload the module that is loaded, with all its state
 *
 * Return: 0 or a negative errno.
 */
int module_unload(struct refusal *refusal)
{
	static const struct timespec step = {
		.tv_nsec = UNLOAD_STEP_MS * 1000000
	};
	int tries;

	for (tries = 0; tries < UNLOAD_TRIES; tries++) {
		if (!syscall(SYS_delete_module, NAME, O_NONBLOCK))
			return 0;
		if (errno != EWOULDBLOCK)
			break;
		nanosleep(&step, NULL);
	}
	return refuse(refusal, errno, "the module cannot be unloaded: %s",
		      errno == EWOULDBLOCK ? "it is in use" : strerror(errno));
}

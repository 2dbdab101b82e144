// SPDX-License-Identifier: GPL-2.0-or-later
/* The module: whether it is there, requests, and pictures of it. */
#include "kernel.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/msg.h>

#include "clock.h"
#include "log.h"
#include "module.h"
#include "notices.h"
#include "wire.h"

#define PICTURE_MS	1000	/* how old one may get */

/**
 * struct picture - a list of the module's objects, as it came
 * @object: what they are
 * @read_ms: when it was read; 0: never
 * @messages: one an object
 * @next: that of other objects
 */
struct picture {
	const struct object *object;
	uint64_t read_ms;
	struct messages messages;
	struct picture *next;
};

/**
 * struct kernel - the module
 * @loaded: it is there, and @nl is open
 * @nl: for requests
 * @module: tells of its coming and going
 * @notices: what it tells by itself
 * @pictures: what was read of it
 */
struct kernel {
	bool loaded;
	struct netlink nl;
	struct module *module;
	struct notices *notices;
	struct picture *pictures;
};

static void forget_pictures(struct kernel *kernel)
{
	struct picture *p;

	for (p = kernel->pictures; p; p = p->next) {
		p->read_ms = 0;
		p->messages.used = 0;
	}
}

static void leave(struct kernel *kernel)
{
	if (!kernel->loaded)
		return;
	kernel->loaded = false;
	netlink_close(&kernel->nl);
	notices_close(kernel->notices);
	forget_pictures(kernel);
}

static bool enter(struct kernel *kernel)
{
	if (netlink_open(&kernel->nl)) {
		if (kernel->nl.refusal.error != ENODEV)
			log_error("the module cannot be asked: %s",
				  kernel->nl.refusal.text);
		netlink_close(&kernel->nl);
		return false;
	}
	kernel->loaded = true;
	notices_open(kernel->notices);
	return true;
}

static void on_module(void *arg)
{
	struct kernel *kernel = arg;
	bool before = kernel->loaded;

	leave(kernel);
	if (enter(kernel))
		log_notice("the portsteer module is loaded%s",
			   before ? " anew" : "");
	else if (before)
		log_warning("the portsteer module is gone: waiting for it");
}

/**
 * kernel_open() - find the module, or wait for it
 *
 * Return: it, or NULL and why not.
 */
struct kernel *kernel_open(struct event_base *base, struct refusal *refusal)
{
	struct kernel *kernel = calloc(1, sizeof(*kernel));

	if (!kernel)
		err(1, "no memory");
	/* first hear of it, then look: so it can't come unseen in between */
	kernel->module = module_watch(base, on_module, kernel);
	if (!kernel->module) {
		refusal_set(refusal, EIO, "this kernel tells nothing of netlink families");
		free(kernel);
		return NULL;
	}
	kernel->notices = notices_new(base);
	if (!enter(kernel))
		log_warning("the portsteer module is not loaded: waiting for it");
	return kernel;
}

/**
 * kernel_close() - forget it
 */
void kernel_close(struct kernel *kernel)
{
	struct picture *p;

	leave(kernel);
	while (kernel->pictures) {
		p = kernel->pictures;
		kernel->pictures = p->next;
		messages_free(&p->messages);
		free(p);
	}
	notices_free(kernel->notices);
	module_unwatch(kernel->module);
	free(kernel);
}

/**
 * kernel_loaded() - whether the module is there
 */
bool kernel_loaded(const struct kernel *kernel)
{
	return kernel->loaded;
}

static int refuse(struct refusal *refusal, int error, const char *text)
{
	refusal_set(refusal, error, text);
	return -error;
}

/* What there is to send, or why there is nothing. */
static int begin(struct kernel *kernel, uint8_t cmd, const struct object *object,
		 const struct record *record, unsigned int flags,
		 struct nl_msg **msg, struct refusal *refusal)
{
	if (!kernel->loaded)
		return refuse(refusal, ENODEV,
			      "the portsteer module is not loaded");
	*msg = netlink_message(&kernel->nl, cmd);
	if (!record || wire_put(*msg, object, record, flags) >= 0)
		return 0;
	nlmsg_free(*msg);
	return refuse(refusal, EMSGSIZE, "the request is too long");
}

static int end(struct kernel *kernel, int ret, struct refusal *refusal)
{
	if (!ret)
		return 0;
	*refusal = kernel->nl.refusal;
	if (!*refusal->text)
		snprintf(refusal->text, sizeof(refusal->text), "%s",
			 strerror(refusal->error));
	return ret;
}

/* The attribute at fault by its keyword. */
static void name_attribute(const struct object *object, unsigned int role,
			   struct refusal *refusal)
{
	const struct field *f = field_of_attr(object, refusal->attr, role);
	size_t len = strlen(refusal->text);

	if (f)
		snprintf(refusal->text + len, sizeof(refusal->text) - len,
			 " (attribute %s)", f->keyword);
}

/**
 * kernel_do() - have something done
 * @kernel: the module
 * @object: what about
 * @cmd: what, PSTEER_CMD_*
 * @role: the same as ROLE_*, to name what was wrong
 * @record: with what
 * @refusal: why not
 *
 * Return: 0 or a negative errno.
 */
int kernel_do(struct kernel *kernel, const struct object *object, uint8_t cmd,
	      unsigned int role, const struct record *record,
	      struct refusal *refusal)
{
	struct nl_msg *msg;
	int ret = begin(kernel, cmd, object, record, 0, &msg, refusal);

	if (ret)
		return ret;
	ret = end(kernel, netlink_request(&kernel->nl, msg, NULL, NULL),
		  refusal);
	if (ret)
		name_attribute(object, role, refusal);
	return ret;
}

/* A list as it comes in. */
struct intake {
	const struct object *object;
	const struct record *filter;
	kernel_visitor fn;
	void *arg;
};

static void take(struct nlmsghdr *hdr, void *arg)
{
	const struct intake *in = arg;
	struct record r = { 0 };

	wire_get(hdr, in->object, &r);
	if (!in->filter || record_matches(&r, in->filter, 0))
		in->fn(&r, in->arg);
	record_clear(&r);
}

/**
 * kernel_list() - read objects anew
 * @kernel: the module
 * @object: which
 * @filter: what they must have; NULL: all
 * @fn: gets each, after all have come
 * @arg: for @fn
 * @refusal: why not
 *
 * Return: 0 or a negative errno; -EAGAIN if the list would not stay the same for
 * long enough to be read whole.
 */
int kernel_list(struct kernel *kernel, const struct object *object,
		const struct record *filter, kernel_visitor fn, void *arg,
		struct refusal *refusal)
{
	struct intake in = {
		.object = object, .filter = filter, .fn = fn, .arg = arg,
	};
	struct nl_msg *msg;
	bool torn = false;
	int ret;

	ret = begin(kernel, object->get, object, filter, FIELD_FILTER, &msg,
		    refusal);
	if (ret)
		return ret;
	ret = end(kernel, netlink_dump(&kernel->nl, msg, take, &in, &torn),
		  refusal);
	if (!ret && torn)
		return refuse(refusal, EAGAIN, "the list changed while it was read");
	return ret;
}

static struct picture *picture_of(struct kernel *kernel,
				  const struct object *object)
{
	struct picture *p;

	for (p = kernel->pictures; p; p = p->next)
		if (p->object == object)
			return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		err(1, "no memory");
	p->object = object;
	p->next = kernel->pictures;
	kernel->pictures = p;
	return p;
}

/* One that was torn is better than none: the next one is a second away. */
static void read_picture(struct kernel *kernel, struct picture *p)
{
	struct refusal refusal;
	struct nl_msg *msg;
	bool torn;
	int ret;

	p->messages.used = 0;
	p->read_ms = clock_ms();
	ret = begin(kernel, p->object->get, p->object, NULL, 0, &msg, &refusal);
	if (ret)
		return;
	ret = end(kernel, netlink_dump(&kernel->nl, msg, messages_add, &p->messages,
				       &torn), &refusal);
	if (ret)
		log_warning("%s: the list cannot be read: %s", p->object->word,
			    refusal.text);
}

/**
 * kernel_each() - look at the objects of one kind
 * @kernel: the module
 * @object: which
 * @fn: gets each
 * @arg: for @fn
 */
void kernel_each(struct kernel *kernel, const struct object *object,
		 kernel_visitor fn, void *arg)
{
	struct picture *p = picture_of(kernel, object);
	struct intake in = { .object = object, .fn = fn, .arg = arg };

	if (!p->read_ms || clock_ms() - p->read_ms >= PICTURE_MS)
		read_picture(kernel, p);
	messages_each(&p->messages, take, &in);
}

/**
 * kernel_watch() - want to know what the module tells by itself
 */
void kernel_watch(struct kernel *kernel, struct kernel_watch *watch)
{
	notices_add(kernel->notices, watch, kernel->loaded);
}

/**
 * kernel_unwatch() - don't want to know any more
 */
void kernel_unwatch(struct kernel *kernel, struct kernel_watch *watch)
{
	notices_del(kernel->notices, watch);
}

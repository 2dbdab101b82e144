// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A small HTTP server in the event loop. libmicrohttpd waits by an epoll
 * descriptor of its own, which the loop waits for.
 */
#include "http.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "clock.h"
#include "listen.h"

#define VISITORS_MAX	64	/* connections at once */
#define MEMORY_MAX	16384	/* bytes of a request's head */
#define SECONDS_MAX	10	/* for a request and its answer */
#define FRESH_MS	1000	/* an answer may be given again */
#define BACKLOG		16
#define ROUTES_MAX	8

/**
 * struct visitor - a connection
 * @fd: of it; -1: there is none
 * @since: seconds
 */
struct visitor {
	int fd;
	time_t since;
};

/**
 * struct answer - what was last written for a route
 * @response: libmicrohttpd's
 * @made_ms: when
 */
struct answer {
	struct MHD_Response *response;
	uint64_t made_ms;
};

/**
 * struct http - the server
 * @routes: what there is
 * @arg: for them
 * @answers: one for each
 * @not_found: answer to other paths
 * @not_allowed: answer to other methods
 * @daemon: libmicrohttpd's
 * @ready: it has something to do
 * @timer: it wants to be called again
 * @clock: looks for visitors that take too long
 * @visitors: who is there
 * @counts: for those who watch
 */
struct http {
	const struct http_route *routes;
	void *arg;
	struct answer answers[ROUTES_MAX];
	struct MHD_Response *not_found;
	struct MHD_Response *not_allowed;
	struct MHD_Daemon *daemon;
	struct event *ready;
	struct event *timer;
	struct event *clock;
	struct visitor visitors[VISITORS_MAX];
	struct http_counts counts;
};

/* --- answers ------------------------------------------------------------- */

/* Everything of the page comes from here, and nobody keeps or frames it. */
static void add_headers(struct MHD_Response *response, const char *type)
{
	static const struct {
		const char *name;
		const char *value;
	} headers[] = {
		{ "Content-Security-Policy",
		  "default-src 'none'; style-src 'self'; script-src 'self'; "
		  "img-src 'self'; connect-src 'self'; base-uri 'none'; "
		  "form-action 'none'; frame-ancestors 'none'" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Cache-Control", "no-store" },
		{ "Connection", "close" },
	};
	size_t i;

	MHD_add_response_header(response, "Content-Type", type);
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		MHD_add_response_header(response, headers[i].name,
					headers[i].value);
}

static struct MHD_Response *fixed_answer(const char *text)
{
	struct MHD_Response *response;

	response = MHD_create_response_from_buffer(strlen(text), (void *)text,
						   MHD_RESPMEM_PERSISTENT);
	if (response)
		add_headers(response, "text/plain; charset=utf-8");
	return response;
}

static struct MHD_Response *write_answer(const struct http *http,
					 const struct http_route *route)
{
	struct MHD_Response *response;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	route->write(out, http->arg);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	response = MHD_create_response_from_buffer(size, text,
						   MHD_RESPMEM_MUST_FREE);
	if (response)
		add_headers(response, route->type);
	else
		free(text);
	return response;
}

/* Many readers cost as much as one. */
static struct MHD_Response *answer_of(struct http *http, size_t nr)
{
	struct answer *answer = &http->answers[nr];
	uint64_t now = clock_ms();

	if (answer->response && now - answer->made_ms < FRESH_MS)
		return answer->response;
	if (answer->response)
		MHD_destroy_response(answer->response);
	answer->response = write_answer(http, &http->routes[nr]);
	answer->made_ms = now;
	return answer->response;
}

static enum MHD_Result refuse(struct http *http, struct MHD_Connection *to,
			      unsigned int status,
			      struct MHD_Response *response)
{
	http->counts.refused++;
	return MHD_queue_response(to, status, response);
}

static enum MHD_Result answer_request(void *cls, struct MHD_Connection *to,
				      const char *path, const char *method,
				      const char *version, const char *upload,
				      size_t *upload_size, void **request)
{
	struct http *http = cls;
	struct MHD_Response *response;
	size_t i;

	(void)version;
	(void)upload;
	(void)upload_size;
	(void)request;
	if (strcmp(method, MHD_HTTP_METHOD_GET) &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD))
		return refuse(http, to, MHD_HTTP_METHOD_NOT_ALLOWED,
			      http->not_allowed);
	for (i = 0; http->routes[i].path; i++)
		if (!strcmp(path, http->routes[i].path))
			break;
	if (!http->routes[i].path)
		return refuse(http, to, MHD_HTTP_NOT_FOUND, http->not_found);
	response = answer_of(http, i);
	if (!response)
		return MHD_NO;
	http->counts.answered++;
	return MHD_queue_response(to, MHD_HTTP_OK, response);
}

/* --- visitors ------------------------------------------------------------ */

static struct visitor *visitor_with(struct http *http, int fd)
{
	size_t i;

	for (i = 0; i < VISITORS_MAX; i++)
		if (http->visitors[i].fd == fd)
			return &http->visitors[i];
	return NULL;
}

static void note_visitor(void *cls, struct MHD_Connection *connection,
			 void **context,
			 enum MHD_ConnectionNotificationCode what)
{
	const union MHD_ConnectionInfo *info;
	struct visitor *visitor;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		visitor = *context;
		if (visitor)
			visitor->fd = -1;
		return;
	}
	visitor = visitor_with(cls, -1);
	info = MHD_get_connection_info(connection,
				       MHD_CONNECTION_INFO_CONNECTION_FD);
	if (!visitor || !info)
		return;
	visitor->fd = info->connect_fd;
	visitor->since = clock_ms() / 1000;
	*context = visitor;
}

/* --- the loop ------------------------------------------------------------ */

static void run(struct http *http)
{
	MHD_UNSIGNED_LONG_LONG ms;
	struct timeval wait;

	MHD_run(http->daemon);
	if (MHD_get_timeout(http->daemon, &ms) != MHD_YES) {
		evtimer_del(http->timer);
		return;
	}
	wait.tv_sec = ms / 1000;
	wait.tv_usec = ms % 1000 * 1000;
	evtimer_add(http->timer, &wait);
}

static void on_ready(evutil_socket_t fd, short events, void *arg)
{
	(void)fd;
	(void)events;
	run(arg);
}

/* libmicrohttpd limits silence; who says a byte now and then is ended here. */
static void end_late(evutil_socket_t fd, short events, void *arg)
{
	struct http *http = arg;
	time_t now = clock_ms() / 1000;
	struct visitor *visitor;

	(void)fd;
	(void)events;
	for (visitor = http->visitors;
	     visitor < http->visitors + VISITORS_MAX; visitor++) {
		if (visitor->fd < 0 || now - visitor->since <= SECONDS_MAX)
			continue;
		shutdown(visitor->fd, SHUT_RDWR);
		http->counts.late++;
		visitor->since = now;
	}
	/*
	 * After a crowd it listens again only when it is called once more, which
	 * nothing makes us do if all have gone at once.
	 */
	run(http);
}

static bool start_daemon(struct http *http, int fd)
{
	unsigned int flags = MHD_USE_EPOLL;

	http->daemon = MHD_start_daemon(flags, 0, NULL, NULL, answer_request,
			http, MHD_OPTION_LISTEN_SOCKET, fd,
			MHD_OPTION_CONNECTION_LIMIT, VISITORS_MAX,
			MHD_OPTION_CONNECTION_TIMEOUT, SECONDS_MAX,
			MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_MAX,
			MHD_OPTION_NOTIFY_CONNECTION, note_visitor, http,
			MHD_OPTION_END);
	return http->daemon;
}

static bool join_loop(struct http *http, struct event_base *base)
{
	const struct timeval second = { .tv_sec = 1 };
	const union MHD_DaemonInfo *info;

	info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return false;
	http->ready = event_new(base, info->epoll_fd, EV_READ | EV_PERSIST,
				on_ready, http);
	http->timer = evtimer_new(base, on_ready, http);
	http->clock = event_new(base, -1, EV_PERSIST, end_late, http);
	return http->ready && http->timer && http->clock &&
	       !event_add(http->ready, NULL) &&
	       !event_add(http->clock, &second);
}

/**
 * http_open() - begin to listen
 */
struct http *http_open(struct event_base *base,
		       const struct endpoint *endpoint,
		       const struct http_route *routes, void *arg,
		       struct refusal *refusal)
{
	struct http *http = calloc(1, sizeof(*http));
	int fd = http ? listen_open(endpoint, refusal) : -1;
	size_t i;

	if (fd < 0) {
		free(http);
		return NULL;
	}
	http->routes = routes;
	http->arg = arg;
	for (i = 0; i < VISITORS_MAX; i++)
		http->visitors[i].fd = -1;
	http->not_found = fixed_answer("There is no such page.\n");
	http->not_allowed = fixed_answer("There is nothing to do but to read.\n");
	if (http->not_found && http->not_allowed && !listen(fd, BACKLOG) &&
	    start_daemon(http, fd) && join_loop(http, base))
		return http;
	if (!http->daemon)
		close(fd);
	refusal_set(refusal, ENOMEM, "no memory for the status page");
	http_close(http);
	return NULL;
}

static void drop(struct MHD_Response *response)
{
	if (response)
		MHD_destroy_response(response);
}

/**
 * http_close() - end, with all connections
 */
void http_close(struct http *http)
{
	struct event *events[] = { http->ready, http->timer, http->clock };
	size_t i;

	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (events[i])
			event_free(events[i]);
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	for (i = 0; i < ROUTES_MAX; i++)
		drop(http->answers[i].response);
	drop(http->not_found);
	drop(http->not_allowed);
	free(http);
}

/**
 * http_counts() - what became of requests
 */
const struct http_counts *http_counts(const struct http *http)
{
	return &http->counts;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Both ends of lines over 127.0.0.1, good and bad ones; prints TAP. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/listener.h>

#include "identity.h"
#include "line.h"
#include "tap.h"
#include "tls.h"

#define MESSAGE_MAX	4096
#define PATIENCE_S	30

/**
 * struct end - what was seen of one end of a line
 * @line: it; NULL: none, or over
 * @opened: times that it was
 * @messages: that came
 * @sum: of their numbers
 * @why: it ended
 */
struct end {
	struct line *line;
	unsigned int opened;
	unsigned int messages;
	unsigned long sum;
	char why[200];
};

static const char *folder;
static struct event_base *base;
static SSL_CTX *gateway;
static SSL_CTX *agent;
static unsigned short port;
static struct end server;
static struct end client;
static struct line_limits limits;
static bool late;

static void show_ends(void)
{
	printf("# server: opened %u, messages %u, sum %lu, \"%s\"\n",
	       server.opened, server.messages, server.sum, server.why);
	printf("# client: opened %u, messages %u, sum %lu, \"%s\"\n",
	       client.opened, client.messages, client.sum, client.why);
}

/* With what was seen of both ends, if it is not good. */
#define check_ends(good, ...) do {					\
	if (!check(good, __VA_ARGS__))					\
		show_ends();						\
} while (0)

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	late = true;
}

/* Let the loop run until it is so; false if that takes too long. */
#define wait_for(condition) ({						\
	struct timeval patience_ = { .tv_sec = PATIENCE_S };		\
	struct event *timer_ = evtimer_new(base, on_late, NULL);	\
	for (late = false, event_add(timer_, &patience_);		\
	     !(condition) && !late;)					\
		event_base_loop(base, EVLOOP_ONCE);			\
	event_free(timer_);						\
	!late;								\
})

/* A user of lines. */

static void on_ready(struct line *line, void *arg)
{
	struct end *end = arg;

	(void)line;
	end->opened++;
}

static const char *on_message(struct line *line, json_t *message, void *arg)
{
	struct end *end = arg;

	end->messages++;
	end->sum += json_integer_value(json_object_get(message, "n"));
	if (json_object_get(message, "echo"))
		line_send(line, json_pack("{s:i}", "n", 7));
	if (json_object_get(message, "drop")) {
		end->line = NULL;
		line_drop(line);
	}
	return json_object_get(message, "bad") ? "that\nis bad" : NULL;
}

static void on_closed(struct line *line, const char *why, void *arg)
{
	struct end *end = arg;

	(void)line;
	snprintf(end->why, sizeof(end->why), "%s", why);
	end->line = NULL;
}

static const struct line_use use = {
	.ready = on_ready,
	.message = on_message,
	.closed = on_closed,
};

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd,
		      struct sockaddr *from, int size, void *arg)
{
	(void)listener;
	(void)from;
	(void)size;
	(void)arg;
	server.line = line_accept(base, gateway, fd, &limits, &use, &server);
}

static struct evconnlistener *listen_here(evconnlistener_cb accept,
					  unsigned short *at)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);
	struct evconnlistener *listener;

	listener = evconnlistener_new_bind(base, accept, NULL,
					   LEV_OPT_CLOSE_ON_FREE, -1,
					   (struct sockaddr *)&address,
					   sizeof(address));
	getsockname(evconnlistener_get_fd(listener),
		    (struct sockaddr *)&address, &size);
	*at = ntohs(address.sin_port);
	return listener;
}

static SSL_CTX *context_of(const char *ca, const char *name, enum tls_side side)
{
	struct refusal refusal;
	char paths[3][200];
	struct tls_files files = { paths[0], paths[1], paths[2] };
	SSL_CTX *context;

	snprintf(paths[0], sizeof(paths[0]), "%s/%s.pem", folder, ca);
	snprintf(paths[1], sizeof(paths[1]), "%s/%s.pem", folder, name);
	snprintf(paths[2], sizeof(paths[2]), "%s/%s.key", folder, name);
	context = tls_context(&files, side, &refusal);
	if (!context)
		printf("Bail out! %s\n", refusal.text);
	return context ? context : (exit(1), NULL);
}

static void begin(void)
{
	server = (struct end) { 0 };
	client = (struct end) { 0 };
	limits = (struct line_limits) { MESSAGE_MAX, 1 << 16, 0 };
}

static void connect_with(SSL_CTX *context)
{
	client.line = line_connect(base, context, "127.0.0.1", port, &limits,
				   &use, &client);
}

static void end_both(void)
{
	if (client.line)
		line_close(client.line, "test is over");
	if (server.line)
		line_close(server.line, "test is over");
	wait_for(!client.line && !server.line);
}

/* Without both ends there is nothing to test. */
static bool open_both(void)
{
	bool good;

	begin();
	connect_with(agent);
	good = wait_for((server.opened && client.opened) || !client.line);
	good = good && server.line && client.line;
	check_ends(good, "both ends open");
	if (!good)
		end_both();
	return good;
}

static bool said(const struct end *end, const char *part)
{
	return strstr(end->why, part);
}

/* Good ones */

static void test_talk(void)
{
	char *name;
	int i;

	if (!open_both())
		return;
	name = identity_name(line_certificate(server.line), ROLE_OF_VM);
	check_ends(name && !strcmp(name, "red"), "the gateway knows the agent");
	free(name);
	check_ends(identity_is(line_certificate(client.line), ROLE_OF_GATEWAY, "g1"),
	      "the agent knows the gateway");
	check_ends(!strncmp(line_peer(server.line), "127.0.0.1:", 10),
	      "the peer is %s", line_peer(server.line));
	for (i = 1; i <= 20000; i++) {
		if (!line_send(client.line,
			       json_pack("{s:i, s:s+}", "n", i, "pad",
					 "0123456789012345678901234567890", "")))
			break;
		wait_for(line_waiting(client.line) < 1 << 15);
	}
	check_ends(wait_for(server.messages == 20000) && server.sum == 200010000,
	      "20,000 messages come");
	line_send(server.line, json_pack("{s:i, s:i}", "n", 1, "echo", 1));
	check_ends(wait_for(server.messages == 20001), "and one comes back");
	line_send(client.line, json_pack("{s:i}", "n", 5));
	line_close(client.line, "enough");
	check_ends(wait_for(!client.line && !server.line) && server.sum == 200010012 &&
	      said(&client, "enough") && said(&server, "closed by the other end"),
	      "what was sent before the end comes");
}

static void test_names(void)
{
	begin();
	client.line = line_connect(base, agent, "localhost", port, &limits,
				   &use, &client);
	check_ends(wait_for(server.opened && client.opened), "connects by a name");
	end_both();
	begin();
	client.line = line_connect(base, agent, "127.0.0.1", 1, &limits, &use,
				   &client);
	check_ends(wait_for(!client.line) && said(&client, "Connection refused"),
	      "nobody there: %s", client.why);
	begin();
	client.line = line_connect(base, agent, "portsteer.invalid", port,
				   &limits, &use, &client);
	check_ends(wait_for(!client.line) && *client.why, "no such name: %s",
	      client.why);
}

static void test_refusal(void)
{
	if (!open_both())
		return;
	line_send(client.line, json_pack("{s:i, s:i}", "n", 1, "bad", 1));
	line_send(client.line, json_pack("{s:i}", "n", 2));
	check_ends(wait_for(!server.line && !client.line) && server.messages == 1 &&
	      said(&client, "refused by the other end: that?is bad"),
	      "a message refused ends it: %s", client.why);
	if (!open_both())
		return;
	line_send(client.line, json_pack("{s:i, s:i}", "n", 1, "drop", 1));
	line_send(client.line, json_pack("{s:i}", "n", 2));
	check_ends(wait_for(!client.line) && server.messages == 1 && !*server.why,
	      "a user that goes away is told no more");
	if (!open_both())
		return;
	line_drop(server.line);
	check_ends(wait_for(!client.line) && !*server.why, "also outside a message");
}

/* Strangers */

static void refused_both(const char *what, SSL_CTX *context, const char *why)
{
	begin();
	connect_with(context);
	check_ends(wait_for(!client.line && *server.why) && !server.opened &&
	      said(&server, why), "%s: %s; %s", what, server.why, client.why);
	SSL_CTX_free(context);
}

static SSL_CTX *raw_context(int version)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	SSL_CTX_set_max_proto_version(context, version);
	return context;
}

static void test_strangers(void)
{
	SSL_CTX *old = context_of("ca", "agent", TLS_CLIENT);
	SSL_CTX *own = gateway;

	refused_both("a certificate of another authority",
		     context_of("ca", "stranger", TLS_CLIENT),
		     "the other end's certificate: ");
	refused_both("no certificate", raw_context(TLS1_3_VERSION),
		     "peer did not return a certificate");
	SSL_CTX_set_min_proto_version(old, TLS1_2_VERSION);
	SSL_CTX_set_max_proto_version(old, TLS1_2_VERSION);
	refused_both("TLS 1.2", old, "unsupported protocol");

	begin();
	gateway = context_of("ca", "impostor", TLS_SERVER);
	connect_with(agent);
	check_ends(wait_for(!client.line && !server.line) && !client.opened &&
	      said(&client, "certificate"), "a gateway of another authority: %s",
	      client.why);
	SSL_CTX_free(gateway);
	begin();
	gateway = context_of("ca", "agent", TLS_SERVER);
	connect_with(agent);
	check_ends(wait_for(!client.line && !server.line) && !client.opened &&
	      said(&client, "purpose"), "an agent as gateway: %s", client.why);
	SSL_CTX_free(gateway);
	gateway = own;
}

/* Agents that know TLS and nothing else */

static struct bufferevent *connect_raw(SSL_CTX *context)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port),
	};
	struct bufferevent *raw;

	raw = context ? bufferevent_openssl_socket_new(base, -1, SSL_new(context),
						       BUFFEREVENT_SSL_CONNECTING,
						       BEV_OPT_CLOSE_ON_FREE) :
			bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_enable(raw, EV_READ | EV_WRITE);
	bufferevent_socket_connect(raw, (struct sockaddr *)&address,
				   sizeof(address));
	return raw;
}

/* Return: whether the server has refused these bytes for that reason. */
static bool refuses(const char *bytes, size_t size, const char *why)
{
	struct bufferevent *raw = connect_raw(agent);
	struct evbuffer *back = bufferevent_get_input(raw);
	bool good;

	bufferevent_write(raw, bytes, size);
	good = wait_for(evbuffer_search(back, why, strlen(why), NULL).pos > 0);
	bufferevent_free(raw);
	return good && wait_for(*server.why) && said(&server, why);
}

static void test_malformed(void)
{
	static const struct {
		const char *bytes;
		size_t size;
	} rows[] = {
		{ "\n", 1 }, { "[]\n", 3 }, { "{]\n", 3 }, { "{}{}\n", 5 },
		{ "{\"n\":1,\"n\":2}\n", 14 }, { "{\"n\":\"\0\"}\n", 10 },
		{ "{\"n\":1e999}\n", 12 }, { "{\"n\":\"\xff\"}\n", 10 },
		{ "{\"n\":99999999999999999999}\n", 27 }, { "\0\n", 2 },
		{ "GET / HTTP/1.1\r\n", 16 },
	};
	char line[MESSAGE_MAX + 2];
	struct bufferevent *raw;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		check_ends(refuses(rows[i].bytes, rows[i].size,
			      "a line is no JSON object") && !server.messages,
		      "malformed line %zu is refused", i + 1);
	}
	memset(line, '[', sizeof(line));
	line[MESSAGE_MAX] = '\n';
	begin();
	check_ends(refuses(line, MESSAGE_MAX + 1, "a line is no JSON object"),
	      "4,096 brackets are no JSON");
	memset(line, ' ', sizeof(line));
	begin();
	check_ends(refuses(line, MESSAGE_MAX + 1, "a line is too long"),
	      "more than a line may have, without an end");
	memcpy(line, "{}", 2);
	line[MESSAGE_MAX] = '\n';
	begin();
	raw = connect_raw(agent);
	bufferevent_write(raw, line, MESSAGE_MAX + 1);
	check_ends(wait_for(server.messages == 1), "as much as a line may have");
	bufferevent_free(raw);
	wait_for(!server.line);
}

/* Some bytes now and then, which never become a line. */
static void on_trickle(evutil_socket_t fd, short what, void *raw)
{
	(void)fd;
	(void)what;
	bufferevent_write(raw, " ", 1);
}

static void test_slow(void)
{
	struct timeval often = { .tv_usec = 20000 };
	struct bufferevent *raw;
	struct event *trickle;

	begin();
	limits.silence_ms = 500;
	raw = connect_raw(agent);
	check_ends(wait_for(*server.why) && server.opened &&
	      said(&server, "silent for 0.5 s"), "who says nothing: %s",
	      server.why);
	bufferevent_free(raw);
	begin();
	limits.silence_ms = 500;
	raw = connect_raw(agent);
	trickle = event_new(base, -1, EV_PERSIST, on_trickle, raw);
	event_add(trickle, &often);
	check_ends(wait_for(*server.why) && server.opened &&
	      said(&server, "silent for 0.5 s"), "who never ends a line: %s",
	      server.why);
	event_free(trickle);
	bufferevent_free(raw);
	begin();
	raw = connect_raw(NULL);
	check_ends(wait_for(*server.why) && said(&server, "no handshake"),
	      "who does not begin: %s", server.why);
	bufferevent_free(raw);
	begin();
	raw = connect_raw(NULL);
	bufferevent_write(raw, "GET / HTTP/1.1\r\n\r\n", 18);
	check_ends(wait_for(*server.why) && !server.opened, "who speaks no TLS: %s",
	      server.why);
	bufferevent_free(raw);
}

static void test_unread(void)
{
	static char much[4096];
	struct bufferevent *raw;
	unsigned int sent = 0;

	begin();
	memset(much, 'x', sizeof(much) - 1);
	raw = connect_raw(agent);
	wait_for(server.opened);
	bufferevent_disable(raw, EV_READ);
	while (server.line && sent++ < 100000 &&
	       line_send(server.line, json_pack("{s:s}", "much", much)))
		event_base_loop(base, EVLOOP_NONBLOCK);
	check_ends(wait_for(!server.line) && said(&server, "does not read"),
	      "who does not read: %s", server.why);
	bufferevent_free(raw);
}

/* Somebody between the two, who sends on what he reads, and may send it twice. */

static struct bufferevent *inward;
static struct bufferevent *outward;
static struct evbuffer *heard;

static void on_outward(struct bufferevent *from, void *arg)
{
	(void)arg;
	evbuffer_add_buffer_reference(heard, bufferevent_get_input(from));
	bufferevent_write_buffer(inward, bufferevent_get_input(from));
}

static void on_inward(struct bufferevent *from, void *arg)
{
	(void)arg;
	bufferevent_write_buffer(outward, bufferevent_get_input(from));
}

static void on_between(struct evconnlistener *listener, evutil_socket_t fd,
		       struct sockaddr *from, int size, void *arg)
{
	(void)listener;
	(void)from;
	(void)size;
	(void)arg;
	outward = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	inward = connect_raw(NULL);
	bufferevent_setcb(outward, on_outward, NULL, NULL, NULL);
	bufferevent_setcb(inward, on_inward, NULL, NULL, NULL);
	bufferevent_enable(outward, EV_READ | EV_WRITE);
}

static void test_replay(void)
{
	unsigned short between;
	struct evconnlistener *listener = listen_here(on_between, &between);
	struct bufferevent *raw;
	struct evbuffer *last;

	begin();
	heard = evbuffer_new();
	client.line = line_connect(base, agent, "127.0.0.1", between, &limits,
				   &use, &client);
	check_ends(wait_for(server.opened && client.opened), "through somebody");
	last = heard;
	heard = evbuffer_new();
	line_send(client.line, json_pack("{s:i}", "n", 1));
	wait_for(server.messages == 1);
	bufferevent_write(inward, evbuffer_pullup(heard, -1),
			  evbuffer_get_length(heard));
	check_ends(wait_for(!server.line) && server.messages == 1 &&
	      said(&server, "bad record mac"), "bytes that come twice: %s",
	      server.why);
	bufferevent_free(inward);
	bufferevent_free(outward);
	wait_for(!client.line);

	begin();
	raw = connect_raw(NULL);
	bufferevent_write_buffer(raw, last);
	bufferevent_write_buffer(raw, heard);
	check_ends(wait_for(*server.why) && !server.opened && !server.messages,
	      "a whole connection said again: %s", server.why);
	bufferevent_free(raw);
	evbuffer_free(last);
	evbuffer_free(heard);
	evconnlistener_free(listener);
}

int main(int argc, char **argv)
{
	struct evconnlistener *listener;

	if (argc != 2)
		return 2;
	folder = argv[1];
	base = event_base_new();
	gateway = context_of("ca", "gateway", TLS_SERVER);
	agent = context_of("ca", "agent", TLS_CLIENT);
	listener = listen_here(on_accept, &port);
	test_talk();
	test_names();
	test_refusal();
	test_strangers();
	test_malformed();
	test_slow();
	test_unread();
	test_replay();
	evconnlistener_free(listener);
	SSL_CTX_free(gateway);
	SSL_CTX_free(agent);
	event_base_free(base);
	libevent_global_shutdown();
	return check_end();
}

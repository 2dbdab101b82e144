// SPDX-License-Identifier: GPL-2.0-or-later
/* portsteer-agent: tells a gateway how a VM or a server is doing. */
#include <err.h>
#include <signal.h>
#include <stdlib.h>

#include <event2/event.h>

#include "agent.h"
#include "options.h"

static void on_signal(evutil_socket_t number, short what, void *base)
{
	(void)number;
	(void)what;
	event_base_loopbreak(base);
}

static struct event *stop_on(struct event_base *base, int number)
{
	struct event *event = evsignal_new(base, number, on_signal, base);

	if (!event || event_add(event, NULL))
		errx(1, "no memory");
	return event;
}

static int run(const struct options *options)
{
	struct event_base *base = event_base_new();
	struct event *interrupt, *terminate;
	struct agent *agent;

	if (!base)
		errx(1, "no memory");
	signal(SIGPIPE, SIG_IGN);
	interrupt = stop_on(base, SIGINT);
	terminate = stop_on(base, SIGTERM);
	agent = agent_start(base, options);
	if (agent) {
		event_base_dispatch(base);
		agent_stop(agent);
	}
	event_free(interrupt);
	event_free(terminate);
	event_base_free(base);
	return agent ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct options options;
	int status;

	if (options_read(&options, argc, argv, &status))
		status = run(&options);
	free(options.host);
	return status;
}

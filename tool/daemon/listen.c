// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets to listen on. */
#include "listen.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int refuse(struct refusal *refusal, const struct endpoint *e)
{
	char text[REFUSAL_TEXT_MAX];
	int error = errno;

	snprintf(text, sizeof(text), strchr(e->host, ':') ?
		 "cannot listen on [%s]:%u: %s" : "cannot listen on %s:%u: %s",
		 e->host, e->port, strerror(error));
	refusal_set(refusal, error, text);
	return -1;
}

static int bind_to(const struct addrinfo *info)
{
	int fd = socket(info->ai_family,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int off = 0;
	int on = 1;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* [::] is IPv4 too, whatever the system thinks */
	if (info->ai_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off,
				 sizeof(off));
	if (!bind(fd, info->ai_addr, info->ai_addrlen))
		return fd;
	close(fd);
	return -1;
}

/**
 * listen_open() - take an address and port for ourselves
 * @endpoint: numeric
 * @refusal: why that can't be
 *
 * Return: the socket, or -1.
 */
int listen_open(const struct endpoint *endpoint, struct refusal *refusal)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *info;
	char port[8];
	int fd;

	snprintf(port, sizeof(port), "%u", endpoint->port);
	if (getaddrinfo(endpoint->host, port, &hints, &info)) {
		errno = EADDRNOTAVAIL;
		return refuse(refusal, endpoint);
	}
	fd = bind_to(info);
	freeaddrinfo(info);
	return fd < 0 ? refuse(refusal, endpoint) : fd;
}

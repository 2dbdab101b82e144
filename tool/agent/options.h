/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_OPTIONS_H
#define PORTSTEER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "tls.h"

/**
 * struct options - what the agent was told on its command line
 * @host: of the daemon, a name or an address
 * @port: of the daemon
 * @vm: name of the VM that it speaks for; NULL: none
 * @server: address of the servers that it speaks for; NULL: none
 * @files: certificates and key
 * @interface: whose packets count; NULL: all but the loopback
 * @speed: bytes/s that are full network use; 0: what the interfaces say
 * @app_file: has the application's metric; NULL: none
 * @app_command: prints it; NULL: none
 * @least_ports: set the range of local ports if it has so many; 0: never
 */
struct options {
	char *host;
	uint16_t port;
	const char *vm;
	const char *server;
	struct tls_files files;
	const char *interface;
	uint64_t speed;
	const char *app_file;
	const char *app_command;
	unsigned int least_ports;
};

bool options_read(struct options *options, int argc, char **argv, int *status);

#endif

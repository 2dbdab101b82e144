// SPDX-License-Identifier: GPL-2.0-or-later
/* Versions: of this program, and of the module that is loaded. */
#include "version.h"

#include <stdio.h>

#include <jansson.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include <linux/portsteer.h>

#include "command.h"
#include "output.h"

static void take_version(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *attr;

	attr = nlmsg_find_attr(hdr, GENL_HDRLEN, PSTEER_A_MODULE_VERSION);
	if (attr)
		nla_strlcpy(arg, attr, VERSION_MAX);
}

/**
 * version_of_module() - ask the module for its version
 * @nl: a socket, whatever version of the contract is spoken there
 * @version: filled
 *
 * Return: false if it does not say.
 */
bool version_of_module(struct netlink *nl, char version[VERSION_MAX])
{
	struct nl_msg *msg = netlink_message(nl, PSTEER_CMD_MODULE_GET);

	*version = '\0';
	return !netlink_request(nl, msg, take_version, version) && *version;
}

static void show_json(const char *module, const struct netlink *nl)
{
	struct output out = { .json = true };

	output_object(&out, json_pack("{s:s, s:i, s:s?, s:o}",
				      "version", PORTSTEER_VERSION,
				      "contract", PSTEER_GENL_VERSION,
				      "module", module, "module_contract",
				      nl ? json_integer(nl->contract) :
					   json_null()));
	output_close(&out);
}

/**
 * version_show() - print what is of which version
 */
void version_show(void)
{
	char version[VERSION_MAX];
	const char *module = NULL;
	struct netlink nl;
	bool loaded;

	loaded = !netlink_connect(&nl);
	if (loaded && version_of_module(&nl, version))
		module = version;
	if (options.json) {
		show_json(module, loaded ? &nl : NULL);
	} else {
		printf("portsteer %s contract %u\n", PORTSTEER_VERSION,
		       PSTEER_GENL_VERSION);
		if (loaded)
			printf("module %s contract %u\n",
			       module ? module : "unknown", nl.contract);
	}
	netlink_close(&nl);
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Pages about the module and its tool, one after the other on a gateway with two servers
# and a client that is a VM, too: all that they say to type does what they say.
SERVERS=2
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_documents.sh"

setup_bare
start_nginxes
start_nginx red client
for name in gateway client server1 server2 red:client; do
	machine "${name%:*}" "${name#*:}"
done

page Documentation/first-gateway.md
page Documentation/vm-nat.md
page Documentation/tuning.md
page Documentation/counters.md

finish

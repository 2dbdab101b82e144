#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The pages selection, model and configuration, section by section, each on a gateway
# that is as the section takes it: all that they say to type does what they say.
SERVERS=3
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_documents.sh"

# --- the gateway of the sections --------------------------------------------

setup_bare
ip -n "gateway-$suffix" addr add 203.0.113.9/32 dev lo
ps_ config set slow-start 0
start_nginx 1
for name in gateway red:client edge:server2 host:server3; do
	machine "${name%:*}" "${name#*:}"
done
home=$scratch/home
mkdir "$home"

# loads PERCENT...: of the servers, in their order
loads() {
	local n=1 load
	for load; do ps_ server report web "10.1.$((n++)).2:80" load "$load%"; done
}

# --- selection --------------------------------------------------------------

web_service
loads 25
ps_ server report web 10.1.2.2:80 load 40% errors 5%
page Documentation/selection.md "Explain"

ps_ restore <<-END
	zone add 10.0.0.0/16 east
	zone distance east west 20%
	server set web 10.1.1.2:80 zone east tags gpu,ssd
	server set web 10.1.2.2:80 zone west tags ssd
END
loads 30 20 10
page Documentation/selection.md "Zones"
ps_ service set web needs gpu emphasis latency
page Documentation/selection.md "What a service needs"

# --- model ------------------------------------------------------------------

/usr/bin/python3 -ES "$(dirname "$0")/history.py" >"$home/web.csv"
page Documentation/model.md

# --- configuration ----------------------------------------------------------

page Documentation/configuration.md "Services and servers"
ps_ service del web
ps_ pool del pool4
page Documentation/configuration.md "Setting up a gateway"
page Documentation/configuration.md "Pools"
ps_ pool del web
ps_ pool del w4
page Documentation/configuration.md "NAT for virtual machines"
page Documentation/configuration.md "Hosts and an edge"

finish

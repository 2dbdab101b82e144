#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# README, daemon, agents and status, page by page as one reads them, on one gateway with a
# VM and servers: all that they say to type does what they say.
SERVERS=2
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_documents.sh"

setup
ip -n "gateway-$suffix" addr add 203.0.113.2/32 dev lo
# No VM of the page's has this one.
ip -n "client-$suffix" addr add 10.0.9.9/16 dev c0
# Its daemon connects to exporters.
in_gateway sysctl -qw net.ipv4.ip_local_reserved_ports=1024-32767
start_nginxes
start_nginx red client
for name in gateway red:client server1 server2; do
	machine "${name%:*}" "${name#*:}"
done

page README.md "Use it"
check "clients reach the servers" grep '^server[12] 203.0.113.2 ' \
	<<<"$(fetch --interface 10.0.9.9)"
check "VMs reach the outside" grep '^server1 203.0.113.1 ' \
	<<<"$(in_client curl -s --max-time 10 http://10.1.1.2/)"
check "and the outside a VM's fixed mapping" grep '^serverred ' \
	<<<"$(in_server 1 curl -s --max-time 10 http://203.0.113.1:8080/)"
check "the screen is printed" on gateway "portsteer top frames 1"

page Documentation/daemon.md
page Documentation/agents.md
# is_true FILTER OBJECT show ...: with the tool, on the gateway
is_true() { [ "$(psj "$@")" = true ]; }
check "the VM's reports are with the module" \
	wait_for 30 is_true '.[0].reports > 0' vm show red
check "and the server's" \
	wait_for 30 is_true '.[0].reports > 0' server show web 10.1.1.2:80
# From now on it is asked for that.
on server1 "systemctl stop portsteer-agent"

on server1 "systemctl start prometheus-node-exporter"
in_server 2 socat TCP-LISTEN:9707,fork,reuseaddr "SYSTEM:echo 75%" 2>/dev/null &
disown
# Debian's has the same key with another list.
on gateway "rm -f /etc/prometheus/prometheus.yml"
page Documentation/status.md
check "Prometheus takes its file" \
	on gateway "promtool check config /etc/prometheus/prometheus.yml"
exported() { on gateway "portsteer -j scrape show" | jq -e '.[0].reports > 0'; }
check "the exporter's reports come" wait_for 60 exported
check "and those of HAProxy's agent are with the module" \
	wait_for 60 is_true '.[0].capacity_score == 75' server show web 10.1.2.2:80
units_said

finish

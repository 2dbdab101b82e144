#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The page cluster: all that it says to type makes a cluster, here of one host.
SERVERS=1
HOSTS=1
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_hosts.sh"
. "$(dirname "$0")/lib_documents.sh"

setup
setup_hosts
# The page says to do this, and the daemon of an edge needs ports of its own.
in_edge ip route del unreachable "$POOL/32" metric 1000
in_edge sysctl -qw net.ipv4.ip_local_reserved_ports= net.ipv4.ip_forward=0
start_nginx 1
node etcd 10.4.0.100
node m1 10.4.0.101
for name in e1:gateway h1:host1 etcd m1; do
	machine "${name%:*}" "${name#*:}"
done
page Documentation/cluster.md
check "a VM's connection has a port of the pool" grep '^server1 203.0.113.1 ' \
	<<<"$(in_vm 1 curl -s --max-time 30 --retry 3 http://10.1.1.2/)"
units_said

finish

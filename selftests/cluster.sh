#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A cluster: three hosts of ten VMs each, in every VM an agent, an edge, two managers,
# and etcd. Load moves from some VMs to others, and their ports follow. The leading
# manager, etcd, a host die, and a host is cut off: no port ever has two owners, the
# connections of those who live go on, and all is well again soon after.
#
#   ten VMs 10.8.N.2-11 -- hostN 10.4.0.1N --+
#                             m1 10.4.0.101 -+- 10.4.0.1 edge -- server1
#                             m2 10.4.0.102 -+
#                           etcd 10.4.0.100 -+
SERVERS=1
HOSTS=3
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_hosts.sh"
. "$(dirname "$0")/lib_daemon.sh"

here=$(dirname "$0")
VMS=$(seq 10)
ETCD=http://10.4.0.100:2379
# An emulated machine is some twenty times slower than others; these are for it.
HOLD=5 LEASE=3 HOST_TIMEOUT=50 AWAY=30
# All has to be well so many ms after the end of a fault; if not, it is waited so many s
# to see when it is.
WELL_MS=5000 SOON=20

# --- the picture ------------------------------------------------------------

start_etcd() {
	ip netns exec "etcd-$suffix" etcd --data-dir "$scratch/etcd" \
		--listen-client-urls "$ETCD" --advertise-client-urls "$ETCD" \
		>>"$scratch/etcd.log" 2>&1 &
	etcd_pid=$!
	disown
	wait_for 60 etcd_answers
}
etcd_answers() { ip netns exec "etcd-$suffix" curl -sf --max-time 5 "$ETCD/health"; }

# start_part NAME NAMESPACE <CONFIGURATION
start_part() {
	{
		echo "control: {socket: $scratch/$1.socket}"
		echo "etcd: {endpoints: ['$ETCD'], lease: ${LEASE}s, timeout: 2s}"
		cat
	} >"$scratch/$1.yaml"
	run_daemon "$1" "$2"
}
run_daemon() {
	"$here/../tool/portsteerd" -c "$scratch/$1.yaml" -n "$2-$suffix" \
		2>>"$scratch/$1.log" &
	eval "pid_$1=\$!"
	disown
}

start_daemons() {
	local n

	start_part e1 gateway <<<"edge: {name: e1}"
	for n in 1 2 3; do
		start_part "h$n" "host$n" <<-END
		host: {name: h$n, addresses: [10.4.0.1$n], pools: [nat4], spare: 100%}
		agents: {listen: "10.8.$n.1:7443", interval: 2s, silence: 20s}
		$(tls_section "gateway-h$n")
		END
	done
	for n in 1 2; do
		start_part "m$n" "m$n" <<-END
		manager: {name: m$n, chunk: 2048, hold: ${HOLD}s, host-timeout: ${HOST_TIMEOUT}s}
		pools: [{name: nat4, addresses: [$POOL]}]
		END
	done
}

# vm_name HOST VM: its namespace; the first of each host is there already
vm_name() { if [ "$2" = 1 ]; then echo "vm$1"; else echo "vm$1-$2"; fi; }
vm_address() { echo "10.8.$1.$(($2 + 1))"; }

# The further VMs of a host, each behind a link of its own.
setup_vms() {
	local v name

	for v in $(seq 2 10); do
		name=$(vm_name "$1" "$v")
		namespace_lines "$name"
		echo "link add v netns $name-$suffix type veth" \
			"peer name hv$1-$v netns host$1-$suffix"
	done | ip -batch -
	for v in $(seq 2 10); do
		echo "addr add 10.8.$1.1/32 dev hv$1-$v"
		echo "link set hv$1-$v up"
		echo "route add $(vm_address "$1" "$v") dev hv$1-$v"
	done | ip -n "host$1-$suffix" -batch -
	for v in $(seq 2 10); do
		printf '%s\n' "addr add $(vm_address "$1" "$v")/32 dev v" \
			"link set v up" "link set lo up" "route add 10.8.$1.1 dev v" \
			"route add default via 10.8.$1.1" |
			ip -n "$(vm_name "$1" "$v")-$suffix" -batch -
	done
}

# What a host has before it is part of anything: a pool by grants, and VMs.
configure_host() {
	local v

	{
		echo "config set timeout-udp 30s"
		echo "pool add nat4 address $POOL by-grants hold 1s"
		for v in $VMS; do
			echo "vm add vm$1-$v address $(vm_address "$1" "$v") pool nat4"
		done
	} | host "$1" restore
}

# Certificates of a host and its VMs.
certify() {
	local v

	give gateway "h$1"
	for v in $VMS; do give vm "vm$1-$v"; done
}
start_agents() {
	local v

	for v in $VMS; do
		in_namespace "$(vm_name "$1" "$v")" portsteer-agent \
			--daemon "10.8.$1.1:7443" --vm "vm$1-$v" \
			--ca "$scratch/ca/ca.pem" \
			--certificate "$scratch/ca/vm-vm$1-$v.pem" \
			--key "$scratch/ca/vm-vm$1-$v.key" \
			2>>"$scratch/agents-$1" &
		disown
	done
}
# report HOST...: does the agent of each of their VMs?
report() {
	local n
	for n; do
		[ "$(host "$n" -j vm show | jq 'map(select(.reports >= 2 and
			.report_age_ms < 10000)) | length')" = 10 ] || return
	done
}

# start_flows N: flows of the VMs of host N, told by $flows_N, see flows.py
start_flows() {
	mkfifo "$scratch/told-$1"
	/usr/bin/python3 -ES "$here/flows.py" 10.1.1.2 9 \
		<"$scratch/told-$1" >>"$scratch/flows" &
	disown
	eval "exec {flows_$1}>$scratch/told-$1"
}
# load N FLOWS FROM TO: the VMs FROM to TO of host N have so many flows each
load() {
	local fd=flows_$1 v

	for v in $(seq "$3" "$4"); do
		echo "$(vm_address "$1" "$v") $2 $(vm_name "$1" "$v")-$suffix"
	done >&"${!fd}"
}
# answered N FLOWS FROM TO: have all of them been answered?
answered() {
	local v

	for v in $(seq "$3" "$4"); do
		grep -q "^$(vm_address "$1" "$v") $2 " "$scratch/flows" || return
	done
}
# longest_of FLOWS: ms that a flow had to ask until it was answered, at most, when
# VMs were to have so many
longest_of() {
	awk -v n="$1" '$2 == n && $3 > most {most = $3} END {print most + 0}' \
		"$scratch/flows"
}

# A connection of a VM of each host, into which words are typed.
start_talks() {
	local n fd

	in_server 1 socat TCP-LISTEN:7,fork EXEC:cat &
	disown
	for n in 1 2 3; do
		mkfifo "$scratch/typed-$n"
		in_vm "$n" socat - TCP:10.1.1.2:7,retry=60,interval=0.3 \
			<"$scratch/typed-$n" >"$scratch/echoed-$n" &
		disown
		eval "exec {keys_$n}>$scratch/typed-$n"
	done
}
type_word() { local fd=keys_$1; echo "$2" >&"${!fd}"; }
echoed() { grep -q "$2" "$scratch/echoed-$1"; }
# talks_on WORD HOST...: it goes to and fro on the old connections
talks_on() {
	local word=$1 n
	shift
	for n; do type_word "$n" "$word"; done
	for n; do
		check "the connection of a VM of host $n goes on: $word" \
			wait_for "$SOON" echoed "$n" "$word"
	done
}

# --- what is to be seen -----------------------------------------------------

cluster() { portsteer --socket "$scratch/e1.socket" -j cluster show | jq -r "$1"; }
leader() { cluster '.[0].leader // ""'; }
# What a host has by its module.
granted() { host "$1" -j grant show 2>/dev/null | jq -c 'map([.address, .first])|sort'; }

clock_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }

# The auditor looks all the time, in a process of its own, see audit.py: what is wrong
# goes to $scratch/audit. auditor WORD...: what it answers to that
start_audit() {
	mkfifo "$scratch/audit-told" "$scratch/audit-said"
	/usr/bin/python3 -ES "$here/audit.py" $((HOLD - 1)) "$scratch" \
		"e1,gateway-$suffix" "h1,host1-$suffix,10.4.0.11" \
		"h2,host2-$suffix,10.4.0.12" "h3,host3-$suffix,10.4.0.13" \
		<"$scratch/audit-told" >"$scratch/audit-said" 2>"$scratch/audit" &
	disown
	exec {audit_told}>"$scratch/audit-told" {audit_said}<"$scratch/audit-said"
}
auditor() {
	local line
	echo "$*" >&"$audit_told"
	read -r line <&"$audit_said" && echo "$line"
}

# await_well SECONDS HOST...: one leads, no grant is on its way, and the modules of edge
# and hosts have what etcd says that they have, which is what the hosts want: after $took
# ms, or something is $amiss.
await_well() {
	local seconds=$1
	shift
	read -r took amiss < <(auditor well "$seconds" "${@/#/h}") ||
		amiss="the auditor has died"
}
# well_soon FAULT HOST...: after its end
well_soon() {
	local what=$1
	shift
	await_well "$SOON" "$@"
	check_is "all is well within $SOON s after $what" "" "$amiss"
	check "which is at most $WELL_MS ms: $took ms" test "$took" -le "$WELL_MS"
}

# --- begin ------------------------------------------------------------------

setup
setup_hosts
# No pool address is the edge's own: its daemon needs ports for itself.
in_edge sysctl -qw net.ipv4.ip_local_reserved_ports=
node etcd 10.4.0.100
node m1 10.4.0.101
node m2 10.4.0.102
start_etcd
check "etcd runs" etcd_answers
give ca
for n in 1 2 3; do setup_vms "$n"; configure_host "$n"; certify "$n"; done
start_udp 1 9
start_audit
start_daemons
await_well 60 1 2 3
check_is "hosts get what they want" "" "$amiss"
echo "# $took ms after the daemons were started"
for n in 1 2 3; do start_agents "$n"; done
# As it is shown.
said_by() { portsteer --socket "$scratch/$1.socket" "$2" show | sed "s/^/# $1\$ /"; }
said_by e1 cluster
said_by e1 edge
said_by h1 host
said_by m1 manager
check "an agent reports for each of the 30 VMs" wait_for 60 report 1 2 3
# A block each is enough for these: how slow is the machine?
for n in 1 2 3; do
	start_flows "$n"
	load "$n" 20 1 10
	check "all flows of the VMs of host $n are answered" \
		wait_for 60 answered "$n" 20 1 10
done
echo "# a flow that finds a port at once is answered after $(longest_of 20) ms at most"
start_talks
talks_on begin 1 2 3

# --- load moves -------------------------------------------------------------

# moves FROM TO FLOWS: five VMs of one host have that many flows in place of those
# of another, a step at a time, and each step is answered
moves() {
	local flows

	load "$1" 20 1 5
	for flows in $(seq 60 40 "$3"); do
		load "$2" "$flows" 1 5
		check "ports of host $2 follow to $flows flows a VM" \
			wait_for 30 answered "$2" "$flows" 1 5
	done
}
sum_of() {
	local n
	for n in 1 2 3; do
		host "$n" -j stats show | jq ".[] | select(.name == \"$1\").value"
	done | jq -s add
}
grown=$(sum_of range_grown) waited=$(sum_of range_waited)
moves 1 2 220
moves 2 3 220
moves 3 1 220
for flows in $(seq 60 40 220); do longest_of "$flows"; done >"$scratch/longest"
longest=$(sort -n "$scratch/longest" | tail -n1)
check "no flow had to ask for 3 s before it had a port: $longest ms" \
	test "$longest" -lt 3000
grown=$(($(sum_of range_grown) - grown)) waited=$(($(sum_of range_waited) - waited))
echo "# ranges grew by a block $grown times, and $waited times had to wait for a manager"
check "at least 96 % of growth needs no manager" \
	test $((100 * waited)) -le $((4 * grown))
check "and there was some" test "$grown" -gt 30

# --- what dies --------------------------------------------------------------

first=$(leader)
pid=pid_$first
begin=$(clock_ms)
kill -9 "${!pid}"
load 2 140 6 10
is_followed() { [ -n "$(leader)" ] && [ "$(leader)" != "$first" ]; }
check "another manager leads" wait_for 30 is_followed
well_soon "the leading manager was killed and followed" 1 2 3
took=$(($(clock_ms) - begin))
check "a lease of $LEASE s with it, $took ms after it was killed" \
	test "$took" -le "$WELL_MS"
check "and flows of VMs are answered" wait_for 20 answered 2 140 6 10
run_daemon "$first" "$first"
talks_on manager 1 2 3

kill -9 "$etcd_pid"
load 3 140 6 10
check "without etcd flows of VMs are answered" wait_for 20 answered 3 140 6 10
talks_on without-etcd 1 2 3
start_etcd
well_soon "etcd was killed" 1 2 3

in_edge ip link set gw-h3 down
load 1 140 6 10
talks_on one-is-cut-off 1 2
check "and new flows of VMs of others are answered" \
	wait_for 20 answered 1 140 6 10
before=$(granted 3)
pause "$AWAY"
check_is "who is cut off for $AWAY s keeps what it has" "$before" "$(granted 3)"
in_edge ip link set gw-h3 up
well_soon "a host was cut off for $AWAY s" 1 2 3
talks_on it-is-back 1 2 3
check "and all agents report" wait_for 30 report 1 2 3

# shellcheck disable=SC2154
kill -9 "$pid_h1"
ip netns del "host1-$suffix"
talks_on one-has-died 2 3
is_fenced() { [ "$(edge -j grant show | jq 'map(select(.host == "10.4.0.11"))|length')" = 0 ]; }
begin=$(clock_ms)
check "what a dead host had is taken from it in the end" \
	wait_for $((HOST_TIMEOUT + 30)) is_fenced
echo "# $(($(clock_ms) - begin)) ms after it died, host-timeout is $HOST_TIMEOUT s"
well_soon "a host has died" 2 3

# --- and all the time -------------------------------------------------------

looks=$(auditor end)
check_is "no port ever had two owners" "" "$(<"$scratch/audit")"
check "by many looks: $looks" test "${looks%% *}" -gt 500
check_is "each time that etcd is away is said once" \
	"$(grep -c 'etcd is back' "$scratch/h2.log")" \
	"$(grep -c 'etcd is out of reach' "$scratch/h2.log")"

finish

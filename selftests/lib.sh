# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# For every selftest: a small network of namespaces around one gateway, and the
# words in which tests say what they expect. Source it first.
#
#   +--------+ 10.0.0.0/16          +---------+ 10.1.N.0/24      +---------+
#   | client |----------------------| gateway |------------------| serverN |
#   +--------+ fd00::/64            +---------+ fd00:1:N::/64    +---------+
#    .0.2 ::2                   .0.1 ::1    .N.1 ::1              .N.2 ::2
#
# The gateway has the virtual addresses $VIP and $VIP6 and the pool addresses
# $POOL and $POOL6 on its loopback. More client addresses: client_addresses N.
#
# Results are TAP: `ok`/`not ok` lines, the plan at the end by `finish`. A test
# that stops early has no plan, and so has failed.

set -u

VIP=192.0.2.1 VIP6=2001:db8:1::1
POOL=203.0.113.1 POOL6=2001:db8:2::1
SERVERS=${SERVERS:-3}

# Where the programs of the tests are.
selftests=$(dirname "${BASH_SOURCE[0]}")
tests=0 failures=0
suffix=$(printf '%04x' "$RANDOM")
scratch=$(mktemp -d)

# --- namespaces -------------------------------------------------------------

# in_namespace NAME COMMAND...: only the network is its own, not /sys, for which
# "ip netns exec" takes as long again
in_namespace() { local name=$1; shift; nsenter --net="/run/netns/$name-$suffix" "$@"; }
in_client()  { in_namespace client "$@"; }
in_gateway() { in_namespace gateway "$@"; }
in_server()  { local n=$1; shift; in_namespace "server$n" "$@"; }

# The tool, on the gateway.
ps_() { portsteer -n "gateway-$suffix" "$@"; }
# The same in JSON, through a jq filter: psj 'FILTER' OBJECT show ...
psj() { local filter=$1; shift; ps_ -j "$@" | jq -r "$filter"; }

# What follows is done in few commands, as starting a program is what costs most
# in an emulated machine: lines for "ip -batch" of a namespace, or of none.
namespace_lines() { printf "netns add %s-$suffix\n" "$@"; }

# link_lines NAME DEVICE: NAME's DEVICE and the gateway's gw-DEVICE
link_lines() {
	echo "link add $2 netns $1-$suffix type veth peer name gw-$2" \
		"netns gateway-$suffix"
}

# end_lines DEVICE ADDRESS/LENGTH ADDRESS6: one end of a link
end_lines() {
	echo "addr add $2 dev $1"
	echo "addr add $3/64 dev $1 nodad"
	echo "link set $1 up"
	echo "link set lo up"
}
default_lines() {
	echo "route add default via $1"
	echo "route add ::/0 via $2"
}

# mac NAME DEVICE: its link address
mac() {
	local device state address
	read -r device state address _ < <(ip -n "$1-$suffix" -br link show dev "$2")
	echo "$address"
}

# The network of the drawing above.
setup() {
	local n servers

	servers=$(seq "$SERVERS")
	trap cleanup EXIT
	{
		namespace_lines client gateway
		link_lines client c0
		for n in $servers; do
			namespace_lines "server$n"
			link_lines "server$n" "s$n"
		done
	} | ip -batch - || exit
	{
		end_lines c0 10.0.0.2/16 fd00::2
		default_lines 10.0.0.1 fd00::1
	} | ip -n "client-$suffix" -batch - || exit
	for n in $servers; do
		{
			end_lines "s$n" "10.1.$n.2/24" "fd00:1:$n::2"
			default_lines "10.1.$n.1" "fd00:1:$n::1"
		} | ip -n "server$n-$suffix" -batch - || exit
	done
	{
		end_lines gw-c0 10.0.0.1/16 fd00::1
		for n in $servers; do
			end_lines "gw-s$n" "10.1.$n.1/24" "fd00:1:$n::1"
		done
		printf 'addr add %s/32 dev lo\n' "$VIP" "$POOL"
		printf 'addr add %s/128 dev lo nodad\n' "$VIP6" "$POOL6"
	} | ip -n "gateway-$suffix" -batch - || exit
	in_gateway sysctl -qw net.ipv4.ip_local_reserved_ports=1024-65535
	# What holds with the fast path has to hold without it.
	[ -z "${PSTEER_FASTPATH:-}" ] ||
		ps_ config set fastpath "$PSTEER_FASTPATH"
}

# Who is in a namespace has the same file as its network.
cleanup() {
	local inode path inodes=" " namespaces=() pids=()

	while read -r inode path; do
		if [[ $path = /run/netns/* ]]; then
			inodes+="$inode " namespaces+=("${path##*/}")
		elif [[ $inodes = *" $inode "* ]]; then
			path=${path#/proc/} pids+=("${path%%/*}")
		fi
	done < <(stat -Lc '%i %n' /run/netns/*-"$suffix" /proc/[0-9]*/ns/net \
		2>/dev/null)
	[ ${#pids[@]} = 0 ] || kill -9 "${pids[@]}" 2>/dev/null
	[ ${#namespaces[@]} = 0 ] ||
		printf 'netns del %s\n' "${namespaces[@]}" | ip -batch -
	rm -rf "$scratch"
}

# client_addresses N: the client's further addresses, as client_address knows
# them.
client_address() { echo "10.0.$((1 + $1 / 250)).$((1 + $1 % 250))"; }
client_addresses() {
	local i

	for i in $(seq 0 $(($1 - 1))); do
		echo "addr add $(client_address "$i")/16 dev c0"
	done | ip -n "client-$suffix" -batch -
}

# --- gateway configuration --------------------------------------------------

# A pool and a TCP service "web" on port 80 over all servers, IPv4. Words given
# are added to the service.
web_service() {
	{
		echo "pool add pool4 address $POOL"
		echo "service add web address $VIP proto tcp port 80 pool pool4 $*"
		printf "server add web 10.1.%d.2:80\n" $(seq "$SERVERS")
	} | ps_ restore
}

# The same with IPv6: pool6, web6.
web6_service() {
	{
		echo "pool add pool6 address $POOL6"
		echo "service add web6 address $VIP6 proto tcp port 80 pool pool6 $*"
		printf "server add web6 [fd00:1:%d::2]:80\n" $(seq "$SERVERS")
	} | ps_ restore
}

# Both pools, and a UDP service on port 53 over all servers for each family: dns, dns6.
dns_services() {
	{
		echo "pool add pool4 address $POOL"
		echo "pool add pool6 address $POOL6"
		echo "service add dns address $VIP proto udp port 53 pool pool4"
		echo "service add dns6 address $VIP6 proto udp port 53 pool pool6"
		printf "server add dns 10.1.%d.2:53\n" $(seq "$SERVERS")
		printf "server add dns6 [fd00:1:%d::2]:53\n" $(seq "$SERVERS")
	} | ps_ restore
}

# counter NAME: its value
counter() {
	local name value
	while read -r name value; do
		[ "$name" != "$1" ] || echo "$value"
	done < <(ps_ stats show)
}

# --- real servers -----------------------------------------------------------

# start_nginx N [NAMESPACE]: on port 80 of server N, or there, both families. GET / says which server and
# which address and port it sees; /file is $scratch/www/file, and /slow too, at
# 20 kB/s; the address and port go to the log $scratch/access-N.
start_nginx() {
	local n=$1 namespace=${2:-server$1}

	mkdir -p "$scratch/www" "$scratch/nginx-$n"
	# Its workers are not root.
	chmod 711 "$scratch"
	cat >"$scratch/nginx-$n/conf" <<-END
	pid $scratch/nginx-$n/pid;
	error_log $scratch/nginx-$n/error;
	worker_processes 1;
	events { worker_connections 8192; }
	http {
		client_header_timeout 600;
		keepalive_timeout 600;
		send_timeout 600;
		log_format peer '\$remote_addr \$remote_port';
		access_log $scratch/access-$n peer;
		client_body_temp_path $scratch/nginx-$n/body;
		proxy_temp_path $scratch/nginx-$n/proxy;
		fastcgi_temp_path $scratch/nginx-$n/fastcgi;
		uwsgi_temp_path $scratch/nginx-$n/uwsgi;
		scgi_temp_path $scratch/nginx-$n/scgi;
		server {
			listen 80 backlog=4096;
			listen [::]:80 backlog=4096;
			root $scratch/www;
			location = /slow {
				limit_rate 20k;
				alias $scratch/www/file;
			}
			location = / {
				return 200 "server$n \$remote_addr \$remote_port\n";
			}
		}
	}
	END
	in_namespace "$namespace" nginx -c "$scratch/nginx-$n/conf" \
		2>>"$scratch/nginx-$n/error"
}
start_nginxes() { local n; for n in $(seq "$SERVERS"); do start_nginx "$n"; done; }
# web_input N [VERDICT...]: what server N does with packets to its port 80, in the terms
# of nft; without a verdict it is as ever.
web_input() {
	local n=$1 rules=
	shift

	[ $# = 0 ] || rules="tcp dport 80 $*;"
	in_server "$n" nft "table inet web
		delete table inet web
		table inet web {
			chain input { type filter hook input priority 0; $rules }
		}"
}
stop_nginx() { kill "$(cat "$scratch/nginx-$1/pid")"; }

# fetch [CURL OPTION...]: the page, from the client
fetch() { in_client curl -s --max-time 10 "$@" "http://$VIP/"; }
fetch6() { in_client curl -s --max-time 10 "$@" "http://[$VIP6]/"; }
# The same N times, each by a connection of its own: fetch_times N [OPTION...]
fetch_times() {
	local n=$1; shift
	in_client curl -s --max-time 60 -H 'Connection: close' "$@" \
		"http://$VIP/?[1-$n]"
}
fetch6_times() {
	local n=$1; shift
	in_client curl -s --max-time 60 -H 'Connection: close' "$@" \
		"http://\[$VIP6\]/?[1-$n]"
}

# conn COMMAND...: tell the client's process of many connections what to do, see
# connections.py; prints its answer. start_connections begins it.
start_connections() {
	local python=(/usr/bin/python3 -u "$selftests/connections.py")

	mkfifo "$scratch/told" "$scratch/said"
	in_client "${python[@]}" \
		<"$scratch/told" >"$scratch/said" &
	disown
	exec {told}>"$scratch/told" {said}<"$scratch/said"
}
conn() { local line; echo "$*" >&"$told"; read -r line <&"$said" && echo "$line"; }
# servers_of ADDRESS: those that six connections from there are sent to
servers_of() {
	conn record "$scratch/answers" >"$scratch/cycled"
	conn cycle 6 "$VIP" "$1" >"$scratch/cycled"
	cut -d' ' -f2 "$scratch/answers" | sort -u | paste -sd' '
}

# start_udp N PORT: a UDP service on server N, both families, see udp.py; N "gw"
# is the gateway
start_udp() {
	local n=$1 ns=server$1 addresses=("10.1.$1.2" "fd00:1:$1::2")

	[ "$n" != gw ] || { ns=gateway; addresses=(10.0.0.1 fd00::1); }
	in_namespace "$ns" /usr/bin/python3 -ES "$selftests/udp.py" serve \
		"server$n" "$2" "${addresses[@]}" >"$scratch/udp-$n" &
	disown
	wait_for 30 test -s "$scratch/udp-$n"
}

# ask SOURCE PORT ADDRESS PORT TEXT: send a datagram, print what the answer is,
# see udp.py. start_asker client|gateway begins the process that asks.
start_asker() {
	local dir
	dir=$(mktemp -d -p "$scratch")

	mkfifo "$dir/told" "$dir/said"
	in_namespace "$1" /usr/bin/python3 -ES \
		"$selftests/udp.py" ask <"$dir/told" >"$dir/said" &
	disown
	exec {ask_told}>"$dir/told" {ask_said}<"$dir/said"
}
ask() { local line; echo "$*" >&"$ask_told"; read -r line <&"$ask_said"; echo "$line"; }

# listens NAME PORT: does somebody, for TCP?
listens() { [ -n "$(in_namespace "$1" ss -Hltn sport = "$2")" ]; }

# start_talk: the client types into $keys, server 1 says the same again. One
# session comes of it: nobody knocks before somebody listens.
start_talk() {
	in_server 1 socat TCP-LISTEN:7,fork EXEC:cat &
	disown
	wait_for 60 listens server1 7
	mkfifo "$scratch/typed"
	in_client socat - TCP:10.1.1.2:7 \
		<"$scratch/typed" >"$scratch/echoed" &
	disown
	exec {keys}>"$scratch/typed"
}
# says WORD: has it?
says() { grep -q "$1" "$scratch/echoed"; }

# The gateway gets no packets for a while, so that it may forget who they are of.
stop_packets() {
	local devices
	devices=$(ip -n "gateway-$suffix" -br link | sed -n 's/^\(gw-[^@ ]*\).*/\1/p' | paste -sd,)
	in_gateway nft "add table netdev quiet;
		add chain netdev quiet stop { type filter hook ingress devices = { $devices } priority -500; policy drop; }"
}
let_packets_go() { in_gateway nft delete table netdev quiet; }

# packets_seen in_NAMESPACE FAMILY TABLE: by all the counters of its rules
packets_seen() {
	"$1" nft list table "$2" "$3" |
		awk '{for (i = 1; i < NF; i++) if ($i == "packets") n += $(i + 1)}
		     END {print n + 0}'
}

# --- waiting ----------------------------------------------------------------

# A pause that starts no program.
exec {nothing}<> <(:)
pause() { read -rt "$1" -u "$nothing" || true; }

# wait_for SECONDS COMMAND...: until it succeeds, or fail
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		pause 0.1
	done
}

# --- results ----------------------------------------------------------------

# result STATUS DESCRIPTION: one line, and STATUS again
result() {
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		failures=$((failures + 1))
		echo "not ok $tests - $2"
	fi
	return "$1"
}

# check DESCRIPTION COMMAND...: one result; what the command says is shown if
# it fails
check() {
	local what=$1 output status
	shift
	output=$("$@" 2>&1) && status=0 || status=$?
	result "$status" "$what" ||
		printf '%s\n' "status $status of: $*" "$output" | sed 's/^/# /'
}

# check_is DESCRIPTION WANTED GOT
check_is() {
	local status=0
	[ "$3" = "$2" ] || status=1
	result "$status" "$1" || echo "# wanted: $2, got: $3"
}

# check_refused DESCRIPTION SENTENCE COMMAND...: the tool exits 1 and says it
refused() {
	local sentence=$1 output status=0
	shift
	output=$("$@" 2>&1) || status=$?
	echo "$output"
	[ "$status" = 1 ] && [[ $output = *"$sentence"* ]]
}
check_refused() { local what=$1; shift; check "$what" refused "$@"; }

finish() {
	echo "1..$tests"
	[ "$failures" = 0 ]
	exit
}

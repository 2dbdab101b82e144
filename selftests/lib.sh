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

tests=0 failures=0
suffix=$(printf '%04x' "$RANDOM")
scratch=$(mktemp -d)

# --- namespaces -------------------------------------------------------------

in_client()  { ip netns exec "client-$suffix" "$@"; }
in_gateway() { ip netns exec "gateway-$suffix" "$@"; }
in_server()  { local n=$1; shift; ip netns exec "server$n-$suffix" "$@"; }

# The tool, on the gateway.
ps_() { portsteer -n "gateway-$suffix" "$@"; }
# The same in JSON, through a jq filter: psj 'FILTER' OBJECT show ...
psj() { local filter=$1; shift; ps_ -j "$@" | jq -r "$filter"; }

add_namespace() {
	ip netns add "$1-$suffix"
	ip -n "$1-$suffix" link set lo up
	# No delay before an address can be used.
	ip netns exec "$1-$suffix" sysctl -qw \
		net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
}

# link NAME DEVICE PREFIX PREFIX6: NAME's DEVICE to the gateway's own.
link() {
	local ns=$1-$suffix gw=gateway-$suffix dev=$2 prefix=$3 prefix6=$4

	ip link add "$dev" netns "$ns" type veth peer name "gw-$dev" netns "$gw"
	ip -n "$ns" addr add "$prefix.2/${5:-24}" dev "$dev"
	ip -n "$ns" addr add "$prefix6::2/64" dev "$dev" nodad
	ip -n "$gw" addr add "$prefix.1/${5:-24}" dev "gw-$dev"
	ip -n "$gw" addr add "$prefix6::1/64" dev "gw-$dev" nodad
	ip -n "$ns" link set "$dev" up
	ip -n "$gw" link set "gw-$dev" up
	ip -n "$ns" route add default via "$prefix.1"
	ip -n "$ns" -6 route add default via "$prefix6::1"
}

# The network of the drawing above.
setup() {
	local n

	trap cleanup EXIT
	add_namespace client
	add_namespace gateway
	link client c0 10.0.0 fd00 16
	for n in $(seq "$SERVERS"); do
		add_namespace "server$n"
		link "server$n" "s$n" "10.1.$n" "fd00:1:$n"
	done
	ip -n "gateway-$suffix" addr add "$VIP/32" dev lo
	ip -n "gateway-$suffix" addr add "$POOL/32" dev lo
	ip -n "gateway-$suffix" addr add "$VIP6/128" dev lo nodad
	ip -n "gateway-$suffix" addr add "$POOL6/128" dev lo nodad
	in_gateway sysctl -qw net.ipv4.ip_local_reserved_ports=1024-65535
}

cleanup() {
	local ns

	for ns in $(ip netns list | awk -v s="-$suffix" 'index($1, s) {print $1}'); do
		ip netns pids "$ns" 2>/dev/null | xargs -r kill -9 2>/dev/null
		ip netns del "$ns"
	done
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
	local n

	ps_ pool add pool4 address "$POOL" &&
	ps_ service add web address "$VIP" proto tcp port 80 pool pool4 "$@" ||
		return
	for n in $(seq "$SERVERS"); do
		ps_ server add web "10.1.$n.2:80" || return
	done
}

# The same with IPv6: pool6, web6.
web6_service() {
	local n

	ps_ pool add pool6 address "$POOL6" &&
	ps_ service add web6 address "$VIP6" proto tcp port 80 pool pool6 "$@" ||
		return
	for n in $(seq "$SERVERS"); do
		ps_ server add web6 "[fd00:1:$n::2]:80" || return
	done
}

# --- real servers -----------------------------------------------------------

# nginx N: on port 80 of server N, both families. GET / says which server and
# which address and port it sees; /file is $scratch/www/file; the same goes to
# the log $scratch/access-N.
start_nginx() {
	local n=$1

	mkdir -p "$scratch/www" "$scratch/nginx-$n"
	cat >"$scratch/nginx-$n/conf" <<-END
	pid $scratch/nginx-$n/pid;
	error_log $scratch/nginx-$n/error;
	worker_processes 1;
	events { worker_connections 8192; }
	http {
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
			location = / {
				return 200 "server$n \$remote_addr \$remote_port\n";
			}
		}
	}
	END
	in_server "$n" nginx -c "$scratch/nginx-$n/conf" 2>>"$scratch/nginx-$n/error"
}
start_nginxes() { local n; for n in $(seq "$SERVERS"); do start_nginx "$n"; done; }
stop_nginx() { kill "$(cat "$scratch/nginx-$1/pid")"; }

# fetch [CURL OPTION...]: the page, from the client
fetch() { in_client curl -s --max-time 10 "$@" "http://$VIP/"; }
fetch6() { in_client curl -s --max-time 10 "$@" "http://[$VIP6]/"; }

# --- waiting ----------------------------------------------------------------

# wait_for SECONDS COMMAND...: until it succeeds, or fail
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# --- results ----------------------------------------------------------------

# check DESCRIPTION COMMAND...: one result; what the command says is shown if
# it fails
check() {
	local what=$1 output status
	shift
	output=$("$@" 2>&1) && status=0 || status=$?
	tests=$((tests + 1))
	if [ "$status" = 0 ]; then
		echo "ok $tests - $what"
	else
		failures=$((failures + 1))
		echo "not ok $tests - $what"
		printf '%s\n' "status $status of: $*" "$output" | sed 's/^/# /'
	fi
}

# check_is DESCRIPTION WANTED GOT
check_is() {
	check "$1" test "$3" = "$2" || true
	[ "$3" = "$2" ] || echo "# wanted: $2, got: $3"
}

# check_refused DESCRIPTION SENTENCE COMMAND...: the tool exits 1 and says it
refused() {
	local sentence=$1 output status=0
	shift
	output=$("$@" 2>&1) || status=$?
	echo "$output"
	[ "$status" = 1 ] && grep -qF -- "$sentence" <<<"$output"
}
check_refused() { local what=$1; shift; check "$what" refused "$@"; }

finish() {
	echo "1..$tests"
	[ "$failures" = 0 ]
	exit
}

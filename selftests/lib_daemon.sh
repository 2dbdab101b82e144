# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For selftests with portsteerd on the gateway of lib.sh.

daemon_log=$scratch/daemon.log

# start_daemon: with the configuration of standard input; a control socket of its
# own goes with it
start_daemon() {
	# It connects to others, and they to it from here.
	in_gateway sysctl -qw net.ipv4.ip_local_reserved_ports=1024-32767
	{ echo "control: {socket: $scratch/control}"; cat; } >"$scratch/portsteer.yaml"
	ip netns exec "gateway-$suffix" portsteerd -c "$scratch/portsteer.yaml" \
		2>>"$daemon_log" &
	daemon=$!
	disown
	wait_for 60 test -S "$scratch/control" || sed 's/^/# /' "$daemon_log"
}

# reload_daemon: the same, of one that runs; it says when it has done so
reload_daemon() {
	local before
	before=$(grep -c 'the configuration' "$daemon_log")

	{ echo "control: {socket: $scratch/control}"; cat; } >"$scratch/portsteer.yaml"
	kill -HUP "$daemon"
	reloaded() { [ "$(grep -c 'the configuration' "$daemon_log")" -gt "$before" ]; }
	wait_for 60 reloaded
}

# get PATH [CURL OPTION...]: what its status part answers
get() { local path=$1; shift; in_gateway curl -s --max-time 30 "$@" "http://127.0.0.1:7480$path"; }
# metric SERIES: its value
metric() {
	get /metrics | awk -v series="$1" '
		substr($0, 1, length(series) + 1) == series " " { print $NF }'
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# portsteerd on the gateway of lib.sh, certificates, and agents that are typed.
# Source it after lib.sh.

# --- the daemon -------------------------------------------------------------

# The tool, asking the daemon: pd OBJECT show; pdj 'FILTER' OBJECT show
pd() { portsteer --socket "$scratch/control" "$@"; }
pdj() { local filter=$1; shift; pd -j "$@" | jq -r "$filter"; }

# configure <<<TEXT: what stands in its file, but for the socket
configure() {
	{
		echo "control: {socket: $scratch/control}"
		cat
	} >"$scratch/portsteer.yaml"
}

# Not as a check's command: that would wait for its end.
start_daemon() {
	portsteerd -n "gateway-$suffix" -c "$scratch/portsteer.yaml" \
		>>"$scratch/log" 2>&1 &
	daemon=$!
	disown
	wait_for 60 pd daemon show
}
stop_daemon() {
	kill "$daemon"
	wait_for 30 eval '! pd daemon show'
}
daemon_said() { grep -qF -- "$1" "$scratch/log"; }

# reload SENTENCE: and wait until it has said that, more often than before
said_more() { [ "$(grep -cF -- "$1" "$scratch/log")" -gt "$2" ]; }
reload() {
	local before

	before=$(grep -cF -- "$1" "$scratch/log")
	kill -HUP "$daemon"
	wait_for 60 said_more "$1" "$before"
}

# The daemon connects to others, and they to it from here: leave ports for that.
leave_ports() {
	in_gateway sysctl -qw net.ipv4.ip_local_reserved_ports=1024-32767
}

# get PATH [CURL OPTION...]: what its part status answers, from the gateway
get() {
	local path=$1; shift
	in_gateway curl -s --max-time 30 "$@" "http://127.0.0.1:7480$path"
}
# metric SERIES: its value
metric() {
	get /metrics | awk -v series="$1" '
		substr($0, 1, length(series) + 1) == series " " { print $NF }'
}

# --- certificates -----------------------------------------------------------

# give WORD...: a certificate, or the authority itself: give gateway g1
give() { portsteer cert "$@" directory "$scratch/ca"; }

tls_section() {
	echo "tls: {ca: $scratch/ca/ca.pem, certificate: $scratch/ca/$1.pem," \
		"key: $scratch/ca/$1.key}"
}

# --- agents -----------------------------------------------------------------

# type_agent NAME CERTIFICATE: in the client, a connection to the daemon; what it
# is told goes to $scratch/told-NAME. say NAME JSON: a line of it.
declare -A keyboard=()
type_agent() {
	local fd

	mkfifo "$scratch/typed-$1"
	in_client socat -t 1 STDIO \
		"OPENSSL:10.0.0.1:7443,cert=$scratch/ca/$2.pem,key=$scratch/ca/$2.key,cafile=$scratch/ca/ca.pem,verify=1,no-sni,commonname=portsteer gateway g1" \
		<"$scratch/typed-$1" >"$scratch/told-$1" 2>"$scratch/socat-$1" &
	disown
	exec {fd}>"$scratch/typed-$1"
	keyboard[$1]=$fd
}
say() { echo "$2" >&"${keyboard[$1]}"; }
hello() { say "$1" "{\"type\": \"hello\", \"version\": 1, \"speaks_for\": [\"$2\"]}"; }
hang_up() { local fd=${keyboard[$1]}; exec {fd}>&-; }

# told NAME FILTER: whether the last that it makes of the messages is true
told() { jq -es "map($2) | last" "$scratch/told-$1"; }

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

start_daemon() {
	in_gateway portsteerd -c "$scratch/portsteer.yaml" 2>>"$scratch/log" &
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
reload() {
	local before

	before=$(grep -cF -- "$1" "$scratch/log")
	kill -HUP "$daemon"
	wait_for 60 eval '[ "$(grep -cF -- "$1" "$scratch/log")" -gt "$before" ]'
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

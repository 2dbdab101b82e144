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

key_words=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)

# authority: whose word is taken here
authority() {
	openssl req -x509 "${key_words[@]}" -subj /CN=ca -days 2 \
		-keyout "$scratch/ca.key" -out "$scratch/ca.pem" 2>/dev/null
}

# certificate NAME IDENTITY: $scratch/NAME.pem and .key, for portsteer:IDENTITY
certificate() {
	openssl req "${key_words[@]}" -subj "/CN=$1" \
		-keyout "$scratch/$1.key" 2>/dev/null |
	openssl x509 -req -CA "$scratch/ca.pem" -CAkey "$scratch/ca.key" \
		-days 2 -out "$scratch/$1.pem" 2>/dev/null \
		-extfile <(echo "subjectAltName=URI:portsteer:$2")
}

tls_section() {
	echo "tls: {ca: $scratch/ca.pem, certificate: $scratch/$1.pem," \
		"key: $scratch/$1.key}"
}

# --- agents -----------------------------------------------------------------

# type_agent NAME CERTIFICATE: in the client, a connection to the daemon; what it
# is told goes to $scratch/told-NAME. say NAME JSON: a line of it.
declare -A keyboard=()
type_agent() {
	local fd

	mkfifo "$scratch/typed-$1"
	in_client socat -t 1 STDIO \
		"OPENSSL:10.0.0.1:7443,cert=$scratch/$2.pem,key=$scratch/$2.key,cafile=$scratch/ca.pem,commonname=gateway" \
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

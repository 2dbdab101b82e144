#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Agents and the daemon: reports reach the module, ranges reach the VM, whose
# connections then keep their ports; nobody speaks for somebody else; crowds do no
# harm to who is there.
SERVERS=1
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_daemon.sh"

AGENTS=30
CROWD=${CROWD:-10000}
ca=$scratch/ca

setup
start_nginxes
{
	echo "pool add nat4 address $POOL"
	echo "vm add red address 10.0.0.2 pool nat4 min 128"
	echo "vm add blue address 10.0.0.3 pool nat4"
	for i in $(seq "$AGENTS"); do
		echo "vm add many$i address 10.0.9.$i pool nat4"
	done
	echo "service add web address $VIP proto tcp port 80 pool nat4"
	echo "server add web 10.1.1.2:80"
} | ps_ restore

give() { portsteer cert "$@" directory "$ca"; }
give ca
give gateway g1
give vm red
give server 10.1.1.2
portsteer cert ca directory "$scratch/other"
portsteer cert vm red directory "$scratch/other"

configure <<END
tls: {ca: $ca/ca.pem, certificate: $ca/gateway-g1.pem, key: $ca/gateway-g1.key}
agents: {listen: "10.0.0.1:7443", interval: 500ms, silence: 20s}
END
ulimit -n 65536
start_daemon

# agent NAMESPACE CERTIFICATE NAME [OPTION...]: an agent there, what it says in
# $scratch/agent-NAME, its process in $agent
agent() {
	local namespace=$1 certificate=$2 name=$3
	shift 3
	ip netns exec "$namespace-$suffix" portsteer-agent \
		--daemon "10.0.0.1:7443" --ca "$ca/ca.pem" \
		--certificate "$certificate.pem" --key "$certificate.key" "$@" \
		2>"$scratch/agent-$name" &
	agent=$!
	disown
}
vm_is() { [ "$(psj ".[] | select(.name == \"$1\") | $2" vm show)" = true ]; }
said() { grep -qF -- "$2" "$scratch/agent-$1"; }
local_ports() { in_client cat /proc/sys/net/ipv4/ip_local_port_range | tr '\t' -; }
local_ports_are() { [ "$(local_ports)" = "$1" ]; }
# The most adjacent ports that red has.
largest() {
	psj '.[] | select(.name == "red") | [.ranges[] | select(.state == "active")]
		| sort_by(.first) | reduce .[] as $next ([];
			if length > 0 and .[-1].last + 1 == $next.first
			then .[-1].last = $next.last else . + [$next] end)
		| reverse | max_by(.last - .first) | "\(.first)-\(.last)"' vm show
}
local_ports_follow() { local_ports_are "$(largest)"; }

usual=$(local_ports)
agent server1 "$ca/server-10.1.1.2" server --server 10.1.1.2 \
	--app-command 'echo 12.5%'
agent client "$ca/vm-red" red --vm red --set-port-range=64
red=$agent

# --- reports and ranges -----------------------------------------------------

check "a VM's reports come" wait_for 60 vm_is red '.reports >= 3'
check "and say what it does" wait_for 30 vm_is red '.pps > 0 and .bandwidth_Bps > 0'
server_is() { [ "$(psj ".[] | $1" server show)" = true ]; }
check "a server's come to each server of its address" wait_for 60 \
	server_is '.reports >= 3 and .app == 12.5 and .cpu > 0'
check "a VM begins connections from its range" wait_for 30 local_ports_follow

connect() {
	in_client curl -s --max-time 60 -H 'Connection: close' \
		"http://10.1.1.2/?[1-20]"
}
check_is "all of them" 20 "$(connect | grep -c "server1 $POOL ")"
kept() {
	psj '[.[] | select(.vm == "red" and .proto == "tcp" and
		.server_port == 80)] | length > 0 and
		all(.client_port == .assigned_port)' session show
}
check_is "keep their ports" true "$(kept)"
ps_ vm set red min 512 ports 512
check "more ports are told" wait_for 30 local_ports_follow
check "which are more" vm_is red '.ports_held >= 512'

kill -KILL "$red"
agent client "$ca/vm-red" red --vm red --set-port-range=64
red=$agent
check "an agent that was killed is replaced" wait_for 60 said red reporting
wait_for 30 vm_is red '.report_age_ms < 1500'
kill "$red"
check "what it has set is put back" wait_for 30 local_ports_are "$usual"
agent client "$ca/vm-red" red --vm red

# --- strangers --------------------------------------------------------------

agent client "$ca/vm-red" thief --vm blue
thief=$agent
check "nobody speaks for another VM" wait_for 60 said thief \
	"refused by the other end: the certificate does not allow to speak for vm:blue"
agent client "$scratch/other/vm-red" stranger --vm red
stranger=$agent
check "nor with a certificate of another authority" wait_for 60 said \
	stranger "unknown ca"

# tell OPTION...: the lines on standard input, by another program; its answer
tell() {
	{ cat; sleep 4; } | in_client timeout 20 openssl s_client -quiet \
		-connect "10.0.0.1:7443" -CAfile "$ca/ca.pem" \
		-cert "$ca/vm-red.pem" -key "$ca/vm-red.key" "$@" 2>&1
}
hello='{"type":"hello","version":1,"speaks_for":["vm:red"]}'
report() { echo "{\"type\":\"report\",\"sequence\":$1,\"for\":\"$2\",\"pps\":1}"; }
check "nor after a hello for one's own" grep -q "hello did not say vm:blue" \
	<<<"$({ echo "$hello"; report 999999 vm:blue; } | tell)"
check "what was said once is not taken again" grep -q "sequence .* is not above" \
	<<<"$({ echo "$hello"; report 1 vm:red; } | tell)"
check "a line too long is refused" grep -q "a line is too long" \
	<<<"$(head -c 5000 /dev/zero | tr '\0' x | tell)"
check "TLS 1.2 is too old" grep -q "alert protocol version" \
	<<<"$(tell -tls1_2 </dev/null)"
kill "$thief" "$stranger"
check "blue has not been heard of" vm_is blue '.reports == 0'
check "the VM's own agent goes on" wait_for 60 vm_is red '.report_age_ms < 2000'

# --- crowds -----------------------------------------------------------------

for i in $(seq "$AGENTS"); do
	give vm "many$i"
done
for i in $(seq "$AGENTS"); do
	agent client "$ca/vm-many$i" "many$i" --vm "many$i"
done
all_report() {
	[ "$(psj 'map(select((.name | startswith("many")) and .reports >= 3)) |
		length' vm show)" = "$AGENTS" ]
}
check "$AGENTS agents at once" wait_for 120 all_report

# Connections that say nothing, as many as there can be; how many there were.
cat >"$scratch/crowd.py" <<END
import resource, select, socket, sys, time
resource.setrlimit(resource.RLIMIT_NOFILE, (65536, 65536))
poll = select.epoll()
crowd = {}
for i in range($CROWD):
    s = socket.socket()
    s.setblocking(False)
    s.connect_ex(("10.0.0.1", 7443))
    crowd[s.fileno()] = s
    poll.register(s, select.EPOLLOUT)
made = set()
end = time.monotonic() + 90
while len(made) < len(crowd) and time.monotonic() < end:
    for fd, _ in poll.poll(1):
        poll.unregister(fd)
        if not crowd[fd].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            made.add(fd)
print(len(made), flush=True)
END
before=$(psj '.[] | select(.name == "red") | .reports' vm show)
in_client python3 -ES "$scratch/crowd.py" >"$scratch/crowd" &
crowd=$!
wait_for 200 test -s "$scratch/crowd"
after=$(psj '.[] | select(.name == "red") | .reports' vm show)
echo "# $(cat "$scratch/crowd") of $CROWD connections were made;" \
	"$((after - before)) reports of red meanwhile"
wait "$crowd"
check "a crowd came" test "$(cat "$scratch/crowd")" -ge $((CROWD / 2))
check "who is there goes on to report" test $((after - before)) -ge 3
give vm blue
agent client "$ca/vm-blue" blue --vm blue
check "and who comes after the crowd" wait_for 120 vm_is blue '.reports >= 3'
check "the daemon has said little of it" test "$(wc -l <"$scratch/log")" -lt 200

finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The examples of the manual pages, typed one page after the other on the gateway that
# portsteer(8) sets up: two servers, two clients, a VM and a network of VMs.
SERVERS=2
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_documents.sh"

# --- the network of the examples --------------------------------------------

setup
{
	echo "addr add 198.51.100.1/32 dev lo"
	echo "addr add 192.0.2.10/32 dev lo"
	echo "route add 10.0.0.11 via 10.1.1.2"
	echo "route add 10.0.0.12 via 10.1.2.2"
	echo "route add 203.0.113.4/30 via 10.0.0.2"
} | ip -n "gateway-$suffix" -batch -
for n in 1 2; do ip -n "server$n-$suffix" addr add "10.0.0.1$n/32" dev lo; done
for address in 203.0.113.5 203.0.113.6 10.0.1.1; do
	ip -n "client-$suffix" addr add "$address/32" dev lo
done
for name in gateway edge:server1 host:server2; do
	machine "${name%:*}" "${name#*:}"
done
home=$scratch/home
mkdir "$home"

# stays NAMESPACE PORT: somebody who listens, and says nothing
stays() {
	in_namespace "$1" socat "TCP-LISTEN:$2,fork" EXEC:"sleep 600" 2>/dev/null &
	disown
	wait_for 30 listens "$1" "$2"
}
# connects NAMESPACE TO [FROM]: a connection that stays
connects() {
	in_namespace "$1" socat -u "EXEC:sleep 600" "TCP:$2${3:+,bind=$3}" \
		2>/dev/null &
	disown
}
has_sessions() { [ "$(psj length session show)" -ge "$1" ]; }


# --- the pages --------------------------------------------------------------

stays server1 8080
stays server2 8080
stays server1 80
stays client 80
ps_ config set slow-start 0
manual portsteer.8
# All to the first server, as what is shown of one with sessions is another thing.
ps_ server set web 10.0.0.12:8080 state drain
for _ in 1 2 3; do connects client 198.51.100.1:80 203.0.113.5; done
connects client 198.51.100.1:80 203.0.113.6
connects client 10.1.1.2:80 10.0.0.2
connects client 10.1.1.2:80 10.0.1.1
connects server1 203.0.113.1:8080
in_client ping -c 1 -q -I 10.0.0.2 10.1.1.2 >"$scratch/ping"
check "there are sessions of clients and VMs" wait_for 30 has_sessions 8
ps_ server set web 10.0.0.12:8080 state up
manual portsteer-client.8
manual portsteer-explain.8
manual portsteer-range.8
manual portsteer-mapping.8
manual portsteer-session.8
manual portsteer-service.8
manual portsteer-server.8
manual portsteer-vm.8
manual portsteer-pool.8
manual portsteer-exempt.8
manual portsteer-grant.8
manual portsteer-stats.8
manual portsteer-top.8
manual portsteer-save.8

/usr/bin/python3 "$(dirname "$0")/mmdb.py" "$home/world.mmdb" <<-END
	10.0.0.0/15 EU DE -
	2001:db8::/32 EU FR -
END
manual portsteer-zone.8
manual portsteer-cert.8

/usr/bin/python3 -ES "$(dirname "$0")/history.py" >"$home/web.csv"
head -n 270 "$home/web.csv" >"$home/short.csv"
manual portsteer-predict.8
manual portsteer-train.8
manual portsteer-model.8
rm "$home/web.csv"
while pause 0.3; do
	ps_ server report web 10.0.0.11:8080 cpu 35% memory 40% latency 5ms
done &
reports=$!
manual portsteer-record.8
kill "$reports"
manual portsteer-config.8

finish

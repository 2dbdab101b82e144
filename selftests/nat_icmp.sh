#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ICMP through the NAT (RFC 5508): errors reach the end that they are meant for
# in its own terms, and show nobody else's; those that are damaged, or about
# nothing that is mapped, reach nobody; none ends or prolongs a mapping; one
# identifier of a VM is one outside; and path MTU discovery works.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
client_addresses 1
blue=$(client_address 0)
# Behind the server a link of 1300 to "far", which offers bigger segments; its
# second address the gateway reaches by a route of 1280.
{ namespace_lines far; echo "link add r0 netns server1-$suffix mtu 1300 type veth" \
	"peer name f0 mtu 1300 netns far-$suffix"; } | ip -batch -
{ end_lines f0 10.9.0.2/24 fd00:9::2; default_lines "10.9.0.1 advmss 1440" \
	"fd00:9::1 advmss 1420"; } | ip -n "far-$suffix" -batch -
{ end_lines r0 10.9.0.1/24 fd00:9::1; echo addr add 10.1.1.3/24 dev s1; } |
	ip -n "server1-$suffix" -batch -
{ echo route add 10.9.0.0/24 via 10.1.1.2; echo route add fd00:9::/64 via fd00:1:1::2
  echo route add 10.1.1.3 dev gw-s1 mtu 1280; } | ip -n "gateway-$suffix" -batch -
for router in in_gateway "in_server 1"; do
	$router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
done
start_udp 1 53
start_asker client
# Errors are not what this filter is for.
closed=address-and-port-dependent
ps_ restore <<-END
	pool add nat4 address $POOL
	pool add nat6 address $POOL6
	vm add red address 10.0.0.2 pool nat4 filtering $closed
	vm add red6 address fd00::2 pool nat6 filtering $closed
	vm add blue address $blue pool nat4
	config set timeout-udp 1000s timeout-icmp 1000s
END

# Sends at either end, hears what comes in at the other, and prints for each
# error that does: outer addresses; whether its checksum, its four bytes and
# what it is about are right.
cat >"$scratch/probe.py" <<'END'
import socket, struct, subprocess, sys, time
from scapy.layers.inet import ICMP, IP, IPOption_NOP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6, in6_chksum
from scapy.utils import checksum
import netns
suffix, pool4, pool6 = sys.argv[1:]

class End:
    def __init__(self, namespace, device):
        netns.enter(f"{netns.FOLDER}{namespace}-{suffix}")
        self.raw = {4: socket.socket(socket.AF_INET, socket.SOCK_RAW, 255),
                    6: socket.socket(socket.AF_INET6, socket.SOCK_RAW, 255)}
        self.ear = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
        self.ear.bind((device, 3))
    def send(self, packet):
        self.raw[packet.version].sendto(bytes(packet), (packet.dst, 0))
    def hear(self, wanted, patience=10):    # as bytes
        end = time.monotonic() + patience
        while (left := end - time.monotonic()) > 0:
            self.ear.settimeout(left)
            try:
                data, (_, proto, kind, *_) = self.ear.recvfrom(4000)
            except socket.timeout:
                break
            if kind != socket.PACKET_OUTGOING and proto in (0x800, 0x86dd) and \
               wanted(data, IP(data) if proto == 0x800 else IPv6(data)):
                return data

def header_len(data):
    return (data[0] & 15) * 4 if data[0] >> 4 == 4 else 40
def icmp_sum(outer, data):
    return in6_chksum(58, outer, data) if outer.version == 6 else checksum(data)
def ip(f, src, dst, ttl=64, **more):
    return IP(src=src, dst=dst, ttl=ttl, **more) if f == 4 else \
        IPv6(src=src, dst=dst, hlim=ttl, **more)
def error(f, src, dst, kind, about, info=0, bad=0):
    outer = ip(f, src, dst, **({"proto": 1} if f == 4 else {"nh": 58}))
    data = struct.pack("!BBHI", *kind, 0, info) + about
    return outer / (data[:2] + struct.pack("!H", icmp_sum(outer, data) ^ bad) + data[4:])
def is_error(*kind):
    return lambda data, packet: (packet.proto if data[0] >> 4 == 4 else packet.nh) in \
        (1, 58) and tuple(data[header_len(data):][:2]) == kind
def is_udp(**ports):
    return lambda _, packet: UDP in packet and all(
        getattr(packet[UDP], name) == port for name, port in ports.items())
def show(name, data, about, info=0):
    if not data:
        return print(name, "nothing", flush=True)
    outer = (IP if data[0] >> 4 == 4 else IPv6)(data)
    icmp = data[header_len(data):]
    print(name, outer.src, outer.dst, not icmp_sum(outer, icmp),
          icmp[4:8] == struct.pack("!I", info), icmp[8:] == about, flush=True)

inside, outside = End("client", "c0"), End("server1", "s1")
hosts = {4: ("10.0.0.2", "10.1.1.2", pool4), 6: ("fd00::2", "fd00:1:1::2", pool6)}
kinds = {4: ((3, 1), (3, 3), (11, 0), (12, 0)), 6: ((1, 0), (1, 4), (3, 0), (4, 0))}
hop, big, unreachable = {4: (11, 0), 6: (3, 0)}, {4: (3, 4), 6: (2, 0)}, {4: (3, 3), 6: (1, 4)}
sent, seen, got, answer = {}, {}, {}, {}
for f, (vm, server, pool) in hosts.items():
    options = {"options": [IPOption_NOP()] * 4} if f == 4 else {}
    datagram = UDP(sport=5001, dport=53) / b"mute"
    inside.send(ip(f, vm, server, **options) / datagram)
    seen[f] = outside.hear(is_udp(dport=53))
    sent[f] = bytes(ip(f, vm, server, 63, **options) / datagram)
    port, = struct.unpack("!H", seen[f][header_len(seen[f]):][:2])
    # Nobody is at the VM's port: its kernel says so.
    reply = UDP(sport=53, dport=port) / b"answer"
    outside.send(ip(f, server, pool) / reply)
    got[f] = inside.hear(is_udp(sport=53))
    answer[f] = bytes(ip(f, server, pool, 63) / reply)
    show(f"refused{f}", outside.hear(is_error(*unreachable[f])), answer[f])
# What comes now must prolong nothing.
subprocess.run(["portsteer", "-n", f"gateway-{suffix}", "config", "set",
                "timeout-udp", "2000s"], check=True)
for f, (vm, server, pool) in hosts.items():
    router, cousin = server[:-1] + "77", vm[:-1] + "77"
    for kind in kinds[f]:
        outside.send(error(f, router, pool, kind, seen[f]))
        show(f"in{f} {kind[0]}/{kind[1]}", inside.hear(is_error(*kind)), sent[f])
    outside.send(error(f, router, pool, big[f], seen[f], 1400))
    show(f"big{f}", inside.hear(is_error(*big[f])), sent[f], 1400)
    # As short as it may be; and with an extension (RFC 4884) at its end.
    cut = header_len(seen[f]) + 8
    outside.send(error(f, router, pool, hop[f], seen[f][:cut]))
    show(f"short{f}", inside.hear(is_error(*hop[f])), sent[f][:cut])
    tail = bytes(128 - len(seen[f])) + bytes.fromhex("2000ce0f00080101") + bytes(4)
    outside.send(error(f, router, pool, hop[f], seen[f] + tail, 32 << 16))
    show(f"extended{f}", inside.hear(is_error(*hop[f])), sent[f] + tail, 32 << 16)
    # Damaged, or about no mapping: only the last one comes.
    stranger = bytes(ip(f, pool, server) / UDP(sport=1025, dport=54))
    outside.send(error(f, router, pool, hop[f], seen[f], bad=1))
    outside.send(error(f, router, pool, hop[f], stranger))
    outside.send(error(f, router, pool, hop[f], seen[f]))
    show(f"only{f}", inside.hear(is_error(*hop[f])), sent[f])
    show(f"more{f}", inside.hear(is_error(*hop[f]), 1), b"")
    # The other way: of the VM, or a router near it, about no session; then one.
    stranger = bytes(ip(f, server, vm) / UDP(sport=54, dport=5009))
    inside.send(error(f, vm, server, hop[f], stranger))
    inside.send(error(f, cousin, server, hop[f], stranger))
    inside.send(error(f, cousin, server, hop[f], got[f]))
    others = 0
    while (data := outside.hear(is_error(*hop[f]))) and \
            (IP if f == 4 else IPv6)(data).src != pool:
        others += 1
    show(f"out{f}", data, answer[f])
    print(f"others{f}", others, flush=True)
# Too big for the way: cut if it may be, else refused by the gateway.
for name, flags in ("whole", "DF"), ("parts", 0):
    inside.send(ip(4, "10.0.0.2", "10.1.1.3", flags=flags) /
                UDP(sport=5002, dport=53) / bytes(1372))
data = inside.hear(is_error(3, 4))
print("DF", IP(data).src, struct.unpack("!HH", data[24:28])[1], flush=True)
parts = [IP(outside.hear(lambda _, p: p.dst == "10.1.1.3")) for _ in range(2)]
print("parts", *{p.src for p in parts}, [p.frag for p in parts], sum(p.len - 20 for p in parts))
# Queries: an identifier, seen by two hosts; an error about it; a stranger's answer.
for f, others in (4, ("10.1.1.2", "10.1.1.3")), (6, ("fd00:1:1::2", "fd00:1:1::1")):
    vm, server, pool = hosts[f]
    ids = {}
    for host in others[:2 if f == 4 else 1]:
        query = ICMP(id=77) if f == 4 else ICMPv6EchoRequest(id=77)
        inside.send(ip(f, vm, host) / query)
        out = outside.hear(lambda data, p: p.dst == host and type(query) in p)
        ids[host], = struct.unpack("!H", out[header_len(out) + 4:][:2])
    print(f"ids{f}", len(set(ids.values())), flush=True)
    sent[f] = bytes(ip(f, vm, host, 63) / query)
    outside.send(error(f, server[:-1] + "77", pool, hop[f], out))
    show(f"echo{f}", inside.hear(is_error(*hop[f])), sent[f])
END
# No answer shall be missing because there were too many.
for namespace in in_client in_gateway; do
	$namespace sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
done
PYTHONPATH=$(cd "$(dirname "$0")" && pwd) in_client timeout 120 \
	/usr/bin/python3 -B "$scratch/probe.py" "$suffix" "$POOL" \
	"$POOL6" >"$scratch/probes" 2>"$scratch/complaint"
check "all packets were sent" cat "$scratch/complaint"
# says NAME WANTED TEXT: the line that begins with NAME
says() { check_is "$3" "$2" "$(sed -n "s|^$1 ||p" "$scratch/probes")"; }
for f in 4 6; do
	vm=10.0.0.2 server=10.1.1.2 pool=$POOL kinds="3/1 3/3 11/0 12/0"
	[ $f = 4 ] || { vm=fd00::2 server=fd00:1:1::2 pool=$POOL6
			kinds="1/0 1/4 3/0 4/0"; }
	router=${server%2}77 right="True True True"
	for kind in $kinds; do
		says "in$f $kind" "$router $vm $right" \
			"IPv$f: an error of kind $kind reaches the VM"
	done
	says "big$f" "$router $vm $right" "IPv$f: with the MTU, if it is about that"
	says "short$f" "$router $vm $right" "IPv$f: if it quotes eight bytes only"
	says "extended$f" "$router $vm $right" "IPv$f: with what was added to it"
	says "only$f" "$router $vm $right" \
		"IPv$f: damaged ones, and those about no mapping, do not"
	says "more$f" nothing "IPv$f: and nothing else comes"
	says "refused$f" "$pool $server $right" \
		"IPv$f: the VM's own error leaves with the pool's address"
	says "out$f" "$pool $server $right" "IPv$f: that of a router near it, too"
	says "others$f" 0 "IPv$f: but none that is about no mapping"
	says "ids$f" 1 "IPv$f: an identifier is one outside"
	says "echo$f" "$router $vm $right" "IPv$f: an error about an echo"
done
says DF "10.0.0.1 1280" "too big, not to be cut: the gateway says so"
says parts "$POOL [0, 157] 1380" "too big, to be cut: both parts leave"
check_is "damaged errors are counted" 2 "$(counter bad_checksum)"
check "and the VM's about no mapping" test "$(counter untranslatable)" -ge 2
check_is "no error has ended a mapping or prolonged it" "10 10" \
	"$(psj 'map(select(.client_port == 5001) | .expires_s / 100 | round |
		tostring) | join(" ")' session show proto udp)"

ps_ vm set red filtering endpoint-independent
ask 10.0.0.2 5003 10.1.1.2 53 hello >"$scratch/said"
port=$(psj '.[] | select(.port == 5003).assigned_port' mapping show vm red)
check_is "an error about a hairpin comes back" refused \
	"$(ask "$blue" 5004 "$POOL" "$port" hello)"

# A big file each way, over links that are smaller than both ends'.
head -c 2000000 /dev/urandom >"$scratch/file"
in_client socat -u TCP6-LISTEN:82,ipv6only=0,fork,reuseaddr \
	"OPEN:$scratch/down,creat,trunc" 2>>"$scratch/socat" &
disown
in_namespace far socat -u TCP6-LISTEN:81,ipv6only=0,fork,reuseaddr \
	"OPEN:$scratch/up,creat,trunc" 2>>"$scratch/socat" &
disown
ps_ restore <<-END
	mapping add red proto tcp port 82 pool-address $POOL assigned-port 8200
	mapping add red6 proto tcp port 82 pool-address $POOL6 assigned-port 8200
END
{ echo route add 10.0.0.2 dev gw-c0 mtu 1320
  echo route add fd00::2 dev gw-c0 mtu 1320; } | ip -n "gateway-$suffix" -batch -
wait_for 20 listens client 82
wait_for 20 listens far 81
# sends NAMESPACE ADDRESS PORT RECEIVED: the whole file arrives
sends() {
	: >"$scratch/$4"
	in_namespace "$1" timeout 60 socat -u "FILE:$scratch/file" \
		"TCP:$2:$3" && wait_for 20 cmp "$scratch/file" "$scratch/$4"
}
# knows NAMESPACE ADDRESS MTU: has been told what fits on the way there
knows() { ip -n "$1-$suffix" route get "$2" | tee /dev/stderr | grep -q "mtu $3"; }
check "the VM sends over a smaller link" sends client 10.9.0.2 81 up
check "of which a router has told it" knows client 10.9.0.2 1300
check "over IPv6 too" sends client "[fd00:9::2]" 81 up
check "of which a router has told it" knows client fd00:9::2 1300
check "the VM receives over a smaller link" sends server1 "$POOL" 8200 down
check "of which the gateway has told the sender" knows server1 "$POOL" 1320
check "over IPv6 too" sends server1 "[$POOL6]" 8200 down
check "of which the gateway has told the sender" knows server1 "$POOL6" 1320

finish

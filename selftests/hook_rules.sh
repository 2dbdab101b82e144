#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Without the fast path translated packets pass the FORWARD and POSTROUTING rules
# and are unknown to conntrack; strict reverse path filters and a gateway that does
# not forward are no obstacle; what is not for a service is left alone.
. "$(dirname "$0")/lib.sh"

SERVERS=1
setup
start_nginx 1
web_service
web6_service
ps_ config set fastpath off
in_gateway sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.ip_forward=0 \
	net.ipv6.conf.all.forwarding=0
for device in gw-c0 gw-s1 lo; do
	in_gateway sysctl -qw "net.ipv4.conf.$device.rp_filter=1"
done
check "IPv4 with strict rp_filter and without ip_forward" fetch
check "IPv6 without forwarding" fetch6

in_gateway nft -f - <<-END
table inet test {
	chain pre {
		type filter hook prerouting priority mangle
		ct state new counter comment "tracked"
	}
	chain forward {
		type filter hook forward priority filter
		ip saddr $POOL ip daddr 10.1.1.2 tcp dport 80 counter comment "there"
		ip saddr $VIP tcp sport 80 ip daddr 10.0.0.2 counter comment "back"
		ip6 saddr $POOL6 tcp dport 80 counter comment "there6"
		ip6 saddr $VIP6 tcp sport 80 counter comment "back6"
		ct state untracked counter comment "untracked"
		ct state != untracked counter comment "forward-tracked"
		jump cut
	}
	chain cut { }
	chain post {
		type filter hook postrouting priority filter
		ip saddr $POOL oifname "gw-s1" counter comment "post"
		ip6 saddr $POOL6 oifname "gw-s1" counter comment "post6"
	}
}
END
# seen NAME: packets that the rule of that comment has matched
seen() {
	in_gateway nft -j list table inet test | jq --arg name "$1" \
		'.nftables[].rule | select(.comment? == $name).expr[].counter? //
		 empty | .packets'
}
check "with rules a page over IPv4" fetch
check "and over IPv6" fetch6
for rule in there back there6 back6 post post6; do
	check "rule \"$rule\" has seen packets" test "$(seen "$rule")" -gt 2
done
check_is "conntrack has seen none of them" 0 "$(seen forward-tracked)"
check_is "and has no entry" 0 "$(in_gateway conntrack -L 2>/dev/null | wc -l)"

in_gateway nft add rule inet test cut ip daddr 10.1.1.2 tcp dport 80 drop
fetch --max-time 2
check_is "a rule that drops them makes itself felt" 28 $?
in_gateway nft flush chain inet test cut
in_gateway nft add rule inet test cut ip saddr "$VIP" tcp sport 80 drop
fetch --max-time 2
check_is "also on the way back" 28 $?
in_gateway nft flush chain inet test cut
check "and without it all is well" fetch

# What is not for a service. Late packets of sessions would be translated.
ps_ session flush
before=$(counter translated)
check "the virtual address answers pings" in_client ping -qc 2 "$VIP"
check "over IPv6 too" in_client ping -qc 2 "$VIP6"
check "conntrack has seen them" test "$(seen tracked)" -ge 1
in_gateway socat TCP6-LISTEN:22,ipv6only=0,fork,reuseaddr EXEC:'echo gateway' \
	2>>"$scratch/socat" &
disown
wait_for 10 in_client socat -u /dev/null "TCP:$VIP:22"
# as_is FAMILY ADDRESS: the gateway's own socket on another port
as_is() { in_client socat -u "TCP$1:$2:22" -; }
check_is "another port of it is the gateway's own" gateway "$(as_is 4 "$VIP")"
check_is "over IPv6 too" gateway "$(as_is 6 "[$VIP6]")"
in_gateway sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
check "servers can be reached by routing" in_client curl -s http://10.1.1.2/
check "over IPv6 too" in_client curl -s 'http://[fd00:1:1::2]/'
check_is "none of these was translated" "$before" "$(counter translated)"
check "and the service is steered" fetch

finish

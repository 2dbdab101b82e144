#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The gateway's own sessions to its virtual addresses, and servers that are the
# gateway itself.
. "$(dirname "$0")/lib.sh"

SERVERS=1
setup
start_nginx 1
start_udp 1 53
start_asker gateway
web_service
web6_service
ps_ restore <<-END
	service add dns address $VIP proto udp port 53 pool pool4
	service add dns6 address $VIP6 proto udp port 53 pool pool6
	server add dns 10.1.1.2:53
	server add dns6 [fd00:1:1::2]:53
END

# Ports that are not the pool's have to be asked for.
own() { in_gateway curl -s --max-time 10 --local-port 600-999 "$@"; }
seen() { cut -d' ' -f 1,2; }
check_is "the gateway's TCP session is steered" "server1 $POOL" \
	"$(own "http://$VIP/" | seen)"
check_is "also from another of its addresses" "server1 $POOL" \
	"$(own --interface 10.0.0.1 "http://$VIP/" | seen)"
check_is "also over IPv6" "server1 $POOL6" "$(own "http://[$VIP6]/" | seen)"
check_is "these are sessions" 3 "$(psj length session show proto tcp)"

# Virtual addresses that the gateway does not have itself: here it is what it
# sends that is steered, not what comes back to it over its loopback.
FAR=192.0.2.9 FAR6=2001:db8:1::9
ip -n "gateway-$suffix" route add "$FAR" dev gw-c0
ip -n "gateway-$suffix" route add "$FAR6" dev gw-c0
ps_ restore <<-END
	service add far address $FAR proto tcp port 80 pool pool4
	server add far 10.1.1.2:80
	service add far6 address $FAR6 proto tcp port 80 pool pool6
	server add far6 [fd00:1:1::2]:80
END
check_is "the same to an address that it does not have" "server1 $POOL" \
	"$(own "http://$FAR/" | seen)"
check_is "also over IPv6" "server1 $POOL6" "$(own "http://[$FAR6]/" | seen)"

head -c 2000000 /dev/urandom >"$scratch/www/file"
for url in "http://$VIP/file" "http://[$VIP6]/file"; do
	own -o "$scratch/file" "$url"
	check "2 MB whole: $url" cmp "$scratch/www/file" "$scratch/file"
done

check_is "its UDP session is steered" "server1 $POOL" \
	"$(ask 10.0.0.1 5000 "$VIP" 53 hello | seen)"
check_is "also over IPv6" "server1 $POOL6" \
	"$(ask fd00::1 5000 "$VIP6" 53 hello | seen)"
check_is "a datagram of 4000 bytes, too" same \
	"$(ask 10.0.0.1 5001 "$VIP" 53 +4000 | cut -d' ' -f 4)"
check_is "also over IPv6" same \
	"$(ask fd00::1 5001 "$VIP6" 53 +4000 | cut -d' ' -f 4)"

ps_ server set web 10.1.1.2:80 state down
ps_ server set dns 10.1.1.2:53 state down
own "http://$VIP/"
check_is "without a server it is refused" 7 $?
check_is "and so is UDP" refused "$(ask 10.0.0.1 5002 "$VIP" 53 hello)"

# The same nginx and UDP service, on the gateway.
start_nginx gw gateway
start_udp gw 53
start_asker client
ps_ server add web 10.0.0.1:80
ps_ server add web6 "[fd00::1]:80"
ps_ server del web6 "[fd00:1:1::2]:80"
ps_ server add dns 10.0.0.1:53
ps_ server add dns6 "[fd00::1]:53"
ps_ server del dns6 "[fd00:1:1::2]:53"
check_is "a client's TCP session with the gateway" "servergw $POOL" \
	"$(fetch | seen)"
check_is "also over IPv6" "servergw $POOL6" "$(fetch6 | seen)"
for url in "http://$VIP/file" "http://[$VIP6]/file"; do
	in_client curl -s --max-time 20 -o "$scratch/file" "$url"
	check "2 MB whole: $url" cmp "$scratch/www/file" "$scratch/file"
done
check_is "a client's UDP session with the gateway" "servergw $POOL same" \
	"$(ask 10.0.0.2 5000 "$VIP" 53 hello | cut -d' ' -f 1,2,4)"
check_is "also over IPv6" "servergw $POOL6 same" \
	"$(ask fd00::2 5000 "$VIP6" 53 hello | cut -d' ' -f 1,2,4)"
check_is "the gateway's own session with itself" "servergw $POOL" \
	"$(own "http://$VIP/" | seen)"
check_is "also over IPv6" "servergw $POOL6" "$(own "http://[$VIP6]/" | seen)"

finish

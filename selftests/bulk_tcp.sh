#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Much data through one session, both ways and both families, in the big segments
# that the devices allow and with checksums made in software: nothing is lost,
# nothing arrives damaged.
. "$(dirname "$0")/lib.sh"

SERVERS=1
IPERF_SECONDS=${IPERF_SECONDS:-5} size=64M part=8M
# The kernel full of checks is about five times as slow.
[ ! -e /sys/kernel/debug/kmemleak ] || IPERF_SECONDS=1 size=8M part=1M
setup
start_nginx 1
web_service
web6_service
ps_ restore <<-END
	service add iperf address $VIP proto tcp port 5201 pool pool4
	server add iperf 10.1.1.2:5201
	service add iperf6 address $VIP6 proto tcp port 5201 pool pool6
	server add iperf6 [fd00:1:1::2]:5201
END
in_server 1 iperf3 -s -D --logfile "$scratch/iperf"
wait_for 30 listens server1 5201

# Of the sender's segments of at least 1,400 bytes less than 1 % again.
few_again() {
	jq -r '.end.sum_sent | "\(.bytes) \(.retransmits)"' "$scratch/result" |
		awk '{ print; exit !($1 > 1e5 && $2 < $1 / 1400 / 100) }'
}
# bulk DESCRIPTION ADDRESS [OPTION...]
bulk() {
	local what=$1 address=$2
	shift 2
	check "$what" in_client iperf3 -c "$address" -t "$IPERF_SECONDS" -J "$@" \
		--logfile "$scratch/result"
	check "hardly any segment of it is sent again" few_again
}
bulk "to the server over IPv4" "$VIP"
bulk "from the server over IPv4" "$VIP" -R
bulk "to the server over IPv6" "$VIP6"
bulk "from the server over IPv6" "$VIP6" -R

head -c $size /dev/urandom >"$scratch/www/file"
sha256sum <"$scratch/www/file" >"$scratch/wanted"
download() { in_client curl -s --max-time 120 "$1" | sha256sum; }
same() { download "$1" | cmp "$scratch/wanted" -; }
check "$size are the same at both ends" same "http://$VIP/file"

# Less, as there is no help with it now.
head -c $part "$scratch/www/file" >"$scratch/www/part"
sha256sum <"$scratch/www/part" >"$scratch/wanted"
# offload NAMESPACE DEVICE on|off: the device completes checksums, cuts segments
offload() {
	in_namespace "$1" ethtool -K "$2" tx "$3" tso "$3" gso "$3" \
		>"$scratch/said"
}
# All is summed before the gateway sees it,
offload client c0 off
offload server1 s1 off
check "also with checksums in software" same "http://$VIP/part"
check "also over IPv6" same "http://[$VIP6]/part"
# and now nothing is, so the gateway does what the devices do not.
offload client c0 on
offload server1 s1 on
offload gateway gw-c0 off
offload gateway gw-s1 off
check "also with the gateway's checksums in software" same "http://$VIP/part"
check "also over IPv6" same "http://[$VIP6]/part"

for ns in client server1 gateway; do
	check_is "no wrong checksum was seen by the $ns" 0 \
		"$(in_namespace "$ns" nstat -asz |
		   awk '/InCsumErrors/ { n += $2 } END { print n + 0 }')"
done

finish

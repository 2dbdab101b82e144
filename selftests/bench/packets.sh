# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The kernel's packet generator, for bench: what a packet costs on its way.

# generator NAMESPACE FILE LINE...: told to the packet generator there
generator() {
	local namespace=$1 file=$2
	shift 2
	printf '%s\n' "$@" | in_namespace "$namespace" \
		/usr/bin/python3 -ES -c '
import sys
for line in sys.stdin:
    with open(sys.argv[1], "w") as f:
        f.write(line)' "/proc/net/pktgen/$file"
}

# cost NAMESPACE FAMILY ADDRESS COUNT LINE...: send so many packets to the gateway,
# tell instructions a packet
cost() {
	local namespace=$1 family=$2 address=$3 count=$4 device six= size=60
	shift 4

	device=c0
	[ "$namespace" = client ] || device=s1
	[ "$family" = 4 ] || { six=6; size=80; }
	generator "$namespace" kpktgend_0 rem_device_all "add_device $device"
	generator "$namespace" "$device" "count $count" "clone_skb 0" \
		"pkt_size $size" "delay 0" "flag UDPCSUM" "dst$six $address" \
		"dst_mac $(mac gateway "gw-$device")" "$@"
	generator "$namespace" pgctrl start
	in_namespace "$namespace" awk '/^Result: OK/ {
			for (i = 1; i <= NF; i++)
				if ($i ~ /usec,$/) split($(i - 1), t, "(")
			split($0, p, "usec, "); split(p[2], n, " ")
			printf "%d\n", t[1] * 1000 / n[1]
		}' "/proc/net/pktgen/$device"
}

# from FAMILY ADDRESS FIRST LAST: lines for cost: source address, its ports
from() {
	if [ "$1" = 4 ]; then
		printf '%s\n' "src_min $2" "src_max $2"
	else
		echo "src6 $2"
	fi
	printf '%s\n' "udp_src_min $3" "udp_src_max $4"
}

# port NUMBER: lines for cost: to that port
port() { printf '%s\n' "udp_dst_min $1" "udp_dst_max $1"; }

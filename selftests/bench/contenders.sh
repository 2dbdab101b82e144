# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What a gateway may run, for bench: make_NAME configures it for both families and $PROTO;
# to NAME FAMILY is the address that clients send to, back NAME FAMILY the address
# and port that a server answers the first flow at.

CLIENT=([4]=10.0.0.2 [6]=fd00::2)
SERVER=([4]=10.1.1.2 [6]=fd00:1:1::2)
GATEWAY=([4]=10.1.1.1 [6]=fd00:1:1::1)
VIRTUAL=([4]=$VIP [6]=$VIP6)

to() {
	case $1 in
	drop|redirect|forward)	echo "${SERVER[$2]}" ;;
	*)			echo "${VIRTUAL[$2]}" ;;
	esac
}

back() {
	case $1 in
	drop|redirect|forward|ipvs)
		echo "${CLIENT[$2]} $FIRST" ;;
	ipvs_snat|nft|flowtable)
		echo "${GATEWAY[$2]} $FIRST" ;;
	*)
		psj ".[] | select(.client == \"${CLIENT[$2]}\" and
			.client_port == $FIRST) |
			\"\\(.pool_address) \\(.assigned_port)\"" session show ;;
	esac
}

tc_ingress() { # NAMESPACE DEVICE ACTION...
	in_namespace "$1" tc qdisc add dev "$2" ingress
	in_namespace "$1" tc filter add dev "$2" ingress matchall action "${@:3}"
}

make_drop() {
	tc_ingress gateway gw-c0 drop
	tc_ingress gateway gw-s1 drop
}

make_redirect() {
	tc_ingress gateway gw-c0 mirred egress redirect dev gw-s1
	tc_ingress gateway gw-s1 mirred egress redirect dev gw-c0
}

make_forward() {
	in_gateway sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

make_ipvs() {
	make_forward
	in_gateway ipvsadm -A "--$PROTO-service" "$VIP:$PORT" -s rr
	in_gateway ipvsadm -a "--$PROTO-service" "$VIP:$PORT" -r "${SERVER[4]}:$PORT" -m
	in_gateway ipvsadm -A "--$PROTO-service" "[$VIP6]:$PORT" -s rr
	in_gateway ipvsadm -a "--$PROTO-service" "[$VIP6]:$PORT" -r "[${SERVER[6]}]:$PORT" -m
}

make_ipvs_snat() {
	make_ipvs
	in_gateway sysctl -qw net.ipv4.vs.conntrack=1
	in_gateway nft -f - <<-END
	table inet nat {
		chain post {
			type nat hook postrouting priority srcnat
			oifname "gw-s1" masquerade
		}
	}
	END
}

make_nft() {
	make_forward
	in_gateway nft -f - <<-END
	table inet nat {
		chain pre {
			type nat hook prerouting priority dstnat
			ip daddr $VIP $PROTO dport $PORT dnat ip to ${SERVER[4]}
			ip6 daddr $VIP6 $PROTO dport $PORT dnat ip6 to ${SERVER[6]}
		}
		chain post {
			type nat hook postrouting priority srcnat
			oifname "gw-s1" masquerade
		}
	}
	END
}

make_flowtable() {
	make_nft
	in_gateway nft -f - <<-END
	table inet fast {
		flowtable f {
			hook ingress priority 0
			devices = { gw-c0, gw-s1 }
		}
		chain forward {
			type filter hook forward priority 0
			meta l4proto $PROTO flow add @f
		}
	}
	END
}

make_portsteer() {
	ps_ restore <<-END
		pool add p4 address $POOL
		service add s4 address $VIP proto $PROTO port $PORT pool p4
		server add s4 ${SERVER[4]}:$PORT
		pool add p6 address $POOL6
		service add s6 address $VIP6 proto $PROTO port $PORT pool p6
		server add s6 [${SERVER[6]}]:$PORT
	END
}

make_portsteer_slow() {
	make_portsteer
	ps_ config set fastpath off
}

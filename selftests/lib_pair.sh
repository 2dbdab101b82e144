# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# Two gateways between the client and the servers of lib.sh, see the drawing in
# pair.sh. Source it after lib.sh, with SERVERS=0.

# gw N WORD...: the tool; gw_json N FILTER WORD...
gw() {
	local n=$1; shift
	portsteer -n "gw$n-$suffix" --socket "$scratch/gw$n/control" "$@"
}
gw_json() { local n=$1 filter=$2; shift 2; gw "$n" -j "$@" | jq -r "$filter"; }
in_gw() { local n=$1; shift; ip netns exec "gw$n-$suffix" "$@"; }

# port_lines NAME DEVICE SIDE: NAME's DEVICE, plugged into the switch of a side
port_lines() {
	echo "link add $2 netns $1-$suffix type veth peer name $1-$2 netns switch-$suffix"
}
plug_lines() { echo "link set $1-$2 master $3 up"; }

# A namespace with nothing in it but its two plugs.
power_on() {
	{
		namespace_lines "gw$1"
		port_lines "gw$1" out
		port_lines "gw$1" in
	} | ip -batch - || exit
	{
		plug_lines "gw$1" out br-out
		plug_lines "gw$1" in br-in
	} | ip -n "switch-$suffix" -batch - || exit
	{
		echo "link set lo up"
		echo "addr add 10.0.0.1$1/16 dev out"
		echo "addr add 10.1.1.1$1/24 dev in"
		echo "link set out up"
		echo "link set in up"
	} | ip -n "gw$1-$suffix" -batch - || exit
	# It connects itself, too, from ports that are not of the pool.
	in_gw "$1" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv4.ip_local_port_range='10240 19999' \
		net.ipv4.ip_local_reserved_ports=20480-65535
}

# No goodbye: first it can't be heard any more, then it is gone.
power_off() {
	printf 'link set gw%s-%s down\n' "$1" out "$1" in |
		ip -n "switch-$suffix" -batch -
	ip netns pids "gw$1-$suffix" | xargs -r kill -9
	ip netns del "gw$1-$suffix"
	# Its devices go some time after it; power_on wants their names.
	printf 'link del gw%s-%s\n' "$1" out "$1" in |
		ip -n "switch-$suffix" -force -batch - 2>/dev/null
	rm -rf "$scratch/gw$1"
}

setup_pair() {
	local n

	trap cleanup EXIT
	{
		namespace_lines client switch server1 server2
		port_lines client c0
		port_lines server1 s1
		port_lines server2 s2
	} | ip -batch - || exit
	{
		for n in out in; do
			echo "link add br-$n type bridge mcast_snooping 0"
			echo "link set br-$n up"
		done
		plug_lines client c0 br-out
		plug_lines server1 s1 br-in
		plug_lines server2 s2 br-in
	} | ip -n "switch-$suffix" -batch - || exit
	{
		echo "link set lo up"
		echo "addr add 10.0.0.2/16 dev c0"
		echo "link set c0 up"
		echo "route add default via 10.0.0.1"
	} | ip -n "client-$suffix" -batch - || exit
	for n in 1 2; do
		{
			echo "link set lo up"
			echo "addr add 10.1.1.$((n + 1))/24 dev s$n"
			echo "link set s$n up"
			echo "route add default via 10.1.1.1"
		} | ip -n "server$n-$suffix" -batch - || exit
		power_on "$n"
	done
	certify
}

# An authority, and what both gateways have of it.
certify() {
	local n

	portsteer cert ca directory "$scratch/ca"
	for n in 1 2; do
		portsteer cert gateway "gw$n" directory "$scratch/ca"
	done
}

write_keepalived() {
	cat >"$scratch/gw$1/keepalived.conf" <<-END
	global_defs {
		vrrp_version 3
		vrrp_rt_priority 50
		vrrp_rlimit_rttime 5000000
		vrrp_garp_master_repeat 2
	}
	track_file sync {
		file $scratch/gw$1/sync.ready
		init_file 0
	}
	vrrp_instance pair {
		state BACKUP
		interface in
		virtual_router_id 51
		priority $((120 - 10 * $1))
		advert_int 0.3
		track_interface {
			out
			in
		}
		track_file {
			sync weight 60
		}
		virtual_ipaddress {
			10.0.0.1/16 dev out
			10.1.1.1/24 dev in
		}
		virtual_ipaddress_excluded {
			$VIP/32 dev lo
			$POOL/32 dev lo
		}
	}
	END
}

write_daemon() {
	cat >"$scratch/gw$1/portsteer.yaml" <<-END
	control:
	  socket: $scratch/gw$1/control
	tls:
	  ca: $scratch/ca/ca.pem
	  certificate: $scratch/ca/gateway-gw$1.pem
	  key: $scratch/ca/gateway-gw$1.key
	sync:
	  listen: 10.1.1.1$1:7444
	  peer: 10.1.1.1$((3 - $1)):7444
	  state: $scratch/gw$1/sync
	END
}

start_daemon() {
	portsteerd -n "gw$1-$suffix" -c "$scratch/gw$1/portsteer.yaml" \
		2>>"$scratch/gw$1/log" &
	daemon[$1]=$!
	disown
}

# start_gateway N: what a gateway does when it boots
start_gateway() {
	mkdir -p "$scratch/gw$1"
	write_keepalived "$1"
	write_daemon "$1"
	gw "$1" restore <<-END
	pool add pool4 address $POOL ports 20480-65535
	service add web address $VIP proto tcp port 80 pool pool4
	server add web 10.1.1.2:80
	server add web 10.1.1.3:80
	service add stream address $VIP proto tcp port 5201 pool pool4
	server add stream 10.1.1.2:5201
	service add pulse address $VIP proto tcp port 7 pool pool4
	server add pulse 10.1.1.3:7
	END
	start_daemon "$1"
	in_gw "$1" keepalived --dont-fork --log-console --vrrp \
		--use-file="$scratch/gw$1/keepalived.conf" \
		--pid="$scratch/gw$1/pid" --vrrp_pid="$scratch/gw$1/vrrp_pid" \
		>"$scratch/gw$1/keepalived" 2>&1 &
	disown
}

# What they have said, for whoever looks for what is wrong.
gateways_said() { tail -n 25 "$scratch"/gw[12]/log "$scratch"/gw[12]/keepalived | sed 's/^/# /'; }

is_active() { ip -n "gw$1-$suffix" addr show dev in | grep -q 'inet 10\.1\.1\.1/'; }
is_ready() { [ "$(gw_json "$1" '.[0] | "\(.state) \(.ready)"' sync show)" = "ready true" ]; }

# A line that goes to and fro, see pulse.py.
start_pulse() {
	mkfifo "$scratch/pulse_told" "$scratch/pulse_said"
	ip netns exec "client-$suffix" /usr/bin/python3 -u \
		"$(dirname "$0")/pulse.py" "$VIP" 7 \
		<"$scratch/pulse_told" >"$scratch/pulse_said" &
	pulse=$!
	exec {pulse_told}>"$scratch/pulse_told" {pulse_said}<"$scratch/pulse_said"
}
pulse() { local said; echo "$1" >&"$pulse_told"; read -r said <&"$pulse_said"; echo "$said"; }

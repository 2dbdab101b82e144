#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Fixed mappings are ways from outside to a VM, for TCP and UDP, IPv4 and IPv6,
# for other VMs of the same gateway too; one goes without cutting who uses it;
# and what can't be is refused in a sentence, and changes nothing.
SERVERS=3
. "$(dirname "$0")/lib.sh"

setup
client_addresses 1
blue=$(client_address 0)
ip -n "client-$suffix" addr add fd00::3/64 dev c0 nodad
start_nginxes
start_nginx 9 client
in_client /usr/bin/python3 -ES "$(dirname "$0")/udp.py" serve vm 53 10.0.0.2 \
	fd00::2 >"$scratch/udp-vm" &
disown
wait_for 30 test -s "$scratch/udp-vm"
start_asker server1
outside_told=$ask_told outside_said=$ask_said
start_asker client
# The same as ask, from outside.
ask_outside() { local ask_told=$outside_told ask_said=$outside_said; ask "$@"; }

check "fixed mappings are made" ps_ restore <<-END
	pool add nat4 address $POOL
	pool add nat6 address $POOL6
	vm add red address 10.0.0.2 pool nat4
	vm add red6 address fd00::2 pool nat6
	vm add blue address $blue pool nat4
	vm add blue6 address fd00::3 pool nat6
	mapping add red proto tcp port 80
	mapping add red6 proto tcp port 80
	mapping add red proto udp port 53 pool-address $POOL assigned-port 5353
	mapping add red6 proto udp port 53 pool-address $POOL6 assigned-port 5353
END
# assigned VM PROTO PORT: port of the pool that it is mapped to
assigned() {
	psj ".[] | select(.port == $3).assigned_port" mapping show vm "$1" \
		proto "$2"
}
# in_range VM ADDRESS PORT: is it one of the VM's
in_range() {
	[ "$(psj ".[] | select(.name == \"$1\") | .ranges[] | select(
		.address == \"$2\" and .first <= $3 and .last >= $3) | .owner" \
		vm show)" = "$1" ]
}
web=$(assigned red tcp 80) web6=$(assigned red6 tcp 80)
check "a port that is not asked for is of the VM's range" in_range red "$POOL" "$web"
check "one that is asked for becomes so" in_range red "$POOL" 5353
check_is "they are shown as fixed, without sessions" "true 0" \
	"$(psj '[.[] | "\(.fixed) \(.sessions)"] | unique[]' mapping show)"

# page NAMESPACE... ADDRESS [CURL OPTION...]: and by which port it was fetched
page() {
	local way=("${@:1:2}")
	[ "$1" = in_server ] || way=("$1")
	set -- "${@:${#way[@]}+1}"
	"${way[@]}" curl -s --max-time 10 -w 'by %{local_port}\n' "${@:2}" \
		"http://$1/" | tr '\n' ' '
}
read -r server address port _ by < <(page in_server 1 "$POOL:$web")
check_is "TCP from outside reaches the VM, which sees from where" \
	"server9 10.1.1.2 $by" "$server $address $port"
read -r server address port _ by < <(page in_server 2 "[$POOL6]:$web6")
check_is "over IPv6 too" "server9 fd00:1:2::2 $by" "$server $address $port"
check_is "UDP from outside" "vm 10.1.1.2 6000 same" \
	"$(ask_outside 10.1.1.2 6000 "$POOL" 5353 hello)"
check_is "over IPv6 too" "vm fd00:1:1::2 6000 same" \
	"$(ask_outside fd00:1:1::2 6000 "$POOL6" 5353 hello)"

# Hairpins: seen with the sender's own mapping, not its own address.
read -r server address port _ < <(page in_client "$POOL:$web" --interface "$blue")
check_is "TCP from another VM, which shows its pool address" \
	"server9 $POOL" "$server $address"
check "and port" in_range blue "$POOL" "$port"
read -r server address port _ < \
	<(page in_client "[$POOL6]:$web6" --interface fd00::3)
check_is "over IPv6 too" "server9 $POOL6" "$server $address"
check "and port" in_range blue6 "$POOL6" "$port"
read -r server address port same < <(ask "$blue" 6001 "$POOL" 5353 hello)
check_is "UDP from another VM" "vm $POOL same" "$server $address $same"
check_is "by the mapping that it has outside, too" "$(assigned blue udp 6001)" \
	"$port"
read -r server address port same < <(ask fd00::3 6001 "$POOL6" 5353 hello)
check_is "over IPv6 too" "vm $POOL6 $(assigned blue6 udp 6001) same" \
	"$server $address $port $same"
check_is "from the VM itself" "server9 $POOL" \
	"$(page in_client "$POOL:$web" --interface 10.0.0.2 | cut -d' ' -f1,2)"

# from PORT SERVER: what the server sees of red's port. It closes, and first, so
# that the port can be used again.
from() {
	printf 'GET / HTTP/1.0\r\n\r\n' | in_client socat -t 20 - \
		"TCP:10.1.$2.2:80,bind=10.0.0.2:$1,reuseaddr,shut-none" |
		awk '/^server/ { print $2, $3 }'
}
seen=$(from 4000 1)
check_is "TCP from one port is from one port for every server" \
	"$POOL ${seen#"$POOL "}" \
	"$(from 4000 2)"
check "and from another port is not" test "$seen" != "$(from 4001 2)"
check_is "TCP and UDP from the same port are two mappings" 2 "$(
	ask 10.0.0.2 4000 10.1.1.2 9 mute >"$scratch/said"
	psj 'map(select(.port == 4000)) | length' mapping show vm red)"

before=$(ps_ -j mapping show | jq -S 'sort_by(.proto, .address, .port)')
fix() { ps_ mapping add "$1" proto "$2" port "$3" "${@:4}"; }
at() { echo "pool-address $POOL assigned-port $1"; }
# shellcheck disable=SC2046
{
check_refused "a port that is in use" "this port is in use by vm red already" \
	fix red udp 54 $(at 5353)
check_refused "a port outside the pool" "pool nat4 does not have this port" \
	fix red tcp 81 $(at 80)
other=$(psj '.[] | select(.name == "blue").ranges[0].first' vm show)
check_refused "a port in another VM's block" \
	"this port is in a block that vm red does not hold and that is not free" \
	fix red tcp 81 $(at "$other")
check_refused "a VM that is not there" "there is no vm green" \
	fix green tcp 80
check_refused "an address that the VM does not have" \
	"vm red does not have this address" fix red tcp 81 address "$blue"
check_refused "an inside that is mapped" "it is mapped to port $web already" \
	fix red tcp 80 $(at 5354)
check_refused "taking away what is not fixed" \
	"vm red has no such fixed mapping" ps_ mapping del red proto udp port 4000
check_refused "or not there" "vm red has no such fixed mapping" \
	ps_ mapping del red proto tcp port 81
}
check_is "none of which has changed anything" "$before" \
	"$(ps_ -j mapping show | jq -S 'sort_by(.proto, .address, .port)')"

# A connection that outlives its mapping's being fixed.
mkfifo "$scratch/cue"
in_server 1 bash -c "
	exec 3<>/dev/tcp/$POOL/$web
	get() {
		printf 'GET / HTTP/1.1\r\nHost: test\r\n\r\n' >&3
		while read -ru 3 line && [[ \$line != server* ]]; do :; done
		echo \"\$line\"
	}
	get; read -r _ <$scratch/cue; get" >"$scratch/talk" 2>&1 &
talk=$!
wait_for 20 grep -q server9 "$scratch/talk"
ps_ vm set red filtering address-dependent
check_is "a fixed mapping is open whatever the VM's filter" server9 \
	"$(page in_server 2 "$POOL:$web" | cut -d' ' -f1)"
check "it is taken away" ps_ mapping del red proto tcp port 80
before=$(counter filtered)
in_server 3 timeout 20 bash -c "exec 3<>/dev/tcp/$POOL/$web" 2>"$scratch/said" &
disown
closed() { [ "$(counter filtered)" -gt "$before" ]; }
check "then the filter is for who has not talked with the VM" \
	wait_for 20 closed
echo go >"$scratch/cue"
wait "$talk"
check_is "and who has goes on" "2 1" \
	"$(wc -l <"$scratch/talk") $(sort -u "$scratch/talk" | wc -l)"
gone() { [ -z "$(assigned red tcp 80)" ]; }
ps_ session flush >"$scratch/said"
check "without sessions it is gone" wait_for 20 gone

finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The tour's second half: VMs behind a NAT whose port ranges follow their demand.
# Every figure is of this run, every step ends in a verdict, and the exit status is
# 1 if one of them does not hold.
SERVERS=1
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_hosts.sh"
. "$(dirname "$0")/demo_words.sh"

# Connections that the busy VM opens in each round, and rounds
BURST=500
ROUNDS=6

# on NAMESPACE PORTSTEER-ARGUMENTS: the command, and what it says there
on() {
	local where=$1
	shift
	say "$where# portsteer $*"
	case $where in
	edge) edge "$@" ;;
	*) host "${where#host}" "$@" ;;
	esac | indent
}

# vm NAME KEY: what `vm show` says of it on host 1
vm() { host 1 -j vm show "$1" | jq -r ".[].$2"; }

# Both VMs are on host 1: a second one beside that of lib_hosts.sh.
second_vm() {
	ip netns add "busy-$suffix"
	ip link add busy netns "busy-$suffix" type veth \
		peer name hv-busy netns "host1-$suffix"
	{
		end_lines busy 10.8.3.2/24 fd00:8:3::2
		default_lines 10.8.3.1 fd00:8:3::1
	} | ip -n "busy-$suffix" -batch -
	end_lines hv-busy 10.8.3.1/24 fd00:8:3::1 |
		ip -n "host1-$suffix" -batch -
}

# The busy VM's connections, see connections.py; told what to do by conn.
start_busy() {
	local python=(/usr/bin/python3 -u "$(dirname "$0")/connections.py")

	mkfifo "$scratch/told" "$scratch/said"
	in_namespace busy "${python[@]}" \
		<"$scratch/told" >"$scratch/said" &
	disown
	exec {told}>"$scratch/told" {said}<"$scratch/said"
}

step_grant() {
	step 'A host with two VMs, an edge before it, and a pool address that they share.'
	say '  VMs                      host 1                   edge              outside' \
	    '  quiet 10.8.1.2 ---+' \
	    '                    +----- 10.4.0.11 -------------- 10.4.0.1 -------- nginx 10.1.1.2' \
	    '  busy  10.8.3.2 ---+      pool 203.0.113.1' \
	    '                           by grants' ''
	on host1 pool add nat4 address "$POOL" by-grants hold 2s
	on host1 vm add quiet address 10.8.1.2 pool nat4
	on host1 vm add busy address 10.8.3.2 pool nat4 min 64 max 16384
	say '' 'A grant is prepared on both, and in force on the edge before it is on the host:' ''
	on edge grant add address "$POOL" ports 8192-32767 host 10.4.0.11 state prepared epoch 1
	on host1 grant add address "$POOL" ports 8192-32767 pool nat4 state prepared epoch 1
	on edge grant set address "$POOL" ports 8192-32767 state active epoch 1
	on host1 grant set address "$POOL" ports 8192-32767 state active epoch 1
	wait_for 10 has_minimum
	verdict "$(vm quiet ports_held) == 64 && $(vm busy ports_held) == 64" \
		"each VM holds its minimum, one block of 64 ports."
}
has_minimum() { [ "$(vm busy ports_held)" = 64 ]; }

step_page() {
	local server address port first last

	step 'The quiet VM fetches a page.'
	read -r server address port < <(in_vm 1 curl -s http://10.1.1.2/)
	read -r first last < <(host 1 -j vm show quiet |
		jq -r '.[].ranges[0] | "\(.first) \(.last)"')
	say "quiet holds the ports   $first-$last" \
	    "$server saw             $address:$port" ''
	on host1 range who "$address:$port"
	verdict "first <= port && port <= last" \
		"the world sees the pool's address and a port of the VM's own; the host tells whose it was."
}

step_growth() {
	local round open=0 answer failed=0 held sessions

	step "The busy VM opens $((BURST * ROUNDS)) connections, $BURST at a time."
	say 'connections  ports    ports   occupancy  connections  ports of' \
	    'open         in use   held               failed       the quiet VM'
	for ((round = 1; round <= ROUNDS; round++)); do
		answer=$(conn open "$BURST" 10.1.1.2 10.8.3.2)
		open=${answer#open=}
		open=${open%% *}
		failed=$((round * BURST - open))
		printf '    %-11d  %-7d  %-6d  %8s   %-11d  %d\n' "$open" \
			"$(vm busy ports_in_use)" "$(vm busy ports_held)" \
			"$(vm busy occupancy | cut -c1-5) %" "$failed" \
			"$(vm quiet ports_held)"
	done
	held=$(vm busy ports_held)
	verdict "!failed && open == BURST * ROUNDS && held >= open" \
		"$open connections, $failed failed: the ranges have grown ahead of them, from 64 to $held ports."
	sessions=$(edge session show | wc -l)
	say '' "sessions that the edge keeps for them: $sessions"
	on edge grant show
	verdict "!sessions && $(edge -j grant show | jq '.[].packets') > open" \
		"the edge has found the host of every answer by its port, with no session of its own."
}

step_shrink() {
	local i want kept live ports held limit

	step 'All but five connections end, and the agent reports hardly any traffic.'
	mapfile -t kept < <(host 1 -j session show vm busy |
		jq -r '.[].client_port' | shuf -n 5)
	conn keep "${kept[@]}" >"$scratch/answer"
	wait_for 60 five_in_use
	host 1 vm set busy policy seed
	say 'host1# portsteer vm set busy policy seed' '' \
	    'report        demand  ports decided  ports held  ports in use'
	limit=$(vm busy ports)
	for i in 1 2 3 4 5 6 7 8; do
		host 1 vm report busy pps 20 bandwidth 80kbit connections 5
		ports=$(vm busy ports)
		printf '    pps 20        %-6s  %-13d  %-10d  %d\n' \
			"$(vm busy demand)" "$ports" "$(vm busy ports_held)" \
			"$(vm busy ports_in_use)"
		want=$((limit / 2 > 64 ? limit / 2 : 64))
		[ "$ports" = "$want" ] || break
		limit=$ports
	done
	wait_for 30 at_least
	held=$(vm busy ports_held)
	say '' 'Blocks in which a connection is alive wait for it, and give no port to others:' ''
	on host1 range show owner busy
	live=$(conn ask)
	live=${live#*answered=}
	live=${live%% *}
	verdict "ports == 64 && held <= 64 + 5 * 64" \
		"a demand below 100 halves the ports again and again, down to one block."
	verdict "live == 5" "no connection was cut by it: all five answer."
}
five_in_use() { [ "$(vm busy ports_in_use)" = 5 ]; }
at_least() { [ "$(vm busy ports_held)" -le $((64 + 5 * 64)) ]; }

step_account() {
	local live in_use begun ended refused

	step 'The books balance.'
	read_books host 1
	refused=$(book no_port)
	say "sessions created, less those ended  $((begun - ended))" \
	    "sessions live                       $live" \
	    "ports in use                        $in_use" \
	    "refused for want of a port          $refused"
	verdict "begun - ended == live && in_use <= live && !refused" \
		"every session is accounted for, and none was refused."
}

cat <<'END'
VMs behind a NAT, in five steps.

Each VM holds a range of ports of the pool address. The range follows what the VM
does: more before it runs out, less when it is idle, and never at the cost of a
connection that is alive.
END
setup
setup_hosts
second_vm
start_nginx 1
in_host 1 sysctl -qw net.ipv4.ip_forward=1
host 1 config set timeout-tcp-closing 2s timeout-tcp-time-wait 2s
ulimit -n 16384
start_busy

step_grant
step_page
step_growth
step_shrink
step_account
end_tour

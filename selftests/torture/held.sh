# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Sessions that are held whatever goes on beside them: connections and talks by
# datagrams, steered and of a VM, over IPv4 and IPv6. Source it after lib.sh.

# A talk is the same session as long as the server sees the same port.
talks=("10.0.1.1 5000 $VIP 53" "fd00::2 5000 $VIP6 53" "10.0.1.3 5000 10.1.1.2 53")
answers=() connections=0 held_asked=0 held_since=0

# talk N: what talk N is answered; a datagram may be lost, now and then, or answered
# late: so it asks the same until it is answered
talk() {
	local answer

	for _ in 1 2 3 4 5; do
		answer=$(ask ${talks[$1]} "hello-$held_asked")
		[[ $answer != *same ]] || break
	done
	echo "$answer"
}

# hold_sessions: begins them; the objects they go through are nobody else's
hold_sessions() {
	local n

	client_addresses 20
	ps_ restore <<-END
		pool add held4 address $POOL
		pool add held6 address $POOL6
		pool add heldvm address 203.0.113.2
		service add held address $VIP proto tcp port 80 pool held4
		service add held6 address $VIP6 proto tcp port 80 pool held6
		service add heldudp address $VIP proto udp port 53 pool held4
		service add heldudp6 address $VIP6 proto udp port 53 pool held6
		server add held 10.1.1.2:80
		server add held 10.1.2.2:80
		server add held6 [fd00:1:1::2]:80
		server add heldudp 10.1.1.2:53
		server add heldudp 10.1.2.2:53
		server add heldudp6 [fd00:1:2::2]:53
		vm add held address 10.0.1.3 pool heldvm
	END
	conn open 2 "$VIP" 10.0.1.1 10.0.1.2 >>"$scratch/opened"
	conn open 2 "$VIP6" fd00::2 >>"$scratch/opened"
	conn open 2 10.1.1.2 10.0.1.3 >>"$scratch/opened"
	connections=8
	for n in "${!talks[@]}"; do
		answers[n]=$(talk "$n")
	done
	held_since=$SECONDS
	check_held "$connections connections and ${#talks[@]} talks are held"
}

# held_answer: does each one still, in the session that it had?
held_answer() {
	local n answer

	answer=$(conn ask)
	if [ "$answer" != "open=$connections answered=$connections" ]; then
		echo "of $connections connections: $answer"
		return 1
	fi
	for n in "${!talks[@]}"; do
		answer=$(talk "$n")
		if [ "$answer" != "${answers[n]}" ] || [[ $answer != *same ]]; then
			echo "${talks[n]}: $answer, it was ${answers[n]}"
			return 1
		fi
	done
	held_asked=$((held_asked + 1))
}

# check_held DESCRIPTION: one result
check_held() {
	local status=0

	held_answer >"$scratch/held" || status=1
	result "$status" "$1" || sed 's/^/# /' "$scratch/held"
}

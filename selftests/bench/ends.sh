# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Client and server of bench and scaling: they make flows, then they are deaf.

# Flows that are answered, through the gateway.
establish() {
	local echo family

	in_server 1 /usr/bin/python3 -ES "$here/echo.py" serve "$PORT" &
	echo=$!
	for family in 4 6; do
		wait_for 20 in_client /usr/bin/python3 -ES "$here/echo.py" ask \
			"${CLIENT[$family]}" "$(to "$1" "$family")" "$PORT" \
			"$FIRST" "$FLOWS" || note "$1" "ipv$family" failed
	done
	kill "$echo"
}

# Neither end answers from now on, not even for its link address.
deafen() {
	local family

	for family in 4 6; do
		echo "neigh replace ${SERVER[$family]} dev gw-s1 nud permanent lladdr" \
			"$(mac server1 s1)"
		echo "neigh replace ${CLIENT[$family]} dev gw-c0 nud permanent lladdr" \
			"$(mac client c0)"
	done | ip -n "gateway-$suffix" -batch -
	tc_ingress server1 s1 drop
	tc_ingress client c0 drop
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Who has no CAP_NET_ADMIN in a gateway's namespace gets nothing of it and changes
# nothing: an ordinary user, root of a user namespace of his own, and who has made
# himself a network namespace, too.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
web_service
fetch >"$scratch/answer"
state() {
	ps_ save | grep -v '^# portsteer configuration'
	ps_ session show | sed 's/ state .*//'
}
state >"$scratch/before"

nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all)
mine=("${nobody[@]}" unshare -Ur)
alone=("${nobody[@]}" unshare -Urn)
python=(/usr/bin/python3 -ESB "$(dirname "$0")/isolation.py")
# refused_all WHO...: each command and each group, in the gateway's namespace
for what in commands groups; do
	check_is "an ordinary user: $what" "" \
		"$(in_gateway "${nobody[@]}" "${python[@]}" $what 2>&1)"
	check_is "root of a user namespace: $what" "" \
		"$(in_gateway "${mine[@]}" "${python[@]}" $what 2>&1)"
done
check_is "a socket of root's in an ordinary user's hands, and the other way" "" \
	"$(in_gateway "${python[@]}" borrowed 2>&1)"
check "root itself is heard" in_gateway portsteer pool show pool4
check "nothing has changed" diff "$scratch/before" <(state)

# In a namespace of one's own.
check_is "there is nothing of the gateway's to see" "" "$("${alone[@]}" sh -c '
	for what in pool service server client range session vm; do
		portsteer $what show
	done' 2>&1)"
check "one may have pools there, by the same names" \
	"${alone[@]}" portsteer pool add pool4 address "$POOL"
"${alone[@]}" "${python[@]}" hears 8 >"$scratch/heard" 2>&1 &
listener=$!
check "and join groups" wait_for 30 \
	grep -qx "joined range server session" "$scratch/heard"
ps_ server set web 10.1.1.2:80 state drain
ps_ server set web 10.1.1.2:80 state up
fetch >"$scratch/answer"
ps_ session flush >"$scratch/flushed"
wait "$listener"
check_is "but hears nothing of the gateway's" "no more" \
	"$(sed 1d "$scratch/heard")"
for limit in sessions-max clients-max; do
	check "$limit may be less there" \
		"${alone[@]}" portsteer config set $limit 1000
	check_refused "$limit may not be more: it is the host's memory" \
		"is for namespaces of the initial user namespace" \
		"${alone[@]}" portsteer config set $limit 1048577
	check "root of the host may" ps_ config set $limit 1048577
done
ps_ config set sessions-max 1048576 clients-max 1048576
fetch >"$scratch/answer"
check "the gateway is as it was" \
	diff <(grep -v '^service .*proto .*client ' "$scratch/before") \
	<(state | grep -v '^service .*proto .*client ')

finish

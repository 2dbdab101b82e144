#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# When more happens than portsteerd can read, its log of blocks says that there is a
# gap, and then all that is there.
SERVERS=1
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_daemon.sh"

# Each VM has almost all ports of an address, and each block is an event.
many=30
setup
log=$scratch/blocks
configure <<<"blocks: {file: $log}"
ps_ pool add many address "$(seq -s, -f 198.51.100.%g $many)" hold 1s
ps_ vm add first address 10.9.9.9 pool many
start_daemon
check "it starts" pd daemon show
check "and lists what is there" wait_for 30 grep -q '"present".*"first"' "$log"

# It does not read, and its buffer has an end.
kill -STOP "$daemon"
for n in $(seq $many); do
	echo "vm add m$n address 10.9.8.$n pool many min 64000"
done | ps_ restore
kill -CONT "$daemon"
check "events that were lost leave a mark" wait_for 120 grep -q '"gap"' "$log"
since_gap() { sed '1,/"gap"/d' "$log"; }
listed() { since_gap | grep '"present"' | grep -q '"m30"'; }
check "what is there is listed then" wait_for 120 listed
since_gap |
	jq -r 'select(.event == "present") | "\(.address) \(.first) \(.last) \(.owner)"' |
	sort >"$scratch/listed"
psj '.[] | "\(.address) \(.first) \(.last) \(.owner)"' range show |
	sort >"$scratch/there"
check "all of it" diff "$scratch/there" "$scratch/listed"
check "it is counted" test "$(pdj '.[].gaps' blocks show)" -ge 1
ps_ vm del first
goes_on() { since_gap | grep -q '"released".*"owner":"first"'; }
check "it goes on" wait_for 30 goes_on
check "it stops when it is told to" stop_daemon

finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The module goes under traffic, and comes and goes many times.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
web_service
in_client ab -q -l -c 20 -t 100 -n 1000000 "http://$VIP/" >/dev/null 2>&1 &
disown
flows() { [ "$(psj '.[].created' service show web)" -ge 100 ]; }
check "traffic" wait_for 60 flows
# Stops with the gateway's namespace.
ps_ monitor >"$scratch/monitor" 2>&1 &
disown
check "the module goes under it" rmmod portsteer
check_refused "the tool says that it is not there" "portsteer" ps_ session show
check "it comes again" insmod "$PSTEER_MODULE"
check_is "without a memory" "[]" "$(ps_ -j service show)"
web_service
check "and works" fetch

cycles=200
[ ! -e /sys/kernel/debug/kmemleak ] || cycles=40
cycles=${PSTEER_CYCLES:-$cycles}
# Most of the file is there for debuggers, and reading it is what takes time.
strip -g -o "$scratch/portsteer.ko" "$PSTEER_MODULE"
cycle() {
	local i

	for i in $(seq "$cycles"); do
		rmmod portsteer && insmod "$scratch/portsteer.ko" || return
	done
}
check "it goes and comes $cycles times" cycle
web_service
check "and works" fetch

finish

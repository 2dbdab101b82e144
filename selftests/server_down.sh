#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A server that is down: its TCP sessions are reset at their next packet, new
# ones go elsewhere, at once; without any server they are refused at once. A
# server that is deleted takes its sessions along, and no others.
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
ps_ config set slow-start 0
web_service
start_connections
sessions_of() { psj length session show server "10.1.$1.2"; }

check_is "30 connections" "open=30 answered=0" "$(conn open 30 "$VIP" 10.0.0.2)"
first=$(sessions_of 1) second=$(sessions_of 2) third=$(sessions_of 3)
check "every server has some" test $((first * second * third)) -gt 0

ps_ server set web 10.1.1.2:80 state down
check_is "those of a server that is down are reset, the others work" \
	"open=30 answered=$((second + third)) ECONNRESET=$first" "$(conn ask)"
check_is "that is counted" "$first" "$(counter server_down)"
check_is "they are over" 0 "$(sessions_of 1)"
for _ in $(seq 10); do fetch; done >"$scratch/pages"
check_is "new connections" 10 "$(wc -l <"$scratch/pages")"
check_is "go elsewhere" 0 "$(grep -c "server1 " "$scratch/pages")"

conn close >/dev/null
conn open 30 "$VIP" 10.0.0.2 >/dev/null
second=$(psj length session show server 10.1.2.2 state established)
check "a server is deleted" ps_ server del web 10.1.2.2:80
check_is "and its sessions with it" 0 "$(sessions_of 2)"
check_is "the others' work" "open=30 answered=$((30 - second)) ECONNRESET=$second" \
	"$(conn ask)"
check_is "nobody waits for an answer of it" "$second" "$(counter no_session)"

conn close >/dev/null
ps_ server set web 10.1.3.2:80 state down
check_is "without a server clients are refused at once" \
	"open=0 answered=0 ECONNREFUSED=5" "$(conn open 5 "$VIP" 10.0.0.2)"
check_is "which is counted" 5 "$(counter no_server)"
ps_ server set web 10.1.3.2:80 state up
check_is "and served when there is one again" "open=5 answered=0" \
	"$(conn open 5 "$VIP" 10.0.0.2)"
check_is "by it" 5 "$(psj length session show server 10.1.3.2 state established)"

finish

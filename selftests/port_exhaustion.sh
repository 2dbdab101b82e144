#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A client that holds all the ports it may have is refused one more at once,
# and it alone; when it has closed some it is served again.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
client_addresses 2
greedy=$(client_address 0) other=$(client_address 1)
ps_ config set port-range-size 64 port-range-max 64 \
	timeout-tcp-closing 1s timeout-tcp-time-wait 1s
web_service
web6_service
start_connections

check_is "64 connections out of 64 ports" "open=64 answered=0" \
	"$(conn open 64 "$VIP" "$greedy")"
check_is "the next ones are refused" "open=64 answered=0 EHOSTUNREACH=3" \
	"$(conn open 3 "$VIP" "$greedy")"
# An ICMP error that comes while connect() is still running counts for nothing
# with Linux clients: then it is the second SYN that is refused.
check "they are counted" test "$(counter no_port)" -ge 3
check_is "another client is served" "open=94 answered=0" \
	"$(conn open 30 "$VIP" "$other")"
check_is "all connections work" "open=94 answered=94" "$(conn ask)"
check_is "a client without a port left has no eligible server" ports \
	"$(psj '.[].reason' explain web client "$greedy")"
check_is "IPv6: 64 connections, the next is refused" \
	"open=158 answered=0 EACCES=1" "$(conn open 65 "$VIP6" fd00::2)"
refused=$(counter no_port)

conn close >/dev/null
has_sessions() { [ "$(psj length session show)" = "$1" ]; }
check "closed sessions are gone after their timeout" wait_for 60 has_sessions 0
check_is "the client can open as many again" "open=64 answered=0" \
	"$(conn open 64 "$VIP" "$greedy")"
check_is "and they work" "open=64 answered=64" "$(conn ask)"
check_is "nobody else was refused" "$refused" "$(counter no_port)"

finish

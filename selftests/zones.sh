#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Zones: clients are sent to servers of their own zone, or to those nearest to it,
# as long as these can be chosen; who has no zone is sent as ever.
SERVERS=3
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
client_addresses 4
east=$(client_address 0) west=$(client_address 1)
farm=$(client_address 2) nowhere=$(client_address 3)
start_connections
# Ports make no difference either.
web_service select argmax weights 0.5,0.5,0
# As loaded as each other, so that only zones make a difference.
report() { local n; for n in 1 2 3; do ps_ server report web "10.1.$n.2:80" load 50%; done; }
of() { psj ".[] | select(.server == \"10.1.$2.2\") | $3" explain web client "$1"; }

report
check_is "without zones all go to the first of equals" "server1 server1" \
	"$(servers_of "$east") $(servers_of "$west")"
check_is "and there is no term for them" "0 0 null" \
	"$(of "$east" 1 '"\(.weight_zone) \(.term_zone) \(.client_zone)"')"
score=$(of "$nowhere" 1 .score)

ps_ restore <<-END
	zone add $east east
	zone add $west/32 west
	zone add 10.0.0.0/15 wide
	server set web 10.1.2.2:80 zone west
	server set web 10.1.3.2:80 zone east
END
check_is "a client of one zone goes to its server" server3 "$(servers_of "$east")"
check_is "one of another to another" server2 "$(servers_of "$west")"
check_is "explain has the term: own zone" "east east 0 0.2 0.2" \
	"$(of "$east" 3 '"\(.client_zone) \(.server_zone) \(.distance) \(.weight_zone) \(.term_zone)"')"
check_is "another zone" "west 100 0" \
	"$(of "$east" 2 '"\(.server_zone) \(.distance) \(.term_zone)"')"
check_is "no zone: half as far" "null 50 0.1" \
	"$(of "$east" 1 '"\(.server_zone) \(.distance) \(.term_zone)"')"
text=$(ps_ explain web client "$east")
check "the text says so" grep -qE \
	'^\* 10.1.3.2:80 .* \+ 0.2\*\(1-0\)=0.2 +\= 0.[0-9]+ +best, zone east' <<<"$text"
check "its head has the client's zone" grep -qx \
	"service web client $east select argmax zone east" <<<"$text"

check_is "the longest prefix holds" "west wide" \
	"$(of "$west" 1 .client_zone) $(of "$farm" 1 .client_zone)"
ps_ zone del "$west"
check_is "without it the next one does" wide "$(of "$west" 1 .client_zone)"
ps_ zone del 10.0.0.0/15
check_is "without any there is no term" "null $score" \
	"$(of "$west" 1 '"\(.client_zone) \(.score)"')"
check_is "a prefix of everybody is one, too" rest \
	"$(ps_ zone add 0.0.0.0/0 rest; of "$nowhere" 1 .client_zone)"
check_is "of IPv4 only" null \
	"$(web6_service; psj '.[0].client_zone' explain web6 client fd00::2)"
ps_ zone add fd00::/64 east
check_is "IPv6 has its own" east \
	"$(psj '.[0].client_zone' explain web6 client fd00::2)"
ps_ zone del 0.0.0.0/0

ps_ zone add "$west" west
ps_ zone distance west east 20%
check_is "a distance holds both ways" "20 20" \
	"$(of "$west" 3 .distance) $(of "$east" 2 .distance)"
check_is "and is shown" '[{"from":"west","to":"east","distance":20}]' \
	"$(psj tojson zone distance show)"
ps_ server set web 10.1.3.2:80 state drain
check_is "the own zone's server drains: the nearest is next" server2 \
	"$(servers_of "$east")"
ps_ zone distance east west 60%
check_is "unless it is farther than one that is nowhere" server1 \
	"$(servers_of "$east")"
ps_ server set web 10.1.3.2:80 state up
report
check_is "it is back" server3 "$(servers_of "$east")"
ps_ server report web 10.1.3.2:80 load 100%
check_is "nearness is not all: a server that is full is left" server1 \
	"$(servers_of "$east")"
report
report
report

ps_ service set web zone-weight 0
check_is "a service that gives zones no weight" "server1 0" \
	"$(servers_of "$east") $(of "$east" 3 .weight_zone)"
ps_ service set web inherit
ps_ config set weight-zone 5 select argmax
check_is "a service that inherits has the config's weight" 5 \
	"$(of "$east" 3 .weight_zone)"
check_is "one that has its own keeps it" 0.2 "$(ps_ service set web6 zone-weight 0.2
	ps_ config set weight-zone 1
	psj '.[0].weight_zone' explain web6 client fd00::2)"

check_is "a zone is known while somebody uses it" 1 \
	"$(ps_ zone flush | awk '{print ($2 > 0)}')"
check_is "no prefix is left" "[]" "$(psj tojson zone show)"
check_is "its servers keep theirs" "west east" \
	"$(psj 'map(.zone) | map(select(.)) | join(" ")' server show web)"
ps_ zone distance south east 5%
check_is "a distance may be said before anybody is there" 5 "$(
	ps_ server set web 10.1.2.2:80 zone south
	ps_ zone add 10.0.0.0/16 east
	of "$east" 2 .distance)"
ps_ zone distance del east west
check_refused "once it is deleted nothing is said of it" \
	"nothing is said of the distance of these zones" \
	ps_ zone distance del west east

finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# zone import: the prefixes of a MaxMind database become zones, all of them or
# none; what is no such database is refused with a sentence.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
make_db() { /usr/bin/python3 "$(dirname "$0")/mmdb.py" "$scratch/$1" "${2:-6}"; }
make_db world <<-END
	10.0.0.0/16 EU DE Berlin
	10.1.0.0/17 EU DE Berlin
	10.1.128.0/17 EU DE Hamburg
	10.2.0.0/16 EU FR Paris
	172.16.0.0/12 NA US New_York
	198.51.100.0/24 AS - -
	2001:db8::/32 EU DE Berlin
	2001:db9::/33 EU FR Paris
END
import() { ps_ zone import "$scratch/world" "$@"; }
zones() { psj 'map("\(.prefix)=\(.name)") | sort | join(" ")' zone show; }

check_is "by country" "imported 5 prefixes of 3 zones" "$(import)"
check_is "neighbours in one country are one prefix, IPv4 is seen once" \
	"10.0.0.0/15=DE 10.2.0.0/16=FR 172.16.0.0/12=US 2001:db8::/32=DE 2001:db9::/33=FR" \
	"$(zones)"
web_service
client_zone() { psj '.[0].client_zone' explain web client "$1"; }
check_is "clients are in them" "DE FR null" \
	"$(client_zone 10.1.200.9) $(client_zone 10.2.0.1) $(client_zone 10.3.0.1)"
zones >"$scratch/before"
check_refused "what is there already can't be imported" \
	"already (attribute prefix)" import
check "and changes nothing" diff "$scratch/before" <(zones)
check_is "all are flushed" "flushed 5" "$(ps_ zone flush)"

ps_ zone add 172.16.0.0/12 office
check_refused "one that is there already" "172.16.0.0/12, zone US; nothing is imported" import
check_is "and none of the others stays" "172.16.0.0/12=office" "$(zones)"
ps_ zone flush >/dev/null
check_is "by continent" "10.0.0.0/15=EU 10.2.0.0/16=EU 172.16.0.0/12=NA 198.51.100.0/24=AS 2001:db8::/32=EU 2001:db9::/33=EU" \
	"$(import continent >/dev/null; zones)"
check_is "those of one zone are flushed" "flushed 4" "$(ps_ zone flush name EU)"
ps_ zone flush >/dev/null
check_is "by city, some only" "10.0.0.0/16=DE-Berlin 10.1.0.0/17=DE-Berlin 172.16.0.0/12=US-New_York 2001:db8::/32=DE-Berlin" \
	"$(import city only DE-Berlin,US-New_York >/dev/null; zones)"
ps_ zone flush >/dev/null
make_db four 4 <<<"10.0.0.0/9 EU DE -"
check_is "a database of IPv4" "10.0.0.0/9=DE" \
	"$(ps_ zone import "$scratch/four" >/dev/null; zones)"
ps_ zone flush >/dev/null
d30=$(printf 'D%.0s' {1..30})
make_db lengthy <<-END
	10.0.0.0/9 EU $d30 Berlin
	11.0.0.0/9 EU ${d30}D Berlin
	12.0.0.0/9 EU ${d30}DDDDDDDDDD Berlin
END
check_is "names are cut at 31 characters" \
	"10.0.0.0/9=$d30- 11.0.0.0/9=${d30}D 12.0.0.0/9=${d30}D" \
	"$(ps_ zone import "$scratch/lengthy" city >/dev/null; zones)"
ps_ zone flush >/dev/null

# misused SENTENCE WORD...: exit status 2, and that is said
misused() {
	local sentence=$1 said status=0
	shift
	said=$(ps_ zone import "$@" 2>&1) || status=$?
	echo "$status $said"
	[ "$status" = 2 ] && [[ $said == *"$sentence"* ]]
}
check "no file" misused "cannot be read" "$scratch/nil"
check "no database" misused "is no MaxMind database" "$(dirname "$0")/lib.sh"
size=$(stat -c %s "$scratch/world")
head -c $((size - 60)) "$scratch/world" >"$scratch/cut"
check "a part of one" misused "is no MaxMind database" "$scratch/cut"
{ printf '\377\377\377\377\377\377'; tail -c +7 "$scratch/world"; } >"$scratch/bad"
check "a damaged one" misused "is damaged" "$scratch/bad"
{ printf '\0\0\1\0\0\1'; tail -c +7 "$scratch/world"; } >"$scratch/twice"
check "one with two ways to one place" misused "its tree is none" \
	"$scratch/twice"
check "places that it has not" misused "has no such place" "$scratch/world" only XX
check "more than a limit" misused "has 5 prefixes, the limit is 4" "$scratch/world" limit 4
for i in {0..255}; do echo "10.$i.0.0/16 EU X$i -"; done | make_db many
check "more zones than there can be" misused \
	"has 256 places, there can be 255 zones" "$scratch/many"
check_is "nothing of all that is there" "" "$(zones)"

for i in {0..3999}; do
	echo "10.$((i / 250)).$((i % 250)).0/24 EU $((i % 2)) -"
done | make_db long
check_is "thousands" "imported 4000 prefixes of 2 zones" \
	"$(ps_ zone import "$scratch/long")"
check_is "are shown, each once" "4000 4000" \
	"$(psj '"\(length) \(unique | length)"' zone show)"
check_is "and found" "1 null" "$(client_zone 10.3.1.9) $(client_zone 10.3.251.9)"
check_is "and flushed" "flushed 4000" "$(ps_ zone flush)"

finish

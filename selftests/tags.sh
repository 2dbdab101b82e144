#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a service needs: only servers with all of its tags are chosen, live sessions
# stay where they are, and if no server has them the client is refused. And what of
# a report the load is made of.
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
client_addresses 1
client=$(client_address 0)
web_service select argmax weights 1,0,0
start_connections
of() { psj ".[] | select(.server == \"10.1.$1.2\" and .port == 80) | $2" explain web client "$client"; }
servers() { servers_of "$client"; }
refuses() { [[ $(conn cycle 1 "$VIP" "$client") = *" ECONNREFUSED=1" ]]; }
for n in 1 2 3; do ps_ server report web "10.1.$n.2:80" load "$((10 * n))%"; done

ps_ restore <<-END
	server set web 10.1.2.2:80 tags ssd,gpu
	server set web 10.1.3.2:80 tags gpu
END
check_is "tags that nobody needs change nothing" server1 "$(servers)"
ps_ service set web needs gpu
check_is "one tag: the best that has it" server2 "$(servers)"
check_is "explain says why not another" "false tags gpu null" \
	"$(of 1 '"\(.eligible) \(.reason) \(.needs) \(.tags)"')"
text=$(ps_ explain web client "$client")
check "so does the text" grep -q \
	'10.1.1.2:80 .*not eligible: it lacks a tag that the service needs, no tags' <<<"$text"
check "with what the service needs" grep -qx \
	"service web client $client select argmax needs gpu" <<<"$text"
ps_ server set web 10.1.2.2:80 state drain
check_is "it drains: the next that has it" server3 "$(servers)"
ps_ service set web needs gpu,ssd
check "all tags are needed: the only server drains" refuses
check_is "which is counted as that" "true 0" \
	"$(psj 'map({(.name): .value}) | add | "\(.no_server > 0) \(.no_tagged_server)"' \
	   stats show)"
ps_ server set web 10.1.2.2:80 state up
check_is "it is back" server2 "$(servers)"

check_is "a live session" "open=1 answered=0" "$(conn open 1 "$VIP" "$client")"
where=$(psj '.[] | select(.state == "established").server' session show)
ps_ server set web 10.1.2.2:80 tags ""
check "its server has the tag no more: new ones are refused" refuses
check_is "by a counter of its own" true "$(psj \
	'.[] | select(.name == "no_tagged_server").value > 0' stats show)"
check_is "the session goes on" "open=1 answered=1" "$(conn ask)"
check_is "where it was" "10.1.2.2 10.1.2.2" "$where $(psj \
	'.[] | select(.state == "established").server' session show)"
ps_ service set web needs ""
check_is "nothing is needed: as at first" server1 "$(servers)"
check_is "and not shown" "null null" \
	"$(psj '.[0].needs' service show) $(of 1 .needs)"

# There are 64 bits: as many tags, and a bit is free after its last user.
list() { seq -f 't%g' -s , "$1" "$2"; }
for n in 0 1 2 3; do
	ps_ server add web "10.1.1.2:$((90 + n))" state down \
		tags "$(list $((13 * n)) $((13 * n + 12)))"
done
ps_ server set web 10.1.1.2:80 tags "$(list 52 62)"
check_refused "more tags than there can be" \
	"there are 64 different tags, the most there can be" \
	ps_ server set web 10.1.2.2:80 tags new,newer
check_is "change nothing" null "$(psj '.[].tags' server show web 10.1.2.2:80)"
check_refused "needs likewise" "there are 64 different tags" \
	ps_ service set web needs new,newer
check "the last one, and one that is known" \
	ps_ server set web 10.1.2.2:80 tags gpu,t5
ps_ server del web 10.1.1.2:90
check "one more after some have gone" ps_ service set web needs new
ps_ service set web needs ""

# What the load is made of.
load_is() { psj '.[].load' server show web "10.1.$1.2:80"; }
says() { local n=$1; shift; ps_ server report web "10.1.$n.2:80" "$@"; }
says 1 cpu 30% network 10% app 70% latency 5ms
check_is "no emphasis: the largest of cpu, memory, network" 30 "$(load_is 1)"
ps_ service set web emphasis throughput
says 1 cpu 30% network 10% app 70% latency 5ms
check_is "throughput: network" 10 "$(load_is 1)"
says 1 cpu 30%
check_is "unless it does not say" 30 "$(load_is 1)"
ps_ service set web emphasis app
says 1 cpu 30% network 10% app 70%
check_is "app: its own metric" 70 "$(load_is 1)"
check "which then is enough" says 1 app 44%
check_is "to know the load" 44 "$(load_is 1)"
says 1 load 5% app 70%
check_is "a report that says load is taken at its word" 5 "$(load_is 1)"
ps_ service set web emphasis latency
check_refused "app alone is nothing else" "a report says load, or at least one of" \
	says 1 app 44%
says 1 cpu 30% latency 5ms
says 2 cpu 30% latency 20ms
check_is "latency: four times the least is a load of 75 %" "30 75" \
	"$(load_is 1) $(load_is 2)"
says 2 cpu 90% latency 20ms
check_is "if nothing else is more" 90 "$(load_is 2)"
check_is "explain shows the emphasis" latency "$(of 1 .emphasis)"

finish

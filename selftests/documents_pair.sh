#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The page gateway-pair: all that it says to type makes a pair of gateways.
SERVERS=0
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_pair.sh"
. "$(dirname "$0")/lib_documents.sh"

setup_pair
start_nginx 1
start_nginx 2
machine gw1
machine gw2
page Documentation/gateway-pair.md "Both gateways: the same configuration"
page Documentation/gateway-pair.md "Certificates"
page Documentation/gateway-pair.md "portsteerd"
page Documentation/gateway-pair.md "keepalived"
knows() { on "gw$1" "portsteer -j sync show" | jq -e '.[0].ready'; }
check "both know all of each other" wait_for 90 eval 'knows 1 && knows 2'
check "and the first one becomes active" wait_for 60 is_active 1
start_connections
check_is "connections are opened" "open=5 answered=0" \
	"$(conn open 5 "$VIP" 10.0.0.2)"
check_is "and used" "open=5 answered=5" "$(conn ask)"
page Documentation/gateway-pair.md "See that it works"
check "the other one takes over" wait_for 60 is_active 2
check_is "and connections go on" "open=5 answered=5" "$(conn ask)"
on gw1 "systemctl start keepalived"
check "and back" wait_for 60 is_active 1
check_is "they still do" "open=5 answered=5" "$(conn ask)"
units_said

finish

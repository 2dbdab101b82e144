#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A draining server keeps its live connections and gets no new ones; set up
# again it takes part again.
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
# Nobody is preferred for being new: it is to get sessions soon after.
ps_ config set slow-start 0
web_service
head -c 600000 /dev/urandom >"$scratch/www/file"

in_client curl -s -o "$scratch/file" "http://$VIP/slow" &
download=$!
is_open() { [ "$(psj length session show state established)" = 1 ]; }
check "a slow download" wait_for 60 is_open
server=$(psj '.[].server' session show)
n=${server#10.1.} n=${n%.2}

check "its server is set to drain" ps_ server set web "$server:80" state drain
check_is "and says so" drain "$(psj '.[].state' server show web "$server:80")"
fetch_times 12 >"$scratch/pages"
check_is "new connections" 12 "$(wc -l <"$scratch/pages")"
check_is "go elsewhere" 0 "$(grep -c "server$n " "$scratch/pages")"
check_is "the download's session is still there" 1 \
	"$(psj '.[].sessions' server show web "$server:80")"
check_is "explain says why it is not chosen" state \
	"$(psj ".[] | select(.server == \"$server\").reason" \
	   explain web client 10.0.0.2)"
wait "$download"
check_is "the download ends well" 0 $?
check "and whole" cmp "$scratch/www/file" "$scratch/file"

check "set up again" ps_ server set web "$server:80" state up
fetch_times 30 >"$scratch/pages"
check "it has new connections again" grep -q "server$n " "$scratch/pages"

finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# top in a terminal: what is on its screen is what the gateway does, its keys do
# what its help says, and whatever ends it gives the terminal back.
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
client_addresses 1
vm=$(client_address 0)
web_service
ps_ restore <<-END
	pool add nat4 address 203.0.113.2 hold 1s
	vm add red address $vm pool nat4 min 64 max 64
	vm add blue address 10.9.0.2 pool nat4 min 128
END
start_connections

# --- the terminal -----------------------------------------------------------

# tmux is the terminal; everything in it is in the gateway's namespace.
terminal() { tmux -S "$scratch/tmux" -f /dev/null "$@"; }
start_terminal() {
	in_gateway tmux -S "$scratch/tmux" -f /dev/null new-session -d \
		-x "$1" -y "$2" "env -i PATH='$PATH' HOME=/ TERM=$3 PS1='shell> ' sh"
	terminal set -g remain-on-exit on
	shows 'shell>'
}
end_terminal() { terminal kill-server; }
press() { terminal send-keys "$@"; }
type_line() { terminal send-keys -l "$1" && terminal send-keys Enter; }
screen() { terminal capture-pane -p; }
on_screen() { screen | grep -qE -- "$1"; }
shows() { wait_for 30 on_screen "$1"; }
not_on_screen() { ! on_screen "$1"; }
hides() { wait_for 30 not_on_screen "$1"; }
# line REGEX: the first line of the screen that matches
line() { screen | grep -m1 -E -- "$1"; }
# What a terminal must be like for who uses it next.
settings() { type_line 'stty -g; echo done'; shows '^done'; line '^[0-9a-f]+:'; }
prompt() { [[ $(screen | grep . | tail -n1) == 'shell>'* ]]; }
given_back() {
	wait_for 30 prompt &&
		[ "$(terminal display -p '#{alternate_on} #{cursor_flag}')" = "0 1" ]
}
start_top() {
	type_line "clear; portsteer top delay 300ms"
	shows '^portsteer top'
}

start_terminal 140 40 screen-256color
before=$(settings)
check "it starts" start_top

# --- what it shows ----------------------------------------------------------

ps_ server report web 10.1.1.2:80 cpu 20%
ps_ server report web 10.1.2.2:80 cpu 75%
ps_ server report web 10.1.3.2:80 cpu 50%
check "a load as it was reported" shows '^10\.1\.2\.2:80 .*\[\|+ +75%\]'
# bars LINE: how much of its first bar is filled, in percent
bars() {
	line "$1" | sed 's/^[^[]*\[\([^]]*\)\].*/\1/' |
		awk '{ n = gsub(/\|/, "|"); print int(100 * n / length($0) + 0.5) }'
}
near() { [ "$1" -ge $(($2 - 6)) ] && [ "$1" -le $(($2 + 6)) ]; }
check "a bar that is as long" near "$(bars '^10\.1\.2\.2:80')" 75
check "and one that is shorter" near "$(bars '^10\.1\.1\.2:80')" 20
# no whole minute, no second report: it stays so
check "the capacity score" shows "^10\.1\.1\.2:80 .* $(
	psj '.[].capacity_score' server show web 10.1.1.2:80)\]"

check_is "sessions" "open=12 answered=0" "$(conn open 12 "$VIP" 10.0.0.2)"
check "their number in the head" shows '^sessions 12,'
check "and at the service" shows '^web .* 3 +12 '
sum_of_servers() {
	[ "$(screen | awk '/^10\.1\.[123]\.2:80/ { sub(/.*\] +/, ""); n += $1 }
		END { print n }')" = 12 ]
}
check "shared out among the servers" wait_for 30 sum_of_servers
check "blocks of the pool" shows '^pool4 +\[\|[| ]+ 1/1008\] +1 +0 +1007 '

check_is "connections of a VM" "open=60 answered=0" \
	"$(conn open 48 10.1.1.2 "$vm")"
check "its ports in use, of those that it has" shows '^red .* 75%\] +48 +64 '
check_is "as many as it may have" "open=76 answered=0" \
	"$(conn open 16 10.1.1.2 "$vm")"
check "it is full" shows '^red .*\[\|+100%\] +64 +64 '
check "which the head says" shows 'VMs 2, full 1$'
grows() { [[ $(line '^web ') =~ \ ([0-9.]+)\ *$ && ${BASH_REMATCH[1]} != 0.0 ]]; }
fetch_times 2000 >"$scratch/fetched" &
check "new sessions a second" wait_for 60 grows
wait $!

# --- keys -------------------------------------------------------------------

press Tab
check "Tab goes to the next panel" shows '^server 1 of 3'
press Down
check "an arrow to the next row" shows '^server 2 of 3'
press End
check "End to the last one" shows '^server 3 of 3'
press Home

order() { screen | grep -oE '^10\.1\.[123]\.2:80' | paste -sd' '; }
ordered() { [ "$(order)" = "$*" ]; }
ps_ server report web 10.1.1.2:80 cpu 20%
ps_ server report web 10.1.2.2:80 cpu 75%
ps_ server report web 10.1.3.2:80 cpu 50%
for _ in 1 2 3 4; do press '>'; done
press F6
check "sorted by load, the highest first" \
	wait_for 30 ordered 10.1.2.2:80 10.1.3.2:80 10.1.1.2:80
press I
check "the other way round" \
	wait_for 30 ordered 10.1.1.2:80 10.1.3.2:80 10.1.2.2:80
for _ in 1 2 3 4 5; do press '<'; done
check "and as they were added" \
	wait_for 30 ordered 10.1.1.2:80 10.1.2.2:80 10.1.3.2:80

press F3
terminal send-keys -l 10.1.3
check "search goes to what is typed" shows '^server 3 of 3'
press Enter F3
terminal send-keys -l nonesuch
check "or says that there is none" shows 'nothing here has "nonesuch"'
press Escape

press F4
terminal send-keys -l 10.1.2
check "a filter leaves what has it" wait_for 30 ordered 10.1.2.2:80
press Enter
check "and stays" shows '^server 1 of 1  filter: 10\.1\.2$'
press F4 Escape
check "until it is dropped" wait_for 30 ordered 10.1.1.2:80 10.1.2.2:80 10.1.3.2:80

press Space
check "a pause is shown" shows '^portsteer top .* PAUSED'
ps_ server report web 10.1.1.2:80 cpu 91%
ps_ top delay 300ms frames 4 >"$scratch/text"
check "and is one" not_on_screen '91%\]'
press Space
check "it goes on" shows '^10\.1\.1\.2:80 .*\[\|+ *91%\]'

press d
type_line 2s
check "a delay that is typed" shows '^portsteer top .* every 2s$'
press -
check "half of it" shows ' every 1s$'
press d
type_line soon
check "no delay" shows '"soon" is not a '
press d
type_line 0.3s
press F1
check "help" shows '^F4 f .*filter'
press Escape
hides '^F4 f'

# --- its size ---------------------------------------------------------------

terminal resize-window -x 60 -y 12
check "on a small terminal only the panel of the keys" hides '^VM '
check "which is there" shows '^SERVER '
check "with its last row" shows '^10\.1\.3\.2:80'
press Right Right Right
check "columns that have no room can be scrolled to" shows '^SERVER +LOAD'
terminal resize-window -x 3 -y 2
terminal resize-window -x 160 -y 50
check "and all of it again on a large one" shows '^VM '

# --- its ends ---------------------------------------------------------------

press q
check "q gives the terminal back" given_back
check_is "as it was" "$before" "$(settings)"
for signal in TERM INT; do
	start_top
	pkill -"$signal" -f '^portsteer top delay'
	check "so does SIG$signal" given_back
	check_is "as it was" "$before" "$(settings)"
done
start_top
press C-z
check "stopped, it gives it back, too" given_back
type_line fg
check "and takes it again" shows '^portsteer top'
# once it is not being read
check "the module goes under it" wait_for 30 rmmod portsteer
check "which it says" shows 'module is not loaded'
check "the module comes" insmod "$PSTEER_MODULE"
check "and has nothing yet" shows '^nothing is configured in this network namespace'
web_service
check "it goes on with what there is" shows '^10\.1\.2\.2:80'
press F10
check "F10 ends it" given_back
check_is "as it was" "$before" "$(settings)"

# --- other terminals --------------------------------------------------------

colors() { terminal capture-pane -pe | grep -qE $'\e\\[[0-9;]*(3[0-7]|4[0-7])[0-9;]*m'; }
start_top
check "colours" wait_for 30 colors
press q
end_terminal
start_terminal 100 30 vt220
start_top
check "without them it works" shows '^10\.1\.2\.2:80'
no_colors() { ! colors; }
check "and uses none" no_colors
press q
check "and ends" given_back
for term in dumb nonesuch; do
	type_line "clear; TERM=$term portsteer top"
	check "the terminal \"$term\" is refused" shows "the terminal \"$term\" "
done
type_line "clear; portsteer top </dev/null | head -1"
check "without a terminal it is text" shows 'sessions [0-9]+, new'
end_terminal

# --- text -------------------------------------------------------------------

check_is "as many frames as are wanted" 4 "$(grep -c 'sessions [0-9]*, new' "$scratch/text")"
check "with loads" grep -qE '^10\.1\.2\.2:80 .*\[\|+ +75%\]' "$scratch/text"
check "and growth, but in the first" test \
	"$(grep -c '^red .* - *$' "$scratch/text")" = 1
rmmod portsteer
check_refused "without the module it is a sentence" "module is not loaded" \
	ps_ top frames 1
insmod "$PSTEER_MODULE"
check "without configuration, too" grep -q 'nothing is configured' \
	<(ps_ top frames 1)

finish

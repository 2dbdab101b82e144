#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# VMs that together want more than their pool has: each has its minimum, the rest
# is shared so that nobody has more than another who wants more; and never has a
# block two owners, whoever comes and goes.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
vms=200
[ ! -e /sys/kernel/debug/kmemleak ] || vms=60
# Two addresses have 2016 blocks; what is wanted is twice that.
blocks=$((vms * 10))
last=$((1024 + blocks * 32 - 1))
ps_ pool add nat4 address "$POOL",203.0.113.2 ports 1024-$last hold 1s

# What VM i wants in blocks, and its minimum, by i modulo 4: some want little, some
# must have more than a fair share.
wants=(4 20 30 26) leasts=(1 1 15 2)

# The auditor: no block in two ranges, as often as it can look.
audit() {
	local dump
	while dump=$(ps_ -j range show 2>&1); do
		jq -e '[group_by(.address)[] | sort_by(.first) | . as $r |
			range(1; length) | select($r[.].first <= $r[. - 1].last)] |
			length == 0' <<<"$dump" >/dev/null ||
			echo "$dump" >>"$scratch/doubles"
		echo >>"$scratch/audits"
	done
}
: >"$scratch/doubles"
audit 2>/dev/null &
disown

for i in $(seq "$vms"); do
	echo "vm add v$i address 10.8.$((i / 250)).$((i % 250 + 1)) pool nat4" \
		"ports $((wants[i % 4] * 64)) min $((leasts[i % 4] * 64))"
done | ps_ restore
check_is "$vms VMs" "$vms" "$(psj length vm show)"

# What is fair, from nothing but what is wanted.
for i in $(seq "$vms"); do
	echo "$i ${wants[i % 4]} ${leasts[i % 4]}"
done | awk -v capacity="$blocks" '
	{want[$1] = $2; least[$1] = $3; n++}
	function sum(level, i, s, x) {
		for (i = 1; i <= n; i++) {
			x = level > least[i] ? level : least[i]
			s += x < want[i] ? x : want[i]
		}
		return s
	}
	END {
		while (sum(level + 1) <= capacity)
			level++
		for (i = 1; i <= n; i++) {
			x = level > least[i] ? level : least[i]
			print "v" i, x < want[i] ? x : want[i]
		}
	}' | sort >"$scratch/fair"
# The most that any VM is off, in blocks.
off() {
	psj '.[] | "\(.name) \(.ports_held / 64)"' vm show | sort |
		join "$scratch/fair" - | awk '
		{d = $2 - $3; if (d < 0) d = -d; if (d > most) most = d}
		END {print most + 0, NR}'
}
is_fair() { [ "$(off)" = "0 $vms" ] || [ "$(off)" = "1 $vms" ]; }
check "shares are max-min fair to one block" wait_for 240 is_fair
is_fair || echo "# off by: $(off)"
check_is "nobody is below its minimum" 0 \
	"$(psj 'map(select(.ports_held < .min)) | length' vm show)"
check_is "hardly a block lies idle" true \
	"$(psj ".[] | .blocks_free + .blocks_held <= $vms" pool show)"

# Half of them go: what they had is for the others.
for i in $(seq 1 2 "$vms"); do
	ps_ vm del "v$i"
done
for i in $(seq 2 2 "$vms"); do
	echo "v$i ${wants[i % 4]}"
done | sort >"$scratch/fair"
vms=$((vms / 2))
# They want it still: what nobody uses nor asks for shrinks within a minute.
is_fair_again() {
	while read -r name want; do
		echo "vm set $name ports $((want * 64))"
	done <"$scratch/fair" | ps_ restore
	is_fair
}
check "when half of them are gone the others have what they want" \
	wait_for 240 is_fair_again
check "the auditor has looked" test "$(wc -l <"$scratch/audits")" -gt 5
check_is "and never seen a block with two owners" "" "$(cat "$scratch/doubles")"

finish

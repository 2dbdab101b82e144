#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What systemd thinks of the units: that they are right, and how much of the machine
# they leave open. Prints TAP. Usage: units.sh

here=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tap.sh
. "$here/test/tap.sh"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

for unit in "$here"/systemd/*.service; do
	name=${unit##*/}
	# as if installed where it was built
	sed "s|/usr/local/sbin|$here|" "$unit" >"$dir/$name"
	said=$(systemd-analyze verify --man=no "$dir/$name" 2>&1)
	status=$?
	[ "$status" = 0 ] && [ -z "$said" ]
	verdict $? "$name is right" "$status $said"
	said=$(systemd-analyze security --offline=true --threshold=25 \
		"$dir/$name" 2>&1)
	verdict $? "$name leaves little open" "$(echo "$said" | tail -n 1)"
done
echo "1..$count"
exit "$failed"

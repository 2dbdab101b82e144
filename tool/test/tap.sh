#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# TAP for the tests of the tool: counts, and says how each test went. The script
# that reads this prints the plan and ends with $failed.

# shellcheck disable=SC2034
count=0 failed=0

# verdict STATUS WHAT SAID
verdict()
{
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		printf 'ok %d - %s\n' "$count" "$2"
	else
		printf 'not ok %d - %s: %s\n' "$count" "$2" "$3"
		failed=1
	fi
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tool and module tell their versions, to everybody; a module that speaks another
# version of the contract is refused, by tool and daemon, in one sentence.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_daemon.sh"

version=$(sed -n 's/^#define PSTEER_VERSION\t"\(.*\)"$/\1/p' "$(dirname "$0")/../kmod/version.h")
check "there is a version" [ -n "$version" ]
check_is "modinfo tells it" "$version" "$(modinfo -F version "$PSTEER_MODULE")"
both="portsteer $version contract 1
module $version contract 1"
check_is "the tool tells both" "$both" "$(portsteer -V)"
check_is "whoever asks" "$both" \
	"$(setpriv --reuid=65534 --regid=65534 --clear-groups portsteer -V)"
versions() { portsteer "$@" | jq -c '.[] | [.version, .contract, .module, .module_contract]'; }
check_is "in JSON, too" "[\"$version\",1,\"$version\",1]" "$(versions -V -j)"

rmmod portsteer
check_is "without the module its own" "portsteer $version contract 1" "$(portsteer -V)"
check_is "and null" "[\"$version\",1,null,null]" "$(versions -j -V)"

strip -g -o "$scratch/portsteer.ko" "$PSTEER_MODULE"
"$(dirname "$0")/patched.py" "$scratch/portsteer.ko" "$scratch/other.ko" contract
insmod "$scratch/other.ko"
sentence="the module speaks version 2 of the netlink contract, this program ($version) version 1: they have to be of one release"
for words in "pool show" "config set slow-start 5s" "save" "reload $PSTEER_MODULE"; do
	# shellcheck disable=SC2086 # words
	check_is "$words: refused in one sentence" "portsteer: $sentence 1" \
		"$(portsteer $words 2>&1) $?"
done
check_is "it tells its version all the same" "module $version contract 2" \
	"$(portsteer -V | tail -n 1)"
configure <<<"blocks: {file: $scratch/blocks}"
portsteerd -c "$scratch/portsteer.yaml" >"$scratch/log" 2>&1 &
daemon=$!
check "the daemon says so" wait_for 30 daemon_said "$sentence"
stop_daemon
rmmod portsteer
insmod "$PSTEER_MODULE"
check_is "that of now is understood again" "[]" "$(portsteer -j pool show)"
portsteer config set slow-start 5s
check_is "it stays, if the other is to be loaded in its place" \
	"portsteer: $sentence: the module of before is back 1" \
	"$(portsteer reload "$scratch/other.ko" old "$PSTEER_MODULE" 2>&1) $?"
check_is "with what it had" 5000 "$(portsteer -j config show | jq '.[].slow_start_ms')"
portsteer config set slow-start 30s
rm -rf "$scratch"
finish

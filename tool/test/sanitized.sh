#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The tests of the programs that run for long, once more: built with the compiler's
# sanitizers, then under valgrind. Prints TAP of each. Usage: sanitized.sh

set -e
here=$(cd "$(dirname -- "$0")/.." && pwd)
farm=$(mktemp -d)
trap 'rm -rf "$farm"' EXIT

(cd "$here/.." && tar -cf - --exclude=build --exclude='tool/portsteer*[!n]' \
	kmod uapi tool Documentation/man) | tar -xf - -C "$farm"
cd "$farm/tool"
make -s CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer" \
	all build/test-link build/test-agent build/test-texts build/test-page
# What they keep of freed memory, to see that nobody uses it, is not the programs'.
export ASAN_OPTIONS=quarantine_size_mb=16
test/link.sh build/test-link
build/test-agent test/proc
test/daemon.py ./portsteerd ./portsteer
test/agents.py ./portsteerd ./portsteer
test/status.py ./portsteerd ./portsteer
build/test-texts
test/page.py build/test-page

make -s clean
make -s all
for test in daemon agents status; do
	"test/$test.py" ./portsteerd ./portsteer valgrind -q --leak-check=full \
		--errors-for-leak-kinds=definite --error-exitcode=9
done

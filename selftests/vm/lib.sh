# SPDX-License-Identifier: GPL-2.0-only
# Shared by the scripts of this folder: where things are, and which kernel is
# meant by a name.
# shellcheck shell=bash

# shellcheck disable=SC2034 # the variables are for the callers

VM=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)

# The tree under test. PSTEER_TREE names another one: the rig's own tests use
# it to bring modules that misbehave on purpose.
TREE=${PSTEER_TREE:-$(cd -- "$VM/../.." && pwd -P)}

# Everything the rig makes and keeps: kernels, module builds, initramfs.
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/portsteer

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit "${DIE_STATUS:-125}"; }

# Newest installed Debian kernel of the plain amd64 flavour that has its
# headers. The cloud flavour has no 9p, the rt flavour other locks.
stock_release() {
	local image release

	while read -r image; do
		release=${image#/boot/vmlinuz-}
		case $release in *-cloud-*|*-rt-*) continue ;; esac
		[ -e "/lib/modules/$release/build/Makefile" ] || continue
		echo "$release"
		return
	done < <(printf '%s\n' /boot/vmlinuz-6.1.*-amd64 | sort -rV)
	die "no stock kernel with headers found: run selftests/vm/setup"
}

# QEMU starts an unpacked vmlinux too (by its PVH entry). A guest under
# emulation takes seconds to unpack a kernel, the host a fraction of one.
# unpacked_image VMLINUZ: prints the path of the vmlinux in the cache.
unpacked_image() {
	local image=$CACHE/${1##*/}.vmlinux setup start size

	if [ ! "$image" -nt "$1" ]; then
		mkdir -p "$CACHE"
		# Documentation/x86/boot.rst: setup_sects, payload_offset,
		# payload_length; the payload ends with four bytes of length
		setup=$(od -An -tu1 -j497 -N1 "$1")
		start=$(od -An -tu4 -j584 -N4 "$1")
		size=$(od -An -tu4 -j588 -N4 "$1")
		dd if="$1" bs=1M iflag=skip_bytes,count_bytes status=none \
			skip=$(((setup + 1) * 512 + start)) count=$((size - 4)) |
			xz -dc > "$image.$$" ||
			die "cannot unpack $1"
		mv "$image.$$" "$image"
	fi
	echo "$image"
}

# kernel_find NAME: sets KERNEL_RELEASE, KERNEL_BUILD (what "make -C" wants),
# KERNEL_ROOT (the lib/modules/RELEASE of it is there), KERNEL_KEY (names it in
# the cache), KERNEL_IMAGE, and KERNEL_CHROOT if only a compiler in there builds
# for it.
kernel_find() {
	local dir

	KERNEL_CHROOT=
	case $1 in
	stock)
		KERNEL_RELEASE=$(stock_release)
		KERNEL_BUILD=/lib/modules/$KERNEL_RELEASE/build
		KERNEL_ROOT=/
		KERNEL_IMAGE=$(unpacked_image "/boot/vmlinuz-$KERNEL_RELEASE")
		KERNEL_KEY=stock-$KERNEL_RELEASE
		;;
	debug|kcsan)
		dir=$("$VM/kernel" "$1")
		KERNEL_RELEASE=$(<"$dir/release")
		KERNEL_BUILD=$dir/build
		KERNEL_ROOT=$dir
		KERNEL_IMAGE=$dir/bzImage
		KERNEL_KEY=$1-${dir##*/kernel-}
		;;
	*)
		grep -q "^$1[[:space:]]" "$VM/kernels" ||
			die "unknown kernel '$1': stock, debug, kcsan or one of" \
				"$(awk '!/^#/ {print $1}' "$VM/kernels" | xargs)"
		dir=$("$VM/backport" "$1")
		KERNEL_RELEASE=$(<"$dir/release")
		KERNEL_BUILD=/lib/modules/$KERNEL_RELEASE/build
		KERNEL_ROOT=$dir/root
		KERNEL_CHROOT=$dir/root
		KERNEL_IMAGE=$dir/root/lib/modules/$KERNEL_RELEASE/vmlinuz
		KERNEL_KEY=$1-$KERNEL_RELEASE
		;;
	esac
}

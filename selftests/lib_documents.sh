# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# What a page of the documentation says to type is typed, what it says to write into a
# file is written, and what it shows must be shown; documents.py says how a page is
# read. Source it after lib.sh.
#
# Each machine of a page is a namespace with /etc, /var and /run of its own. The guest
# has no systemd and no sshd, and the module is there already: for systemctl, ssh, scp,
# make and modprobe there are stand-ins.

tree=$(cd "$(dirname "$0")/.." && pwd)

# --- machines ---------------------------------------------------------------

# setup_bare: setup, without what pages add: addresses, and ports kept for them
setup_bare() {
	local address

	setup
	for address in "$VIP" "$POOL"; do
		ip -n "gateway-$suffix" addr del "$address/32" dev lo
	done
	in_gateway sysctl -qw net.ipv4.ip_local_reserved_ports=
}

# machine NAME [NAMESPACE]: as pages call it, as the drawings of lib*.sh do
machine() {
	local process

	# shellcheck disable=SC2016 # is for that shell
	nsenter --net="/run/netns/${2:-$1}-$suffix" unshare --mount bash -c '
		mount -t tmpfs none /run && mount -t sysfs none /sys || exit
		for dir in etc var; do
			mkdir -p /run/own/$dir/upper /run/own/$dir/work
			mount -t overlay -o "lowerdir=/$dir,upperdir=/run/own/$dir/upper,workdir=/run/own/$dir/work" \
				none /$dir || exit
		done
		touch /run/ready
		exec sleep infinity' &
	process=$!
	disown
	ln -s "/proc/$process" "$MACHINES/$1"
	wait_for 30 test -e "$MACHINES/$1/root/run/ready"
}
# on MACHINE COMMAND, in the folder $home
home=$PWD
on() {
	nsenter --mount="$MACHINES/$1/ns/mnt" --net="$MACHINES/$1/ns/net" \
		--wd="$home" bash -c "$2" </dev/null
}

# stand_in PROGRAM <SCRIPT
stand_in() {
	{ echo '#!/bin/bash'; cat; } >"$scratch/bin/$1"
	chmod +x "$scratch/bin/$1"
}
mkdir "$scratch/bin" "$scratch/machines"
export MACHINES=$scratch/machines TREE=$tree PATH=$scratch/bin:$PATH

# With -L somebody looks at what is at the other end.
stand_in ssh <<-'END'
[ "$1" != -L ] || set -- "$3" "curl -sSf -o /dev/null http://${2#*:}/"
there=$MACHINES/$1/ns
shift
exec nsenter --mount="$there/mnt" --net="$there/net" bash -c "$*"
END
stand_in scp <<-'END'
to=${!#}
exec cp -- "${@:1:$#-1}" "$MACHINES/${to%%:*}/root${to#*:}"
END
# Long done, but by these names?
stand_in make <<-'END'
for goal; do grep -q "^$goal:" "$TREE/Makefile" || exit; done
END
stand_in modprobe <<-'END'
[ "$*" = portsteer ] && exec test -d /sys/module/portsteer
END
# It goes by the unit's file: folders, environment, credentials, what is run
# before and what for good, and when that is ready. Users, limits and other
# bars are left out.
stand_in systemctl <<-'END'
verb=$1 unit=${!#}
file=$TREE/tool/systemd/$unit.service
[ -e "$file" ] || file=/lib/systemd/system/$unit.service
of() { sed -n "s|^$1=||p" "$file" | sed "s|%p|$unit|; s|%H|$(hostname)|"; }
own=/run/units/$unit
mkdir -p "$own"
MAINPID=$(cat "$own/pid" 2>/dev/null)

case $verb in
reload)
	eval "$(of ExecReload)"
	exit ;;
stop|restart)
	if [ -n "$MAINPID" ]; then
		kill "$MAINPID"
		while [ -e "/proc/$MAINPID" ]; do sleep 0.1; done
		rm "$own/pid"
	fi
	[ "$verb" != stop ] || exit 0 ;;
enable)
	[ "$2" = --now ] || exit ;;
start) ;;
*)
	echo "systemctl: $verb?" >&2
	exit 2 ;;
esac

for kind in Runtime:/run Logs:/var/log Configuration:/etc; do
	name=$(of "${kind%:*}Directory")
	[ -z "$name" ] || mkdir -p "${kind#*:}/$name"
done
export CREDENTIALS_DIRECTORY=$own
credential=$(of LoadCredential)
[ -z "$credential" ] || cp "${credential#*:}" "$own/${credential%%:*}" || exit
environment=$(of EnvironmentFile)
{
	of Environment
	[ ! -e "${environment#-}" ] || cat "${environment#-}"
} >"$own/environment"
[[ $environment = -* || -z $environment || -e $environment ]] || exit
while IFS='=' read -r name value; do
	value=${value#\"}
	[[ $name != [A-Z]* ]] || export "$name=${value%\"}"
done <"$own/environment"

before=$(of ExecStartPre) start=$(of ExecStart)
eval "${before#/usr/local/sbin/}" || exit
rm -f "$own/notify" "$own/said"
# keepalived tells nobody who is not called systemd.
if [ "$(of Type)" = notify ] && [ "$unit" != keepalived ]; then
	export NOTIFY_SOCKET=$own/notify
	socat -u "UNIX-RECV:$NOTIFY_SOCKET" "OPEN:$own/said,creat,append" \
		>/dev/null 2>&1 &
	until [ -e "$NOTIFY_SOCKET" ]; do sleep 0.1; done
else
	echo READY=1 >"$own/said"
fi
eval "exec ${start#/usr/local/sbin/}" >>"$own/log" 2>&1 &
process=$!
echo $process >"$own/pid"
for _ in {1..300}; do
	! grep -qs READY=1 "$own/said" || exit 0
	[ -e "/proc/$process" ] || break
	sleep 0.1
done
cat "$own/log"
exit 1
END

# What units have said, for whoever looks for what is wrong.
units_said() {
	[ "$failures" = 0 ] ||
		tail -vn 12 "$MACHINES"/*/root/run/units/*/log | sed 's/^/# /'
}

# --- pages ------------------------------------------------------------------

documents() { /usr/bin/python3 -ES "$tree/selftests/documents.py" "$@"; }

# typed MACHINE COMMAND SHOWN: it does not fail, unless the page shows how, and what it
# says is soon what the page shows
typed() {
	local end=$((SECONDS + 60)) said differs

	while :; do
		said=$(on "$1" "$2" 2>&1) || [ -n "$3" ] || { echo "$said"; return 1; }
		[ -n "$3" ] || return 0
		differs=$(documents alike "$3" "$said") && return
		[ "$SECONDS" -lt "$end" ] || break
		pause 1
	done
	printf '%s\n' "$said" "$differs"
	return 1
}

# The same of a command that goes on until Ctrl-C, and does.
said_alike() { documents alike "$1" "$(cat "$scratch/stays")"; }
left_running() {
	local process

	on "$1" "$2" >"$scratch/stays" 2>&1 &
	process=$!
	disown
	wait_for 60 said_alike "$3" || { said_alike "$3"; return 1; }
	pause 1
	kill -0 "$process"
}

steps_of() {
	documents steps "$tree/$1" gateway "${@:2}" >"$scratch/steps" &&
		test -s "$scratch/steps"
}
# added MACHINE FILE TEXT
added() { printf %s "$3" >>"$MACHINES/$1/root$2"; }

# manual PAGE: the examples of a page in Documentation/man
manual() { page "Documentation/man/$1"; }

# page FILE [SECTION]: all that it says, in its order
page() {
	local kind where what more label

	check "$* can be followed" steps_of "$@"
	while IFS= read -rd '' kind && IFS= read -rd '' where &&
		IFS= read -rd '' what && IFS= read -rd '' more; do
		label="${1##*/}: $where: ${what%%$'\n'*}"
		case $kind:$what in
		file:*)	check "$label" added "$where" "$what" "$more" ;;
		command:portsteer-agent*|command:"portsteer record"*.csv)
			check "$label" left_running "$where" "$what" "$more" ;;
		*)	check "$label" typed "$where" "$what" "$more" ;;
		esac
	done <"$scratch/steps"
}

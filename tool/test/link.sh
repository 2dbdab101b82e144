#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the certificates that the tests of tool/link need, and runs them.
# Prints TAP. Usage: link.sh PROGRAM...

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# authority NAME
authority()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj "/CN=$1" -days 2 -addext basicConstraints=critical,CA:TRUE \
		-keyout "$dir/$1.key" -out "$dir/$1.pem" 2>/dev/null
}

# certificate NAME AUTHORITY USE URI...
certificate()
{
	name=$1 authority=$2 use=$3
	shift 3
	uris=$(printf 'URI:%s,' "$@")
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj "/CN=$name" -keyout "$dir/$name.key" 2>/dev/null |
	openssl x509 -req -CA "$dir/$authority.pem" -CAkey "$dir/$authority.key" \
		-days 2 -out "$dir/$name.pem" -extfile /dev/fd/3 2>/dev/null 3<<-END
		subjectAltName = ${uris%,}
		extendedKeyUsage = $use
	END
}

authority ca
authority other
certificate gateway ca serverAuth,clientAuth portsteer:gateway:g1
certificate agent ca clientAuth portsteer:vm:red portsteer:server:10.1.1.2 \
	portsteer:server:2001:db8::2
certificate stranger other clientAuth portsteer:vm:red
certificate impostor other serverAuth portsteer:gateway:g1

status=0
for program; do
	"$program" "$dir" || status=1
done
exit $status

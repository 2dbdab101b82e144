#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What portsteer cert makes, as another program sees it. Prints TAP.
# Usage: cert.sh PORTSTEER

portsteer=$1
# shellcheck source=tap.sh
. "$(dirname "$0")/tap.sh"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
ca=$dir/ca

# made WHAT FILE WORD...: the command makes FILE.pem, FILE.key and says nothing
made()
{
	what=$1 file=$2
	shift 2
	said=$("$portsteer" cert "$@" directory "$ca" 2>&1) && [ -z "$said" ] &&
	[ -s "$ca/$file.pem" ] && [ "$(stat -c %a "$ca/$file.key")" = 600 ]
	verdict $? "$what" "$said"
}

# refused SENTENCE WORD...: exit status 1, and that sentence alone
refused()
{
	want=$1
	shift
	said=$("$portsteer" cert "$@" 2>&1 >/dev/null)
	status=$?
	[ "$status" = 1 ] && [ "$said" = "portsteer: $want" ]
	verdict $? "cert $*" "$status $said"
}

# good PURPOSE FILE: openssl takes it for that
good()
{
	openssl verify -x509_strict -purpose "$1" -CAfile "$ca/ca.pem" \
		"$ca/$2.pem" >/dev/null 2>&1
}

# says URI FILE
says()
{
	openssl x509 -in "$ca/$2.pem" -noout -ext subjectAltName |
		grep -qx " *URI:$1"
	verdict $? "$2 is for $1" "$(openssl x509 -in "$ca/$2.pem" -noout -text)"
}

refused "cannot read $ca/ca.key: No such file or directory" \
	vm red directory "$ca"
made "an authority" ca ca
made "a VM" vm-red vm red
made "a server" server-2001:db8::2 server 2001:DB8:0::2
made "a gateway" gateway-g1 gateway g1 days 3
says portsteer:vm:red vm-red
says portsteer:server:2001:db8::2 server-2001:db8::2
says portsteer:gateway:g1 gateway-g1
good sslclient vm-red && good sslclient server-2001:db8::2 &&
	good sslclient gateway-g1
verdict $? "all may connect"
good sslserver gateway-g1 && ! good sslserver vm-red &&
	! good sslserver server-2001:db8::2
verdict $? "only the gateway may be connected to"
openssl x509 -in "$ca/gateway-g1.pem" -noout \
	-checkend $((2 * 86400)) >/dev/null &&
	! openssl x509 -in "$ca/gateway-g1.pem" -noout -checkend \
	$((4 * 86400)) >/dev/null
verdict $? "for as many days as are asked for"

before=$(cat "$ca"/*)
refused "cannot make $ca/ca.key: File exists" ca directory "$ca"
refused "cannot make $ca/vm-red.key: File exists" vm red directory "$ca"
touch "$ca/vm-blue.pem"
refused "cannot make $ca/vm-blue.pem: File exists" vm blue directory "$ca"
[ ! -e "$ca/vm-blue.key" ] && [ "$(cat "$ca"/*)" = "$before" ]
verdict $? "and everything stays as it was"

refused "cannot make /nowhere/x: No such file or directory" \
	ca directory /nowhere/x
"$portsteer" cert ca directory "$dir/other"
cp "$dir/other/ca.pem" "$ca/ca.pem"
refused "$ca/ca.pem has another key than what is beside it" \
	vm green directory "$ca"
echo nothing >"$ca/ca.pem"
refused "$ca/ca.pem is no certificate" vm green directory "$ca"
echo nothing >"$ca/ca.key"
refused "$ca/ca.key is no private key" vm green directory "$ca"

echo "1..$count"
exit $failed

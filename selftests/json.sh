#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# JSON: what scripts build on. Every show is an array of objects, each with just
# these keys of these types; an empty one is an empty array.
. "$(dirname "$0")/lib.sh"

# KEY:TYPE of every object; TYPE? is null where there is nothing to say.
declare -A keys=(
[pool]="name:string addresses:array port_first:number port_last:number
	block:number hold_ms:number blocks:number blocks_free:number
	blocks_held:number blocks_used:number largest_free:number
	clients:number vms:number withdrawn:array? by_grants:boolean
	sessions:number"
[vm]="name:string address:string pool:string ports:number min:number
	max:number policy:string filtering:string max_sessions:number
	ports_held:number ports_in_use:number occupancy:number
	time_to_full_ms:number? share:number? demand:number pps:number
	bandwidth_Bps:number connections:number? reports:number
	report_age_ms:number? sessions:number mappings:number created:number
	packets:number bytes:number ranges:array"
[mapping]="vm:string proto:string address:string port:number
	pool_address:string assigned_port:number fixed:boolean sessions:number"
[exempt]="address:string"
[zone]="prefix:string name:string"
[distance]="from:string to:string distance:number"
[grant]="address:string first:number last:number host:string? dev:string?
	pool:string? state:string epoch:number in_use:number? packets:number?
	bytes:number?"
[service]="name:string address:string proto:string port:number pool:string
	weight_load:number weight_capacity:number weight_ports:number
	select:string inherit:boolean servers:number sessions:number
	created:number weight_zone:number needs:string? emphasis:string"
[server]="service:string address:string port:number max:number zone:string?
	tags:string? state:string healthy:boolean load:number? cpu:number?
	memory:number? network:number? latency_us:number? errors:number?
	app:number? capacity_score:number? predicted_load:number?
	handshake_us:number? handshake_best_us:number? slow:number failures:number
	model_forecast:number? arrivals:number?
	sessions:number active:number created:number established:number failed:number
	packets:number bytes:number sequence:number? reports:number
	report_age_ms:number? age_ms:number predictor:string?
	forecasts:number? forecast_error:number? same_error:number?
	experts:object?"
[client]="address:string pool:string proven:boolean ports:number
	ports_in_use:number sessions:number created:number idle_ms:number
	arrival_rate:number mean_duration_ms:number? ports_expected:number"
[range]="pool:string address:string first:number last:number owner_type:string
	owner:string? state:string in_use:number held_for_ms:number?"
[session]="service:string? vm:string? inbound:boolean whose:string? proto:string client:string client_port:number
	pool_address:string assigned_port:number server:string
	server_port:number state:string expires_s:number packets:number
	bytes:number"
[stats]="name:string value:number"
[model]="name:string service:string? horizon_ms:number step_ms:number
	intercept:number load:object? cpu:object? memory:object?
	network:object? latency_us:object? errors:object? app:object?
	sessions:object? arrivals:object? used:boolean"
[explain]="service:string client:string select:string server:string port:number
	eligible:boolean reason:string? reported_load:number?
	reported_capacity:number? freshness:number local_load:number
	error_load:number slow_load:number load:number capacity:number ports_free:number
	ports_size:number ports:number weight_load:number
	weight_capacity:number weight_ports:number term_load:number
	term_capacity:number term_ports:number slow_start:number score:number
	best:boolean client_zone:string? server_zone:string? distance:number
	weight_zone:number term_zone:number needs:string? tags:string?
	emphasis:string"
[config]="port_range_size:number port_range_max:number
	prediction_horizon_ms:number weight_load:number weight_capacity:number
	weight_ports:number select:string slow_start_ms:number
	health_failures:number health_retry_ms:number range_idle_ms:number
	client_idle_ms:number sessions_max:number clients_max:number
	timeout_tcp_opening_ms:number timeout_tcp_established_ms:number
	timeout_tcp_closing_ms:number timeout_tcp_time_wait_ms:number
	timeout_udp_ms:number timeout_icmp_ms:number
	fastpath:string weight_zone:number range_adapt:string"
)

# has_keys OBJECT COUNT FILE: an array of at least so many, none of which
# differs; says by what.
has_keys() {
	# shellcheck disable=SC2086 # words
	printf '%s\n' ${keys[$1]} | jq -Rn --slurpfile got "$3" --argjson n "$2" '
		[inputs | capture("(?<key>.*):(?<type>[a-z]*)(?<maybe>\\??)")] as $want |
		$got[0] | (if type != "array" or length < $n then
			   "\(length) of them" else empty end),
		(.[] | . as $o | (keys - ($want | map(.key)) | .[] | "more: \(.)"),
		 ($want[] | . as $w | if $o | has($w.key) | not then "no \(.key)"
		  elif ($o[.key] | type) == .type or
		       ($w.maybe == "?" and $o[.key] == null) then empty
		  else "\(.key) is \($o[.key])" end))' >"$scratch/wrong"
	cat "$scratch/wrong"
	[ ! -s "$scratch/wrong" ]
}
shows() {
	local object=$1 count=$2
	shift 2
	ps_ -j "$object" "$@" >"$scratch/json" && has_keys "$object" "$count" "$scratch/json"
}

setup
for object in pool service server client range session vm mapping exempt \
	grant zone model; do
	check_is "$object: nothing to show" "[]" "$(ps_ -j "$object" show)"
done
check "config" shows config 1 show
check "stats" shows stats 20 show
check "all counters are 0" psj 'if all(.[]; .value == 0) then . else error end' \
	stats show

start_nginxes
web_service
web6_service weights 1,0.5,0.25 select wrand
ps_ server set web 10.1.1.2:80 zone a tags b,c max 9
ps_ server report web 10.1.1.2:80 load 12.34% cpu 1% memory 2% network 3% \
	latency 5ms errors 0.5% app 4% sequence 7
for _ in 1 2 3; do fetch; fetch6; done >/dev/null

ps_ restore <<-END
	pool add nat4 address 203.0.113.8 by-grants
	grant add address 203.0.113.8 ports 1024-2047 pool nat4
	grant add address 203.0.113.9 ports 1024-2047 host 10.1.1.2
	exempt add 10.7.0.0/16
	vm add red address 10.0.1.0/24 pool nat4
	mapping add red proto tcp address 10.0.1.1 port 80
	model add all horizon 10s step 1s intercept -0.5 load 0:100:1 latency 1ms:2s:0.1,0.2
	model add own service web horizon 5s step 100ms arrivals 0:10.5:99.99999999
END
check "vm" shows vm 1 show
check "mapping" shows mapping 1 show
check "exempt" shows exempt 1 show
ps_ restore <<-END
	zone add 10.0.0.0/16 b
	service set web needs c emphasis latency
	zone distance a b 12.5%
END
check "zone" shows zone 1 show
check "zone distance" eval \
	'ps_ -j zone distance show >"$scratch/json" && has_keys distance 1 "$scratch/json"'
check "grant" shows grant 2 show
check "model" shows model 2 show
check "pool" shows pool 3 show
check "service" shows service 2 show
check "server" shows server 6 show
check "client" shows client 2 show
check "range" shows range 2 show
check "session" shows session 1 show
explains() { ps_ -j explain web client 10.0.0.2 >"$scratch/json" &&
	has_keys explain 3 "$scratch/json"; }
check "explain" explains
check "a filter" shows server 3 show web
check_is "one object is an array of one" 1 "$(psj length pool show pool4)"

check_is "shares are percent, times milliseconds, unless the key says else" \
	'[12.34,1,2,3,5000,0.5,4,7,"a","b,c",9]' \
	"$(psj '.[] | [.load, .cpu, .memory, .network, .latency_us, .errors,
		.app, .sequence, .zone, .tags, .max] | tojson' \
		server show web 10.1.1.2:80)"
check_is "weights are weights" '[1,0.5,0.25,"wrand",false]' \
	"$(psj '.[] | [.weight_load, .weight_capacity, .weight_ports, .select,
		.inherit] | tojson' service show web6)"
check_is "stats names are words" "" "$(psj \
	'.[].name | select(test("^[a-z][a-z0-9_]*$") | not)' stats show)"

finish

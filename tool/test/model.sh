#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Training, and what is said of model files and histories that are wrong; needs
# no module. Prints TAP. Usage: model.sh PORTSTEER

portsteer=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# shellcheck source=tap.sh
. "$(dirname "$0")/tap.sh"

# refuses STATUS SENTENCE WHAT WORD...
refuses()
{
	local want_status=$1 want=$2 what=$3 said status
	shift 3
	said=$("$portsteer" "$@" 2>&1 >/dev/null)
	status=$?
	[ "$status" = "$want_status" ] && [ "$said" = "$want" ]
	verdict $? "$what" "$status $said"
}

# history N COLUMNS FORMULA: two servers, N reports each, one a second. The load is
# that of FORMULA, of cpu and arrivals ten seconds before and a random z.
history()
{
	awk -v n="$1" -v columns="$2" 'BEGIN {
		srand(7)
		print "t_s,server,load_pct," columns
		for (s = 1; s <= 2; s++) {
			cpu = 50; arrivals = 50
			for (t = 0; t < n; t++) {
				cpu = within(cpu + 12 * (rand() - .5), 100)
				arrivals = within(arrivals + 20 * (rand() - .5), 200)
				c[t + 10] = cpu; a[t + 10] = arrivals
				if (t < 10)
					continue
				printf "%.3f,%d,%.2f,%.2f,%.3f,40\n", t + rand() / 5,
					s, within(load(c[t], a[t], rand() - .5), 100),
					cpu, arrivals
			}
		}
	}
	function within(x, most) { return x < 0 ? 0 : x > most ? most : x }
	function load(cpu, arrivals, z) { return '"$3"' }'
}

model=$dir/web.model csv=$dir/history.csv
columns=cpu_pct,arrivals_per_s,memory_pct
history 900 $columns '5 + cpu / 2 + arrivals / 5 + 2 * z' >"$csv"

# --- training ---------------------------------------------------------------

"$portsteer" -j train "$csv" -o "$model" >"$dir/said"
verdict $? "train"
# What is left of the error is the noise, 0.5 in the mean.
jq -e '.[0] | .written and .error.model < 0.7 and .error.same_as_now > 3 and
	.error.ewma > 2 * .error.model and .error.trend > 2 * .error.model' \
	"$dir/said" >/dev/null
verdict $? "finds what the load follows from" "$(cat "$dir/said")"
jq -e '.[0].left_out | .memory == "constant" and .app == "absent" and
	(has("cpu") or has("load") | not)' "$dir/said" >/dev/null
verdict $? "leaves out what says nothing" "$(cat "$dir/said")"
# 5 %, cpu / 2, 200 arrivals / 5
awk -F '[ :,]' '
	function near(x, y) { return x - y < 0.03 && y - x < 0.03 }
	$1 == "intercept" { fine += near($2, 0.05) }
	$1 == "cpu"       { for (i = 4; i <= NF; i++) c += $i; fine += near(c / 0.5, 1) }
	$1 == "arrivals"  { for (i = 4; i <= NF; i++) a += $i; fine += near(a / 0.4, 1) }
	END { exit fine != 3 }' "$model"
verdict $? "with its coefficients" "$(cat "$model")"
"$portsteer" train "$csv" -o "$dir/again" name web >/dev/null
cmp -s "$model" "$dir/again"
verdict $? "does the same again"
[ "$(sed '$d' "$model" | sha256sum)" = "$(sed -n '$s/sha256 //p' "$model")  -" ]
verdict $? "the checksum is that of sha256sum(1)"

history 100 $columns 'cpu' >"$dir/short.csv"
refuses 1 "portsteer: $dir/short.csv is too little to learn from: 400 reports are needed that have 7 others before them, a step of 1s apart, and one 10s later; there are $((2 * 73))" \
	"too little" train "$dir/short.csv" -o "$dir/none"
awk -F , -v OFS=, 'NR > 1 { $3 = 50 } 1' "$csv" >"$dir/calm.csv"
refuses 1 'portsteer: the model is not better than "same as now", and was not written' \
	"no better than nothing" train "$dir/calm.csv" -o "$dir/none"
said=$("$portsteer" -j train "$dir/calm.csv" -o "$dir/none" 2>/dev/null)
jq -e '.[0].error.model == 0' <<<"$said" >/dev/null
verdict $? "nor worse, where nothing changes" "$said"
[ ! -e "$dir/none" ]
verdict $? "writes nothing"
refuses 0 'portsteer: the model is not better than "same as now"' \
	"unless it is told to" train "$dir/calm.csv" -o "$dir/none" force
[ -s "$dir/none" ]
verdict $? "then it is written"
echo before >"$dir/again"
said=$(ulimit -f 0; trap '' XFSZ; "$portsteer" train "$csv" -o "$dir/again" 2>&1 >/dev/null)
[ "$? $said" = "1 portsteer: cannot write $dir/again: File too large" ]
verdict $? "no room to write it" "$said"
[ "$(cat "$dir/again"*)" = before ]
verdict $? "leaves the model that was there" "$(cat "$dir/again"*)"
awk -F , -v OFS=, 'NR > 1 && $1 > 500 { $3 = 50 } 1' "$csv" >"$dir/calm.csv"
said=$("$portsteer" train "$dir/calm.csv" -o "$dir/none" 2>/dev/null)
[[ $said == *"same as now    0.00%"* && $said != *inf* ]]
verdict $? "nothing is compared with no error" "$said"
refuses 1 "portsteer: cannot write /nowhere/m: No such file or directory" \
	"nowhere to write to" train "$csv" -o /nowhere/m
refuses 2 "portsteer: train needs -o MODEL" "no model" train "$csv"
refuses 2 "portsteer: lags is out of range (1 to 8)" "nine lags" \
	train "$csv" -o "$dir/none" lags 9
refuses 2 "portsteer: horizon is out of range (1s to 1m)" "half a second" \
	train "$csv" -o "$dir/none" horizon 500ms

# --- histories that are wrong -----------------------------------------------

# bad_history LINE SENTENCE WHAT SED...
bad_history()
{
	local line=$1 sentence=$2 what=$3
	shift 3
	sed "$@" "$csv" >"$dir/bad.csv"
	refuses 2 "$dir/bad.csv:$line: $sentence" "history: $what" \
		train "$dir/bad.csv" -o "$dir/none"
}
bad_history 1 "there is no column load_pct" "no load" '1s/load_pct/x/'
bad_history 1 "there is no column t_s" "no time" '1s/t_s/t/'
bad_history 1 "there is no header that names the columns" "empty" d
bad_history 3 'cpu_pct "x" is not a number' "a word" '3s/,[^,]*/,x/3'
bad_history 3 'cpu_pct "nan" is not a number' "nan" '3s/,[^,]*/,nan/3'
bad_history 3 'load_pct "100.01" is too large' "more than all" '3s/,[^,]*/,100.01/2'
bad_history 3 'load_pct "-1" is negative' "less than nothing" '3s/,[^,]*/,-1/2'
bad_history 4 "there are 6 columns in the header and fewer here" "cut off" '4s/,[^,]*$//'
bad_history 4 "there are 6 columns in the header and more here" "run together" '4s/$/,1/'

# --- model files that are wrong ---------------------------------------------

# bad_model LINE SENTENCE WHAT SED...: LINE may be a pattern
bad_model()
{
	local line=$1 sentence=$2 what=$3
	shift 3
	case $line in
	*[!0-9]*) line=$(grep -n "$line" "$model" | cut -d : -f 1) ;;
	esac
	sed "$@" "$model" >"$dir/bad.model"
	refuses 2 "$dir/bad.model:$line: $sentence" "model: $what" \
		model load "$dir/bad.model"
}
bad_model 1 "the version of the format is 2, only 1 can be read" \
	"another version" '1s/1/2/'
bad_model 1 'this is no model file, its first line is not "portsteer-model 1"' \
	"another file" '1s/.*/#!\/bin\/sh/'
bad_model 1 "the file ends without its checksum" "empty" d
bad_model ^arrivals "the file ends without its checksum" "without its end" '$d'
bad_model ^sha256 "the checksum is not that of the lines above it" \
	"one digit is another" '/^horizon/s/10s/20s/'
bad_model ^sha256 "the checksum is not that of the lines above it" \
	"one digit of the checksum" '$s/.$/x/'
bad_model ^sha256 "the checksum is not that of the lines above it" \
	"a comment is another" '3s/e/x/'
bad_model ^horizon '"hirozon" is unknown' "unknown word" 's/^horizon/hirozon/'
bad_model ^cpu '"gpu" is unknown' "unknown input" 's/^cpu/gpu/'
bad_model ^horizon '"service" is unknown' "a service" 's/^horizon.*/service web/'
bad_model ^step "horizon is given twice" "a line twice" 's/^step.*/horizon 10s/'
bad_model ^step 'step "nan" is not a number' "not a number" 's/^step.*/step nan/'
bad_model ^step "step is out of range (100ms to 1m)" "a long step" 's/^step.*/step 61s/'
bad_model ^horizon "horizon is out of range (1s to 1m)" "a short horizon" \
	's/^horizon.*/horizon 1ms/'
bad_model ^intercept 'intercept "nan" is not a number' "nan" 's/^intercept.*/intercept nan/'
bad_model ^intercept 'intercept "inf" is not a number' "inf" 's/^intercept.*/intercept inf/'
bad_model ^intercept 'intercept "1e3" is not a number' "an exponent" \
	's/^intercept.*/intercept 1e3/'
bad_model ^intercept 'intercept "-100.1" is out of range (-100 to 100)' \
	"out of range" 's/^intercept.*/intercept -100.1/'
bad_model ^cpu 'cpu "0%:100%:1,-nan" has a coefficient that is not a number from -100 to 100' \
	"nan as a coefficient" 's/^cpu.*/cpu 0%:100%:1,-nan/'
bad_model ^cpu 'cpu "0%:100%:101" has a coefficient that is not a number from -100 to 100' \
	"a coefficient out of range" 's/^cpu.*/cpu 0%:100%:101/'
bad_model ^cpu 'cpu "0%:100%:1,1,1,1,1,1,1,1,1" has more than 8 coefficients' \
	"nine coefficients" 's/^cpu.*/cpu 0%:100%:1,1,1,1,1,1,1,1,1/'
bad_model ^cpu 'cpu "0%:100%:" has a coefficient that is not a number from -100 to 100' \
	"no coefficient" 's/^cpu.*/cpu 0%:100%:/'
bad_model ^cpu 'cpu "0%:100%" is not LOW:HIGH:C,C,...' "no coefficients" \
	's/^cpu.*/cpu 0%:100%/'
bad_model ^cpu 'cpu "7%:7%:1" does not rise from its first value to its second' \
	"an empty range" 's/^cpu.*/cpu 7%:7%:1/'
bad_model ^cpu 'cpu "0%:101%:1" has a value before its coefficients that is out of range, or none' \
	"a value out of range" 's/^cpu.*/cpu 0%:101%:1/'
bad_model ^step "a line is a word, a blank and a value" "a word too many" 's/^step.*/step 1s x/'
bad_model ^sha256 "there is no step above the checksum" "a line too few" \
	's/^step.*/# &/'
bad_model ^step "the line is too long (512 characters at most)" "a long line" \
	"s/^step.*/step $(printf '%0600d' 1)/"
bad_model ^step "the line is no text" "a zero byte" 's/^step.*/step \x00/'
bad_model $(($(wc -l <"$model") + 1)) "the file goes on after its checksum" \
	"more behind" '$s/$/\n# x/'
head -c 300 "$model" >"$dir/bad.model"
refuses 2 "$dir/bad.model:$(wc -l <"$dir/bad.model" | awk '{ print $1 + 1 }'): the file ends within a line" \
	"model: cut off" model load "$dir/bad.model"
{ cat "$model"; yes "# long" | head -c 70000; } >"$dir/bad.model"
said=$("$portsteer" model load "$dir/bad.model" 2>&1)
[[ $? = 2 && $said =~ :[0-9]+:\ the\ file\ is\ too\ long\ \(65536\ bytes\ at\ most\)$ ]]
verdict $? "model: too long" "$said"
refuses 2 "portsteer: cannot open $dir/no.model: No such file or directory" \
	"model: none" model load "$dir/no.model"

echo "1..$count"
exit $failed

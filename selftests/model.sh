#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A trained model's whole life: reports are recorded, a model is trained, loaded,
# and says what floating point says; it is saved and restored; what is wrong with
# a file is said by line, and the old model stays.
. "$(dirname "$0")/lib.sh"

SERVERS=2
setup
start_nginxes
web_service
one=10.1.1.2:80 two=10.1.2.2:80
history=$scratch/history.csv model=$scratch/web.model
rows() { grep -c ,web, "$history"; }
has_rows() { [ "$(rows)" = "$1" ]; }

# --- record -----------------------------------------------------------------

# record_on [WORD...]: in the background, till it waits for reports
record_on() {
	portsteer -n "gateway-$suffix" record "$history" "$@" &
	recorder=$!
	wait_for 30 waits "$recorder"
}
waits() { readlink /proc/"$1"/fd/* | grep -q signalfd; }

record_on
check_refused "a file is recorded to once" "another recording" \
	ps_ record "$history"
ps_ server report web $one load 20% cpu 30% latency 5ms
ps_ server set web $one max 7
ps_ server report web $two cpu 41.25%
check "every report is a line" wait_for 10 has_rows 2
check_is "and nothing else is: as reported" "web,$one,20,30,,,5000,,,0,
web,$two,41.25,41.25,,,,,,0," "$(cut -d , -f 2- "$history" | tail -n +2)"
kill -TERM "$recorder"
wait "$recorder"
check_is "a signal ends it well" 0 $?
record_on count 2
for load in 21 22 23; do ps_ server report web $one load $load%; done
wait "$recorder"
check_is "so does the count" 0 $?
check_is "more is appended" 4 "$(rows)"
check_is "with one header" 1 "$(grep -c ^t_s, "$history")"
echo "t_s,else" >"$scratch/other.csv"
check_refused "another header" "has another header" \
	ps_ record "$scratch/other.csv"
check_is "is left alone" "t_s,else" "$(cat "$scratch/other.csv")"
check_refused "a full disk ends it" "cannot write /dev/full: No space left" \
	ps_ record /dev/full

# --- train ------------------------------------------------------------------

# generate N: reports every 5 s; load 10 s ahead is 5 % + half of cpu + a fifth of
# arrivals, a bit off
generate() {
	/usr/bin/python3 - "$1" <<-'END'
	import random, sys
	rng = random.Random(1)
	n, cpu, arrivals = int(sys.argv[1]), [50.0], [50.0]
	for _ in range(n):
	    cpu.append(min(100, max(0, cpu[-1] + rng.gauss(0, 6))))
	    arrivals.append(min(200, max(0, arrivals[-1] + rng.gauss(0, 10))))
	print("t_s,load_pct,cpu_pct,sessions,arrivals_per_s")
	for t in range(2, n):
	    load = 5 + cpu[t - 2] / 2 + arrivals[t - 2] / 5 + rng.gauss(0, 1)
	    print(f"{5 * t},{min(100, max(0, load)):.2f},{cpu[t]:.2f},"
	          f"{rng.randrange(3)},{arrivals[t]:.3f}")
	END
}
generate 500 >"$scratch/made.csv"
check "training" portsteer train "$scratch/made.csv" -o "$model" lags 2

# --- load -------------------------------------------------------------------

check "a model is loaded" ps_ model load "$model"
check_is "and shown" "web null 10000 true" \
	"$(psj '.[] | "\(.name) \(.service) \(.horizon_ms) \(.used)"' model show)"
# Each as the file has it, but for where spaces stand.
check_is "as its file says" \
	"$(sed -n '/^name/,/^arrivals/p' "$model" | sed 's/^name //' | paste -sd' ')" \
	"$(ps_ model show | sed 's/ #.*//')"

rm "$history"
record_on
shown() { psj '.[0].model_forecast' server show web "$1"; }
agrees() {
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(a - b < 0.1 && b - a < 0.1) }'
}
# report N CPU ROW: server 1's, 5 s after the last; all N sessions before it are its
report() {
	fetch_times "$1" >/dev/null
	until [ "$SECONDS" -ge "$next" ]; do pause 0.1; done
	next=$((SECONDS + 5))
	ps_ server report web $one load "$((30 + $1))%" cpu "$2%"
	wait_for 10 has_rows "$3"
}
ps_ server set web $two state drain
next=$SECONDS
report 3 80 1
check_is "before there are enough reports there is no forecast" null \
	"$(shown $one)"
report 9 35.5 2
report 5 61 3
forecast=$(shown $one)
want=$("$(dirname "$0")/model_float.py" "$model" "$history" $one)
check "the forecast $forecast is that of floating point, $want" \
	agrees "$forecast" "$want"
check_is "of a server without reports there is none" null "$(shown $two)"
check "the 5 sessions between the last two reports are counted" awk -F , '
	{ sessions = $12 * ($1 - before); before = $1 }
	END { exit !(sessions > 4.5 && sessions < 5.5) }' "$history"
kill "$recorder"

# A model of its own goes before that of all.
ps_ model add own service web horizon 10s step 1s intercept 0.125 cpu 0:100:0
ps_ server report web $two cpu 1%
check_is "a service's own model" 12.5 "$(shown $two)"
ps_ model unload service web
ps_ model add all horizon 10s step 1s intercept 0.25 cpu 0:100:0
ps_ server report web $two cpu 1%
check_is "the one for all, swapped" 25 "$(shown $two)"
ps_ server report web $two load 1%
check_is "without the input that it needs" null "$(shown $two)"
warning=$(ps_ model add all horizon 5s step 1s cpu 0:100:1 2>&1)
check_is "another horizon" \
	"portsteer: warning: the model is for another prediction-horizon and not used" \
	"$warning"
ps_ server report web $two cpu 1%
check_is "is not used" "null false" \
	"$(shown $two) $(psj '.[].used' model show)"
ps_ config set prediction-horizon 5s
ps_ server report web $two cpu 7%
check_is "till the settings have it" "7 true" \
	"$(shown $two) $(psj '.[].used' model show)"
ps_ config set prediction-horizon 10s

# --- save and restore -------------------------------------------------------

ps_ model load "$model" service web
saved() { ps_ save | grep -v '^# portsteer configuration'; }
saved >"$scratch/first"
grep '^model' "$scratch/first" >"$scratch/models"
check_is "all models are saved" 2 "$(wc -l <"$scratch/models")"
ps_ model unload
ps_ model unload service web
check_is "unloaded" "[]" "$(ps_ -j model show)"
check "restored" ps_ restore "$scratch/models"
check "to the last bit" diff "$scratch/first" <(saved)
printf 'model load %s\nmodel load %s service web\nmodel add x service web horizon 9s step 1s load 0:100:1\npool del x\n' \
	"$model" "$model" | sed '$s/.*/server add nil 10.1.1.2:80/' >"$scratch/bad"
check_refused "a file with models that fails at its end" \
	"bad:4: there is no service nil" ps_ restore "$scratch/bad"
check "leaves the models that were there" diff "$scratch/first" <(saved)
ps_ model unload service web
saved >"$scratch/first"
check_refused "also where there was none" \
	"bad:4: there is no service nil" ps_ restore "$scratch/bad"
check "none is there again" diff "$scratch/first" <(saved)

# --- files that are wrong ---------------------------------------------------

cp "$model" "$scratch/bad.model"
sed -i 's/^step .*/step nan/' "$scratch/bad.model"
line=$(grep -n ^step "$scratch/bad.model" | cut -d : -f 1)
check_is "a bad file is refused by line" \
	"$scratch/bad.model:$line: step \"nan\" is not a number" \
	"$(ps_ model load "$scratch/bad.model" 2>&1)"
check "and the old model stays" diff "$scratch/first" <(saved)

finish

#!/usr/bin/env bash
# What a run takes of this machine, and whether that is within the limits. Needs dotnet only; takes some minutes on an idle machine,
# and means nothing on a busy one.
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'TEXT'
Usage: tests/bench/measure.sh [RUNS] [MIB] [EXPERIMENT]

Medians of RUNS runs (5), with the least and the most, of EXPERIMENT (vm733-to-350) with MIB mebibytes (100):
  - wall time in one process, start-up included, and the most memory resident; the latter also with ten times the bytes
  - the round trip of a batch between two processes over Akka.Remote
  - wall time in two processes, start-up included, and its exchanges
and what one process allocates for a data packet, once.
In each round all of them are run in turn, so that what else the machine does falls on all alike.
Exit code 1 when a limit is not kept.
TEXT
}

case ${1:-} in
  -h | --help) usage; exit 0 ;;
esac
runs=${1:-5}
mib=${2:-100}
experiment=${3:-vm733-to-350}
[[ $runs =~ ^[1-9][0-9]*$ && $mib =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; }
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
cd -- "$root"

# Builds what is not built.
./run-two-nodes.sh --dry-run >/dev/null
dotnet build tests/bench/RoundTrip -c Release -nologo -v quiet >/dev/null
dotnet build tests/bench/Allocation -c Release -nologo -v quiet >/dev/null
testbed=$root/artifacts/testbed/testbed
round_trip=$root/tests/bench/RoundTrip/bin/Release/net10.0/RoundTrip.dll
# shellcheck source=tests/bench/timing.sh
source tests/bench/timing.sh

run() {
  "$testbed" run "$experiment" --quiet --out "$scratch/run" "$@" >/dev/null
}

# The kernel's own record of the most memory resident, read until the process is gone, onto the list $1. In MiB.
peak() {
  local list=$1 key value rest peak=0
  shift
  "$testbed" run "$experiment" --quiet --out "$scratch/run" "$@" >/dev/null &
  local process=$!
  while kill -0 "$process" 2>/dev/null; do
    while read -r key value rest; do
      if [[ $key == VmHWM: ]]; then
        peak=$value
      fi
    done 2>/dev/null <"/proc/$process/status" || true
    sleep 0.02
  done
  wait "$process"
  awk "BEGIN { print $peak / 1024 }" >>"$scratch/$list"
}

# A figure of the last run.
figure() {
  sed -n "s/^ *\"$1\": \([0-9.]*\),*\$/\1/p" "$scratch/run/result.json" | head -n 1
}

for ((round = 1; round <= runs; round++)); do
  echo "round $round of $runs" >&2
  timed one run --in-process --set "nettest.bytes=${mib}MiB"
  peak memory --in-process --set "nettest.bytes=${mib}MiB"
  peak memory10 --in-process --set "nettest.bytes=$((mib * 10))MiB"
  dotnet "$round_trip" 20000 1 --transport cable-unix --in-flight 1 | sed -n 's/.* in flight  median \([0-9.]*\) .*/\1/p' >>"$scratch/roundtrip"
  timed two run --set "nettest.bytes=${mib}MiB"
  figure exchanges >>"$scratch/exchanges"
  figure exchangesPerDataFrame >>"$scratch/perframe"
done

row() {
  printf '%-46s %10.*f %10.*f %10.*f  %s\n' "$1" "$4" "$(median "$2")" "$4" "$(least "$2")" "$4" "$(most "$2")" "$3"
}

printf '%-46s %10s %10s %10s\n' "$experiment, $mib MiB, $runs runs" median least most
row "one process, wall time" one s 3
row "one process, peak memory" memory MiB 1
row "one process, peak memory, $((mib * 10)) MiB" memory10 MiB 1
row "round trip over Akka.Remote" roundtrip µs 1
row "two processes, wall time" two s 3
row "two processes, exchanges" exchanges "" 0
row "two processes, exchanges for each data frame" perframe "" 4
dotnet tests/bench/Allocation/bin/Release/net10.0/Allocation.dll "$experiment"
echo
bound=$(awk "BEGIN { print 1.2 * ($(median exchanges) * $(median roundtrip) / 1e6 + $(median one)) }")
limit "two processes take at most 1.2 x (exchanges x round trip + one process) = $bound s" "$(median two) <= $bound"
limit "memory with ten times the bytes within 10 %" "$(median memory10) <= 1.1 * $(median memory)"
case $experiment,$mib in
  native-733-to-350,100)
    limit "at most 1.1 exchanges for each data frame" "$(median perframe) <= 1.1"
    limit "one process takes at most 1.5 s" "$(median one) <= 1.5"
    ;;
  vm733-to-350,100)
    limit "one process takes at most 3 s" "$(median one) <= 3"
    ;;
esac
exit "$kept"

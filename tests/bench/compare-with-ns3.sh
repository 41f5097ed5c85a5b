#!/usr/bin/env bash
# The Testbed beside ns-3, in turn: four cells, {ns-3, Testbed} × {one process, two}, of which ns-3's second is left out (Debian's build has no
# distributed simulation). Needs g++ and Debian's libns3-dev and libgsl-dev; takes some minutes on an idle machine, and means nothing on a busy one.
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'TEXT'
Usage: tests/bench/compare-with-ns3.sh [RUNS]

Runs in turn, RUNS times (5), and prints medians with the least and the most, and the ratio to ns-3's, start-up included:
  - ns-3, sequential: two nodes, 100 Mb/s, 500 ns, 100 MiB over TCP in segments of 1448 bytes
  - native-733-to-350 and vm733-to-350, 100 MiB, in one process, and with ten times the bytes
  - the same in two processes, over cable-tcp and over cable-unix, and with both processes bound to one core
Exit code 1 when a limit is not kept.
TEXT
}

case ${1:-} in
  -h | --help) usage; exit 0 ;;
esac
runs=${1:-5}
[[ $runs =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; }
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
cd -- "$root"
# shellcheck source=tests/bench/timing.sh
source tests/bench/timing.sh

command -v g++ >/dev/null && pkg-config --exists ns3-core || {
  echo "compare-with-ns3.sh: g++ and ns-3 are needed (Debian: g++ pkg-config libns3-dev libgsl-dev)" >&2
  exit 2
}
# shellcheck disable=SC2046
g++ -O2 -std=c++17 tests/bench/ns3/two-nodes.cc -o "$scratch/two-nodes" \
  $(pkg-config --cflags --libs ns3-core ns3-network ns3-internet ns3-applications ns3-point-to-point)
./run-two-nodes.sh --dry-run >/dev/null
testbed=$root/artifacts/testbed/testbed
if [[ -z ${DOTNET_ROOT:-} ]]; then
  DOTNET_ROOT=$(dirname -- "$(readlink -f -- "$(command -v dotnet)")")
  export DOTNET_ROOT
fi

run() {
  "$testbed" run "$@" --quiet --out "$scratch/run"
}

experiments=(native-733-to-350 vm733-to-350)
for ((round = 1; round <= runs; round++)); do
  echo "round $round of $runs" >&2
  timed ns3 "$scratch/two-nodes"
  timed start "$testbed" run native-733-to-350 --quiet --out "$scratch/run" --in-process --set nettest.bytes=4KiB
  for experiment in "${experiments[@]}"; do
    timed "$experiment.one" run "$experiment" --in-process
    timed "$experiment.one10" run "$experiment" --in-process --set nettest.bytes=1GiB
    timed "$experiment.tcp" run "$experiment" --transport cable-tcp
    timed "$experiment.unix" run "$experiment" --transport cable-unix
    timed "$experiment.core" taskset -c 0 "$testbed" run "$experiment" --quiet --out "$scratch/run"
  done
done

row() {
  printf '%-52s %8.2f %8.2f %8.2f %9.2f\n' "$1" "$(median "$2")" "$(least "$2")" "$(most "$2")" \
    "$(awk "BEGIN { print $(median "$2") / $(median ns3) }")"
}

printf '%-52s %8s %8s %8s %9s\n' "seconds, $runs runs" median least most "to ns-3"
row "ns-3, one process" ns3
row "start-up: native-733-to-350 with 4 KiB, one process" start
for experiment in "${experiments[@]}"; do
  row "$experiment, one process" "$experiment.one"
  row "$experiment, one process, 1 GiB" "$experiment.one10"
  row "$experiment, two processes, cable-tcp" "$experiment.tcp"
  row "$experiment, two processes, cable-unix" "$experiment.unix"
  row "$experiment, two processes on one core" "$experiment.core"
done
echo
limit "native in one process at most 1.0 x ns-3" "$(median native-733-to-350.one) <= $(median ns3)"
limit "vm733-to-350 in one process at most 1.5 x ns-3" "$(median vm733-to-350.one) <= 1.5 * $(median ns3)"
for experiment in "${experiments[@]}"; do
  limit "$experiment: two processes at most 4 s over cable-tcp" "$(median "$experiment.tcp") <= 4"
  limit "$experiment: two processes at most 3 s over cable-unix" "$(median "$experiment.unix") <= 3"
  limit "$experiment: two processes on one core at most 8 s" "$(median "$experiment.core") <= 8"
  limit "$experiment: 1 GiB at most 11.3 x 100 MiB, start-up taken off" \
    "$(median "$experiment.one10") - $(median start) <= 11.3 * ($(median "$experiment.one") - $(median start))"
done
exit "$kept"

#!/usr/bin/env bash
# Builds the testbed and runs an experiment, each PC in a process of its own.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./run-two-nodes.sh [EXPERIMENT] [OPTIONS]

Builds what is needed and runs EXPERIMENT, each PC in a process of its own. Without a name: native-733-to-350,
or the one that the environment variable EXPERIMENT names.

Options are those of "testbed run", for instance:
  --set KEY=VALUE   set a key of the experiment, such as nettest.bytes=10MiB
  --seed N          the seed of all randomness
  --out DIR         the run's folder
  --in-process      both PCs in one process instead: the same result, sooner
  --dry-run         print the experiment as it would run, and run nothing
TEXT
}

fail() {
  echo "run-two-nodes.sh: $1" >&2
  exit 2
}

for argument in "$@"; do
  case $argument in
    -h | --help) usage; exit 0 ;;
  esac
done

experiment=${EXPERIMENT:-native-733-to-350}
if [[ $# -gt 0 && $1 != -* ]]; then
  experiment=$1
  shift
fi

command -v dotnet >/dev/null || fail "the .NET 10 SDK is needed, and dotnet is not on the PATH; see https://dotnet.microsoft.com/download"
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
dotnet --list-sdks | grep -q '^10\.' ||
  fail "the .NET 10 SDK is needed; here are: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ' | grep . || echo none)"

log=$(mktemp)
trap 'rm -f -- "$log"' EXIT
program=$root/Testbed.Runner/bin/Release/net10.0/testbed.dll
if [[ ! -f $program ]]; then
  echo "Building; the first time takes a minute." >&2
fi
if ! (cd -- "$root" && dotnet build Testbed.Runner/Testbed.Runner.csproj -c Release -nologo -v quiet) >"$log" 2>&1; then
  cat "$log" >&2
  echo "run-two-nodes.sh: the build failed" >&2
  exit 1
fi

rm -f -- "$log"
trap - EXIT
exec dotnet "$program" run "$experiment" "$@"

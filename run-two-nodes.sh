#!/usr/bin/env bash
# Builds the testbed and runs an experiment, each PC in a process of its own.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./run-two-nodes.sh [EXPERIMENT] [OPTIONS]

Builds what is needed and runs EXPERIMENT, each PC in a process of its own. Without a name: vm733-to-350,
or the one that the environment variable EXPERIMENT names. Where there is gcc or clang, the programs are compiled to native code,
which takes some minutes, once; with TESTBED_NATIVE=no in the environment the build takes one, and runs take longer.

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
  exit "${2:-2}"
}

for argument in "$@"; do
  case $argument in
    -h | --help) usage; exit 0 ;;
  esac
done
# Compiling takes longer than a run: who builds again and again can do without.
native=yes
[[ ${TESTBED_NATIVE:-yes} != no ]] || native=

experiment=${EXPERIMENT:-vm733-to-350}
if [[ $# -gt 0 && $1 != -* ]]; then
  experiment=$1
  shift
fi

command -v dotnet >/dev/null || fail "the .NET 10 SDK is needed, and dotnet is not on the PATH; see https://dotnet.microsoft.com/download"
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
dotnet --list-sdks | grep -q '^10\.' ||
  fail "the .NET 10 SDK is needed; here are: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ' | grep . || echo none)"

programs=$root/artifacts/testbed
stamp=$root/artifacts/testbed.stamp
native_builds=$root/artifacts/native
tried=$root/artifacts/native.stamp

sources() {
  (cd -- "$root" && find Directory.Build.props Directory.Packages.props global.json config Testbed.Node Testbed.Protocol Testbed.Runner \
    \( -name bin -o -name obj \) -prune -o -type f "$@" -print | sort)
}

# Compiled ahead of time if there is a machine to do it for: half of a short run would be the just-in-time compiler's.
publish() {
  (cd -- "$root" && dotnet publish Testbed.Runner/Testbed.Runner.csproj -c Release -p:RestoreLockedMode=true -o "$programs.new" \
    --nologo -v quiet "$@") >"$log" 2>&1
}

# All packages but the native compiler's, which is the SDK's own, are those of the lock files.
restore() {
  (cd -- "$root" && dotnet restore Testbed.Runner/Testbed.Runner.csproj --locked-mode --nologo -v quiet) >"$native_builds/restore.log" 2>&1
}

# A program to native code, in a folder of its own. Replaces this shell.
publish_native() {
  cd -- "$root"
  exec dotnet publish "$1/$1.csproj" -c Release -r "$machine" -p:PublishAot=true \
    --artifacts-path "$native_builds/$1" -o "$native_builds/$1/out" --nologo -v quiet >"$native_builds/$1.log" 2>&1
}

# Both at once: three processes are started for a run, and their just-in-time compilers would take half of it.
publish_both_native() {
  local both=yes process
  mkdir -p -- "$native_builds"
  restore || return 1
  publish_native Testbed.Node &
  compiling=$!
  publish_native Testbed.Runner &
  compiling+=" $!"
  for process in $compiling; do
    wait "$process" || both=
  done
  compiling=
  [[ $both ]] && native_runs || return 1
  mkdir -- "$programs.new"
  cp -R -- "$native_builds"/Testbed.Node/out/. "$native_builds"/Testbed.Runner/out/. "$programs.new"
}

# They run here, and are of one version: the runner will ask for that.
native_runs() {
  local node runner
  node=$("$native_builds/Testbed.Node/out/Testbed.Node" --version) &&
    runner=$("$native_builds/Testbed.Runner/out/testbed" --version) &&
    [[ -n $node && $node == "$runner" ]]
}

case $(uname -sm) in
  "Linux x86_64") machine=linux-x64 ;;
  "Linux aarch64") machine=linux-arm64 ;;
  "Darwin arm64") machine=osx-arm64 ;;
  *) machine= ;;
esac

# Asking the build whether there is anything to do takes longer than most runs.
if [[ ! -x $programs/testbed || ! -f $stamp || $(sources) != "$(cat "$stamp")" || -n $(sources -newer "$stamp") ||
  ($native && ! -f $tried) ]]; then
  log=$(mktemp)
  compiling=
  # What runs in the background does not hear of Ctrl-C.
  # shellcheck disable=SC2086
  trap '[[ -z $compiling ]] || kill $compiling 2>/dev/null || true; rm -rf -- "$log" "$stamp.new" "$programs.new"' EXIT
  mkdir -p -- "$root/artifacts"
  rm -rf -- "$programs.new"
  rm -f -- "$stamp" "$tried"
  sources >"$stamp.new"
  built=
  if [[ $native && $machine ]]; then
    if ! { command -v clang || command -v gcc; } >/dev/null; then
      echo "run-two-nodes.sh: there is no clang and no gcc here to link native code with; runs will take longer to start" >&2
    else
      echo "Building, to native code; the first time takes some minutes. (TESTBED_NATIVE=no: one, and runs take longer.)" >&2
      if publish_both_native; then
        built=yes
      else
        rm -rf -- "$programs.new"
        echo "run-two-nodes.sh: native code cannot be made here (see $native_builds/*.log); runs will take longer" >&2
      fi
    fi
  fi
  if [[ ! $built ]]; then
    echo "Building; the first time takes a minute." >&2
    if [[ $machine ]]; then
      if publish -r "$machine"; then
        built=yes
      elif grep -qi crossgen "$log"; then
        echo "run-two-nodes.sh: the ahead-of-time compiler cannot be had here; runs will take longer to start" >&2
      else
        cat "$log" >&2
        fail "the build failed" 1
      fi
    fi
    if [[ ! $built ]] && ! publish; then
      cat "$log" >&2
      fail "the build failed" 1
    fi
  fi
  rm -rf -- "$programs"
  mv -- "$programs.new" "$programs"
  [[ ! $native ]] || touch -- "$tried"
  mv -- "$stamp.new" "$stamp"
  rm -f -- "$log"
  trap - EXIT
fi

# The programs look for the runtime where it is usually installed; this one may be elsewhere. Native code needs none.
if [[ -z ${DOTNET_ROOT:-} ]]; then
  runtime=$(dirname -- "$(readlink -f -- "$(command -v dotnet)")")
  if [[ -d $runtime/host/fxr ]]; then
    export DOTNET_ROOT=$runtime
  fi
fi

testbed=("$programs/testbed")
[[ ! -f $programs/testbed.dll ]] || testbed=(dotnet "$programs/testbed.dll")
exec "${testbed[@]}" run "$experiment" "$@"

#!/usr/bin/env bash
# Builds the testbed and runs an experiment, each PC in a process of its own.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./run-two-nodes.sh [EXPERIMENT] [OPTIONS]

Builds what is needed and runs EXPERIMENT, each PC in a process of its own. Without a name: vm733-to-350,
or the one that the environment variable EXPERIMENT names. Where there is gcc or clang, all of it is compiled to native code,
which takes some minutes, once; with TESTBED_NATIVE=no in the environment it takes one, and runs take longer to start.

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

nodes=yes
for argument in "$@"; do
  case $argument in
    -h | --help) usage; exit 0 ;;
    --in-process) nodes= ;;
  esac
done
# Compiling takes longer than a run: who builds again and again can do without.
[[ ${TESTBED_NATIVE:-yes} != no ]] || nodes=

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
native=$root/artifacts/native
tried=$root/artifacts/native.stamp

sources() {
  (cd -- "$root" && find Directory.Build.props Directory.Packages.props global.json config Testbed.Node Testbed.Protocol Testbed.Runner \
    \( -name bin -o -name obj \) -prune -o -type f "$@" -print | sort)
}

# Compiled ahead of time where there is a compiler for this machine: half of a short run would be the just-in-time compiler's.
publish() {
  (cd -- "$root" && dotnet publish Testbed.Runner/Testbed.Runner.csproj -c Release -p:RestoreLockedMode=true -o "$programs.new" \
    --nologo -v quiet "$@") >"$log" 2>&1
}

# With the runtime itself, so that its generic code over our types is compiled too.
publish_whole() {
  publish -r "$machine" --self-contained -p:PublishReadyToRunComposite=true --artifacts-path "$root/artifacts/whole"
}

# All packages but the native compiler's, which is the SDK's own, are those of the lock files.
restore() {
  (cd -- "$root" && dotnet restore Testbed.Runner/Testbed.Runner.csproj -r "$machine" --locked-mode --nologo -v quiet) >"$log" 2>&1
}

# The node to native code: three processes are started for a run, and their just-in-time compilers would take half of it. In the background.
publish_native() {
  cd -- "$root"
  exec dotnet publish Testbed.Node/Testbed.Node.csproj -c Release -r "$machine" -p:PublishAot=true \
    --artifacts-path "$native" -o "$native/node" --nologo -v quiet >"$native.log" 2>&1
}

# It runs, and is the very version that the runner will ask for.
native_is_right() {
  [[ $("$native/node/Testbed.Node" --version 2>>"$native.log") == "$("${testbed[@]}" --version)" ]]
}

# A program that brings its runtime is started by itself.
find_testbed() {
  if compgen -G "$programs/libhostfxr.*" >/dev/null; then
    testbed=("$programs/testbed")
  else
    testbed=(dotnet "$programs/testbed.dll")
  fi
}

case $(uname -sm) in
  "Linux x86_64") machine=linux-x64 ;;
  "Linux aarch64") machine=linux-arm64 ;;
  "Darwin arm64") machine=osx-arm64 ;;
  *) machine= ;;
esac

# Asking the build whether there is anything to do takes longer than most runs.
if [[ ! -f $programs/testbed.dll || ! -f $stamp || $(sources) != "$(cat "$stamp")" || -n $(sources -newer "$stamp") ||
  ($nodes && ! -f $tried) ]]; then
  log=$(mktemp)
  compiling=
  # What runs in the background does not hear of Ctrl-C.
  trap '[[ -z $compiling ]] || kill "$compiling" 2>/dev/null || true; rm -rf -- "$log" "$stamp.new" "$programs.new"' EXIT
  mkdir -p -- "$root/artifacts"
  rm -rf -- "$programs.new"
  rm -f -- "$stamp" "$tried"
  sources >"$stamp.new"
  compiler=
  if [[ $nodes && $machine ]] && { command -v clang || command -v gcc; } >/dev/null; then
    compiler=yes
  fi
  built=
  if [[ $compiler ]]; then
    echo "Building, to native code; the first time takes some minutes. (TESTBED_NATIVE=no: one, and runs take longer to start.)" >&2
    mkdir -p -- "$native"
    restore || true
    publish_native &
    compiling=$!
    if publish_whole; then
      built=yes
    else
      echo "run-two-nodes.sh: the programs cannot be compiled with their runtime here; runs will take longer to start" >&2
      rm -rf -- "$programs.new"
    fi
    native_built=yes
    wait "$compiling" || native_built=
    compiling=
  else
    echo "Building; the first time takes a minute." >&2
  fi
  if [[ -z $built && $machine ]]; then
    if publish -r "$machine"; then
      built=yes
    elif grep -qi crossgen "$log"; then
      echo "run-two-nodes.sh: the ahead-of-time compiler cannot be had here; runs will take longer to start" >&2
    else
      cat "$log" >&2
      fail "the build failed" 1
    fi
  fi
  if [[ -z $built ]] && ! publish; then
    cat "$log" >&2
    fail "the build failed" 1
  fi
  rm -rf -- "$programs"
  mv -- "$programs.new" "$programs"
  find_testbed
  if [[ $nodes ]]; then
    if [[ -z $compiler ]]; then
      echo "run-two-nodes.sh: there is no clang and no gcc here to link native code with; nodes will take longer to start" >&2
    elif [[ $native_built ]] && native_is_right; then
      cp -f -- "$native/node/Testbed.Node" "$programs/Testbed.Node"
    else
      echo "run-two-nodes.sh: the node cannot be compiled to native code here (see $native.log); nodes will take longer to start" >&2
    fi
    touch -- "$tried"
  fi
  mv -- "$stamp.new" "$stamp"
  rm -f -- "$log"
  trap - EXIT
fi

# The programs look for the runtime where it is usually installed; this one may be elsewhere.
if [[ -z ${DOTNET_ROOT:-} ]]; then
  runtime=$(dirname -- "$(readlink -f -- "$(command -v dotnet)")")
  if [[ -d $runtime/host/fxr ]]; then
    export DOTNET_ROOT=$runtime
  fi
fi

find_testbed
exec "${testbed[@]}" run "$experiment" "$@"

# What the scripts of this folder share: lists of seconds in "$scratch", their medians, and limits. To be sourced.
# shellcheck shell=bash

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

# Seconds that a command takes, onto the list $1; what it prints is lost.
timed() {
  local list=$1 began=$EPOCHREALTIME
  shift
  "$@" >/dev/null
  awk "BEGIN { print $EPOCHREALTIME - $began }" >>"$scratch/$list"
}

least() {
  sort -g "$scratch/$1" | head -n 1
}

most() {
  sort -g "$scratch/$1" | tail -n 1
}

median() {
  sort -g "$scratch/$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# Whether all limits have been kept, as an exit code.
kept=0

# Says whether the limit $1 is kept, which is the condition $2.
limit() {
  if awk "BEGIN { exit !($2) }"; then
    echo "kept      $1"
  else
    echo "NOT KEPT  $1"
    kept=1
  fi
}

#!/usr/bin/env python3
"""How much each entry of the cost tables matters: one run with each entry raised by 20 %, against a run as shipped.

Usage: docs/tools/sensitivity.py [BYTES] [EXPERIMENT]        (10MiB, native-733-to-350)
Build first: dotnet build -c Release Testbed.Runner. Prints a Markdown table, its last line the entries that change nothing.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
from decimal import Decimal

ROOT = pathlib.Path(__file__).resolve().parents[2]
TESTBED = ["dotnet", str(ROOT / "Testbed.Runner/bin/Release/net10.0/testbed.dll"), "run"]


def run(experiment, *options):
    done = subprocess.run([*TESTBED, experiment, *options], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def figures(experiment, size, folder, sets):
    options = ["--in-process", "--quiet", "--json", "--out", folder, "--set", f"nettest.bytes={size}"]
    for key, value in sets:
        options += ["--set", f"{key}={value}"]
    part = json.loads(run(experiment, *options))["deterministic"]
    idle = {node["role"]: Decimal(str(node["idlePercent"])) for node in part["nodes"].values()}
    return idle["sender"], idle["receiver"], Decimal(str(part["throughputMbps"]))


def raised(text):
    number, unit = text.split()
    return f"{(Decimal(number) * 6 / 5).normalize():f} {unit}"


def main():
    size = sys.argv[1] if len(sys.argv) > 1 else "10MiB"
    experiment = sys.argv[2] if len(sys.argv) > 2 else "native-733-to-350"
    entries = {}
    for line in run(experiment, "--dry-run").splitlines():
        if match := re.fullmatch(r'costs\.((?:host|vmm|guest)\.[a-z-]+)\.(fixed|per-byte|general) = "?([^"]*)"?', line):
            entries.setdefault(match[1], []).append((f"costs.{match[1]}.{match[2]}", raised(match[3])))
    with tempfile.TemporaryDirectory() as folder:
        sender, receiver, throughput = figures(experiment, size, folder, [])
        print("| entry, raised by 20 % | sender's idle | receiver's idle | throughput |\n|---|---|---|---|")
        print(f"| none | {sender:.2f} % | {receiver:.2f} % | {throughput:.3f} Mb/s |")
        without = []
        for name, sets in entries.items():
            s, r, t = figures(experiment, size, folder, sets)
            row = f"{s - sender:+.2f} | {r - receiver:+.2f} | {t - throughput:+.3f}"
            if row == "+0.00 | +0.00 | +0.000":
                without.append(name)
            else:
                print(f"| `{name}` | {row} |", flush=True)
        print("| " + ", ".join(f"`{name}`" for name in without) + " | 0 | 0 | 0 |")


main()

#!/usr/bin/env python3
"""What each switch of the virtual machine changes: runs without it and with it, means over three seeds.

Usage: docs/tools/switches.py [BYTES]        (10MiB)
Build first: dotnet build -c Release Testbed.Runner. Prints Markdown tables, one for each switch.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TESTBED = ["dotnet", str(ROOT / "Testbed.Runner/bin/Release/net10.0/testbed.dll"), "run"]
SEEDS = (1, 2, 3)
OUT, IN, SLOW = ("vm733-to-350", "sender"), ("350-to-vm733", "receiver"), ("vm350-to-733", "sender")

# Switch: (experiment and role, system, value without it, value with it)...
PAIRS = {
    "io-in-vmm": [(OUT, "workstation-2.0", "off", "on"), (OUT, "optimized", "off", "on"), (SLOW, "optimized", "off", "on")],
    "address-port-as-mov": [(OUT, "workstation-2.0", "off", "on"), (OUT, "optimized", "off", "on"), (SLOW, "optimized", "off", "on")],
    "send-combining": [(OUT, "workstation-2.0", "off", "on"), (OUT, "optimized", "off", "on"), (SLOW, "optimized", "off", "on")],
    "irq-notification": [(OUT, "workstation-2.0", "off", "on"), (OUT, "optimized", "off", "on"), (SLOW, "optimized", "off", "on")],
    "select-interval": [(IN, "workstation-2.0", "0 ns", "200 us"), (IN, "workstation-2.0", "0 ns", "5 ms")],
    "pic-as-mov": [(OUT, "optimized", "off", "on"), (SLOW, "optimized", "off", "on")],
    "idle-keeps-page-table": [(OUT, "optimized", "off", "on"), (SLOW, "optimized", "off", "on")],
    "nic": [(OUT, "optimized", "lance", "vmxnet"), (SLOW, "optimized", "lance", "vmxnet")],
    "preallocated-skbuffs": [(OUT, "optimized", "off", "on"), (SLOW, "optimized", "off", "on")],
    "send-combining-queue": [(OUT, "optimized", "3", "1"), (OUT, "optimized", "3", "8"), (SLOW, "optimized", "3", "8")],
    "send-combining-threshold": [(OUT, "optimized", "1000", "100"), (OUT, "optimized", "1000", "5000"), (SLOW, "optimized", "1000", "5000")],
    "send-combining-decay": [(OUT, "optimized", "10 ms", "1 ms"), (OUT, "optimized", "10 ms", "100 ms"), (SLOW, "optimized", "10 ms", "100 ms")],
}
SYSTEMS = [
    "workstation-2.0", "optimized", "proposed-pic-as-mov", "proposed-idle-task", "proposed-vmxnet", "proposed-preallocated-skbuffs", "proposed-all",
    "proposed-native-monitor",
]


def figures(experiment, size, sets):
    """Throughput, idle, processor time, switches and virtual interrupts for each data packet, bytes on their way to the wire: a mean over the seeds."""
    rows = []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            options = ["--in-process", "--quiet", "--json", "--out", folder, "--seed", str(seed)]
            for key, value in {"nettest.bytes": size, **sets}.items():
                options += ["--set", f"{key}={value}"]
            done = subprocess.run([*TESTBED, experiment, *options], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr)
        part = json.loads(done.stdout)["deterministic"]
        node = next(node for node in part["nodes"].values() if node["vm"])
        vm = node["vm"]
        packets = max(node["tcp"]["dataSegmentsSent"], node["tcp"]["dataSegmentsReceived"])
        busy = sum(row["timeUs"] for row in node["cpu"] if row["world"])
        rows.append((
            part["throughputMbps"],
            node["idlePercent"],
            busy / packets,
            sum(vm["worldSwitches"].values()) / packets,
            sum(count for line, count in vm["interrupts"].items() if line.startswith("virtual")) / packets,
        ))
    return [sum(column) / len(rows) for column in zip(*rows)]


def line(what, values):
    throughput, idle, busy, switches, interrupts = values
    print(f"| {what} | {throughput:.2f} | {idle:.1f} | {busy:.1f} | {switches:.2f} | {interrupts:.2f} |", flush=True)


def heading(what):
    print(f"\n| {what} | Mb/s | idle, % | busy, µs | switches | virtual IRQs |\n|---|---:|---:|---:|---:|---:|")


def main():
    size = sys.argv[1] if len(sys.argv) > 1 else "10MiB"
    for (experiment, role) in (OUT, IN, SLOW):
        heading(f"`{experiment}`, {role}.system =")
        for system in SYSTEMS:
            line(f"`{system}`", figures(experiment, size, {f"{role}.system": system}))
    for switch, pairs in PAIRS.items():
        heading(f"`{switch}`")
        for (experiment, role), system, before, after in pairs:
            for value in (before, after):
                line(f"`{experiment}`, {system}: `{value}`", figures(experiment, size, {f"{role}.system": system, f"{role}.vm.{switch}": value}))


main()

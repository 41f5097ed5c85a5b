#!/usr/bin/env python3
"""What a data packet costs the sending or receiving PC's processor, by entry of the cost table, from a run's result.json.

Usage: docs/tools/budget.py RUN-FOLDER [PC]                  (the sender)
Prints a Markdown table. "Nominal" is the table's own cost at reference-clock, without jitter.
"""
import json
import pathlib
import sys
from decimal import Decimal

NANOSECONDS = {"ps": Decimal("0.001"), "ns": Decimal(1), "us": Decimal(1000), "ms": Decimal(1_000_000)}


def microseconds(text):
    number, _, unit = text.partition(" ")
    return Decimal(number) * NANOSECONDS[unit or "ns"] / 1000


def main():
    result = json.loads((pathlib.Path(sys.argv[1]) / "result.json").read_text())
    part, settings = result["deterministic"], result["resolved"]
    pc = sys.argv[2] if len(sys.argv) > 2 else settings["sender.pc"]
    node = part["nodes"][pc]
    packets = max(node["tcp"]["dataSegmentsSent"], node["tcp"]["dataSegmentsReceived"])
    measured = Decimal(part["measured"]["endNs"] - part["measured"]["startNs"]) / 1000
    payload = Decimal(part["bytesDelivered"])
    print(f"{pc}: {packets} data packets in {measured / 1_000_000:.3f} s, one every {measured / packets:.2f} µs\n")
    print("| entry | per packet | nominal cost | nominal, per packet | booked, per packet |\n|---|---|---|---|---|")
    nominal_sum = booked_sum = Decimal(0)
    for row in node["cpu"]:
        if row["world"] is None or row["count"] == 0:
            continue
        key = f"costs.{row['world']}.{row['category']}"
        fixed, per_byte = microseconds(settings[f"{key}.fixed"]), microseconds(settings[f"{key}.per-byte"])
        each = Decimal(row["count"]) / packets
        # Only entries that handle payload have a cost per byte, and each payload byte passes each of them once.
        nominal = fixed * each + per_byte * payload / packets
        booked = Decimal(str(row["timeUs"])) / packets
        cost = " + ".join([f"{fixed:f} µs"] * (fixed > 0) + [f"{per_byte * 1000:f} ns a byte"] * (per_byte > 0))
        print(f"| `{row['category']}` | {each:.3f} | {cost} | {nominal:.2f} µs | {booked:.2f} µs |")
        nominal_sum += nominal
        booked_sum += booked
    print(f"| sum | | | {nominal_sum:.2f} µs | {booked_sum:.2f} µs |")
    print(f"\nidle {node['idlePercent']} %, so busy {(100 - Decimal(str(node['idlePercent']))) * measured / packets / 100:.2f} µs a packet")


main()

#!/usr/bin/env python3
"""Draws text from standard input as a terminal window, as SVG on standard output.

Usage: testbed run EXPERIMENT --quiet | docs/tools/terminal-svg.py COMMAND [LAST-LINE]
COMMAND is shown after the prompt; the text is shown up to the line that begins with LAST-LINE (without it, all of it).
"""
import sys
from xml.sax.saxutils import escape

CHARACTER, LINE, MARGIN, BAR = 8.43, 19, 18, 30


def main():
    lines = sys.stdin.read().rstrip("\n").split("\n")
    if len(sys.argv) > 2:
        lines = lines[: next(i for i, line in enumerate(lines) if line.startswith(sys.argv[2]))]
        while not lines[-1].strip():
            lines.pop()
    rows = [("prompt", f"$ {sys.argv[1]}")] + [("head" if line[:1].strip() else "text", line) for line in lines]
    width = int(2 * MARGIN + CHARACTER * max(max(len(text) for _, text in rows), 72))
    height = BAR + LINE * len(rows) + 2 * MARGIN - 6
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">')
    print("<style>text{font:14px 'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#d4d4d4;white-space:pre}"
          ".head{fill:#4ec9d4;font-weight:bold}.prompt{fill:#9cdc8c}</style>")
    print(f'<rect width="{width}" height="{height}" rx="8" fill="#1e1f26"/>')
    for i, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        print(f'<circle cx="{MARGIN + 4 + 18 * i}" cy="18" r="5.5" fill="{colour}"/>')
    for i, (kind, text) in enumerate(rows):
        if not text.strip():
            continue
        # The stated length keeps columns in line whatever monospaced font there is.
        indent = len(text) - len(text.lstrip())
        body = text.strip()
        x, y = MARGIN + indent * CHARACTER, BAR + MARGIN + LINE * i
        style = "" if kind == "text" else f' class="{kind}"'
        print(f'<text x="{x:.1f}" y="{y}" textLength="{len(body) * CHARACTER:.1f}" xml:space="preserve"{style}>{escape(body)}</text>')
    print("</svg>")


main()

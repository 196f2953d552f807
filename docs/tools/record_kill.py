#!/usr/bin/env python3
"""Trains twice, the second time with a silo killed in mid-run, and draws what was printed as docs/plots/kill.svg.

    dotnet build src/Client -c Release
    python3 docs/tools/record_kill.py

Every line was printed by the command, but for the one that tells of the kill. Lines that add nothing are left out; dots stand for progress.
The script fails where the two runs do not end with the same hash. Python's standard library alone.
"""

import argparse
import os
import re
import sys
import tempfile
from html import escape
from pathlib import Path

import kill_midway

ROOT = Path(__file__).resolve().parents[2]
JOB = "examples/digits-mlp.yaml"
HASH = re.compile(r"weights sha256: ([0-9a-f]{64})")
LEFT_OUT = re.compile(r"^(reading |gathering |starting |epoch 1/|model: |without )|writing the model|reading data")
PROGRESS = re.compile(r"^epoch ")

# A terminal is dark on a light page as on a dark one; the thin frame tells it from a page that is as dark as it is.
INK = {"plain": "#c9d1d9", "prompt": "#7ee787", "command": "#ffffff", "quiet": "#8b949e", "kill": "#ff7b72", "hash": "#f2cc60"}
CELL, LINE, SIZE, PAD, BAR = 7.83, 19, 13, 18, 34


def built():
    """The command line that has been built here."""
    for configuration in ("Release", "Debug"):
        program = ROOT / f"src/Client/bin/{configuration}/net10.0/granary.dll"
        if program.exists():
            return ["dotnet", str(program)]
    sys.exit("there is no built command line: dotnet build src/Client -c Release")


def hash_of(lines):
    return next((m[1] for m in map(HASH.search, lines) if m), None)


def choose(lines, killed):
    """The lines worth a place in the picture: what was said beside the progress, and the progress around the kill."""
    kept, dots = [], False
    steps = [i for i, line in enumerate(lines) if PROGRESS.match(line) and not LEFT_OUT.search(line)]
    if killed is None:
        near = set(steps[:1] + steps[-2:-1])
    else:
        near = {i for i in steps if killed - 2 <= i <= killed + 4} | set(steps[-2:-1])
    for i, line in enumerate(lines):
        if PROGRESS.match(line):
            if i not in near:
                dots = dots or i in steps
                continue
        elif LEFT_OUT.search(line):
            continue
        if dots:
            kept.append(("quiet", "..."))
            dots = False
        ink = "kill" if i == killed or "ended with code" in line else "plain"
        if i == killed:
            pid, silo = re.search(r"kill -9 (\d+) \((.*)\)", line).groups()
            line = f"                                   in another terminal: $ kill -9 {pid}    # {silo}"
        kept.append((ink, line))
    return kept


def text(column, row, line, ink, bold=False):
    y = BAR + PAD + row * LINE
    weight = ' font-weight="600"' if bold else ""
    return (f'<text x="{PAD + column * CELL:.1f}" y="{y}" fill="{INK[ink]}" textLength="{len(line) * CELL:.1f}"{weight}'
            f' xml:space="preserve">{escape(line)}</text>')


def draw(rows):
    columns = max(len(line) + (2 if ink == "command" else 0) for ink, line in rows)
    width, height = round(2 * PAD + columns * CELL), BAR + PAD + len(rows) * LINE + 4
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="{SIZE}">',
        "<title>A training run, and the same run with a silo killed: the weights have the same hash</title>",
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8" fill="#161b22" stroke="#6e7681"/>',
        *[f'<circle cx="{PAD + 4 + 18 * i}" cy="18" r="5.5" fill="{fill}"/>' for i, fill in enumerate(("#ff5f57", "#febc2e", "#28c840"))],
    ]
    for row, (ink, line) in enumerate(rows):
        if ink == "command":
            out += [text(0, row, "$", "prompt"), text(2, row, line, "command", bold=True)]
        elif found := HASH.search(line):
            out += [text(0, row, line[:found.start(1)], "plain"), text(found.start(1), row, found[1], "hash", bold=True)]
        elif line:
            out.append(text(0, row, line, ink))
    return "\n".join(out) + "\n</svg>\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--granary", nargs="+", help="the command line (default: the one that is built here)")
    parser.add_argument("--output", default=str(ROOT / "docs/plots/kill.svg"))
    arguments = parser.parse_args()
    granary = arguments.granary or built()
    rows, hashes = [], []
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "GRANARY_HOME": f"{folder}/home"}
        for name, kill in (("undisturbed", None), ("killed", "silo-2")):
            print(f"--- {name}")
            code, lines, killed = kill_midway.run(
                [*granary, "train", str(ROOT / JOB), "--output", f"{folder}/{name}"], kill, environment=environment)
            if code != 0 or (kill and killed is None):
                sys.exit(f"{name}: the command ended with code {code}" + ("" if killed is not None else ", and no silo was killed"))
            hashes.append(hash_of(lines))
            rows += [("plain", "")] if rows else []
            rows += [("command", f"granary train {JOB} --output {name}"), *choose(lines, killed)]
    if len(set(hashes)) != 1:
        sys.exit(f"the hashes differ: {hashes}")
    Path(arguments.output).write_text(draw(rows))
    print(f"the same hash twice: {hashes[0]}; {arguments.output}")


if __name__ == "__main__":
    main()

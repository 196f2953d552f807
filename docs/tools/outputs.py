#!/usr/bin/env python3
"""Runs the commands of the docs' blocks that are marked with outputs.py, and puts what they print below them.

    dotnet build src/Client -c Release
    python3 docs/tools/outputs.py docs/tutorials/3-mlp.md ...

A page's commands run one after the other in one new folder that has examples/, samples/ and docs/ of this repository, with `granary` on the PATH;
those of dotnet run in the repository. A command that shows nothing on the page shows nothing afterwards. The mark says what is shown:

    <!-- outputs.py -->           all of it; of the lines of progress three, and those around a kill
    <!-- outputs.py result -->    what it came to, and warnings; "..." stands for progress

A page is not changed where one of its commands fails. `granary:` lines that a page shows on purpose may fail. Python's standard library alone.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from record_kill import ROOT, built

BLOCK = re.compile(r"^<!-- outputs\.py( result)? -->\n```\n(.*?)^```$", re.M | re.S)
COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n", re.M)
PROGRESS = re.compile(r"^(epoch |\[\d+/\d+\] )")
START = re.compile(r"^(reading |gathering |starting |evaluating |\S+-(sweep|cv)-\w+: |silo-\d+ has joined )")
DOTS = "..."


def shown(lines, result):
    """All lines, but of the progress only the first, the middle and the last one, or those around a kill; in a result none."""
    if result:
        lines = [line for line in lines if not START.match(line)]
        progress = [i for i, line in enumerate(lines) if PROGRESS.match(line)]
        return [DOTS if i == progress[0] else line for i, line in enumerate(lines) if i not in progress[1:]]
    steps = [i for i, line in enumerate(lines) if PROGRESS.match(line)]
    kill = next((i for i, line in enumerate(lines) if line.startswith("--- kill ")), None)
    if kill is None:
        keep = {steps[0], steps[len(steps) // 2], steps[-1]} if steps else set()
    else:
        keep = set([i for i in steps if i < kill][-1:] + [i for i in steps if i > kill][:2])
    kept = []
    for i, line in enumerate(lines):
        if i in keep or i not in steps:
            kept.append(line)
        elif kept[-1:] != [DOTS]:
            kept.append(DOTS)
    return kept


def run(command, folder, environment, result, may_fail):
    """What a command prints, as the page shows it."""
    print("$", command, flush=True)
    if command.startswith("export "):  # for the commands below it
        name, value = command.split(None, 1)[1].split("=", 1)
        environment[name] = value
        return []
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT if command.startswith("dotnet ") else folder, env=environment, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0 and not may_fail:
        sys.exit(f"{command}: exit code {done.returncode}\n{done.stdout}")
    return shown([line.rstrip() for line in done.stdout.splitlines()], result)


def renew(page, folder, environment):
    def block(match):
        result, text = bool(match[1]), match[2]
        parts, out = COMMAND.split(text), [f"<!-- outputs.py{match[1] or ''} -->\n```\n"]
        for command, before in zip(parts[1::2], parts[2::2]):
            lines = run(command, folder, environment, result, may_fail="granary: " in before)
            out.append(f"$ {command}\n" + "".join(f"{line}\n" for line in lines if before))
        return "".join(out) + "```"

    return BLOCK.sub(block, page)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", type=Path)
    granary = built()
    for path in parser.parse_args().pages:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("examples", "samples", "docs"):
                (Path(folder) / name).symlink_to(ROOT / name)
            program = Path(folder) / "bin/granary"
            program.parent.mkdir()
            program.write_text(f'#!/bin/sh\nexec {" ".join(granary)} "$@"\n')
            program.chmod(0o755)
            environment = {**{k: v for k, v in os.environ.items() if not k.startswith("GRANARY_")},
                           "PATH": f"{program.parent}:{os.environ['PATH']}", "GRANARY_HOME": f"{folder}/home"}
            path.write_text(renew(path.read_text(), folder, environment))


if __name__ == "__main__":
    main()

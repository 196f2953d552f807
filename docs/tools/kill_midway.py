#!/usr/bin/env python3
"""Runs a `granary train` and kills one of its silos (kill -9) in the middle of the run.

    python3 docs/tools/kill_midway.py [--silo silo-2] [--share 0.2] -- granary train examples/digits-mlp.yaml

Everything that the command prints is passed on. The silo is killed when the command first shows a step between --share and
1 - --share of all steps. Linux alone: the silo is found among the command's own children in /proc, so that nothing else is hit.
The exit code is the command's own; it is 9 where the job was over before a silo could be killed (give it more epochs).
"""

import argparse
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

STEP = re.compile(r"step ([\d,]+)/([\d,]+)")
TOO_SOON = 9


def silo(parent, name):
    """The process id of the silo of that name that `parent`, or a child of it, has started; None: there is none."""
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"--name" in words and words[words.index(b"--name") + 1] == name.encode() and descends(int(process.name), parent):
                return int(process.name)
        except (OSError, IndexError):
            pass  # it has just ended, or belongs to somebody else
    return None


def descends(process, ancestor):
    while process > 1:
        if process == ancestor:
            return True
        # The name, in brackets, may hold spaces; what follows it is the state and the parent.
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return False


def run(command, kill=None, share=0.2, say=print, environment=None):
    """Runs the command to its end. Returns its exit code, its lines, and the line after which the silo `kill` was killed (None: not)."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, bufsize=1, env=environment)
    lines, killed = [], None
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        say(lines[-1])
        place = STEP.search(line)
        if not kill or killed is not None or not place:
            continue
        step, steps = (int(n.replace(",", "")) for n in place.groups())
        if share <= step / steps <= 1 - share and (pid := silo(process.pid, kill)):
            os.kill(pid, signal.SIGKILL)
            killed = len(lines)
            lines.append(f"--- kill -9 {pid} ({kill}) ---")
            say(lines[-1])
    return process.wait(), lines, killed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--silo", default="silo-2", help="the silo's name")
    parser.add_argument("--share", type=float, default=0.2, help="how far the run must have come, and how far it must be from its end")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    code, _, killed = run(arguments.command, arguments.silo, arguments.share, lambda line: print(line, flush=True))
    if killed is None and code == 0:
        print("the job was over before a silo could be killed: give it more epochs (--set training.epochs=...)", file=sys.stderr)
        return TOO_SOON
    return code


if __name__ == "__main__":
    sys.exit(main())

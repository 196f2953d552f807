#!/usr/bin/env python3
"""Writes docs/reference/command-line.md from the --help of every command of the built command line.

    dotnet build src/Client -c Release
    python3 docs/tools/command_line.py

A test of tests/Cluster.Tests fails where the page lacks a command or an option. Python's standard library alone.
"""

import argparse
import os
import re
import subprocess
import tempfile

from record_kill import ROOT, built

HOME = tempfile.TemporaryDirectory()  # without a home .NET knows no ~/.granary
PAGE = ROOT / "docs/reference/command-line.md"

HEAD = """# The command line

Written by `docs/tools/command_line.py` from `granary COMMAND --help`: change the descriptions in src/Client/Commands and src/Silo/Commands, then run it again.

What a command came to is on standard output, how it gets there and what went wrong is on standard error. With `--json` one document is alone on
standard output. [Exit codes](exit-codes.md) and [environment variables](environment.md) have pages of their own. Every command takes `--help`.
"""

# Groups of the page, in the order of the table of contents; what is in none of them comes last.
GROUPS = [
    ("Training", "train sweep cv check inspect plan schema"),
    ("Using a model", "evaluate predict generate neighbours export"),
    ("A lasting cluster", "up down status ui scale logs silo"),
    ("Jobs on it", "submit fetch jobs show watch wait cancel pause resume audit why top goodput chaos"),
    ("Clusters elsewhere, and who may ask them", "login logout context token audit-log"),
]


def ask(granary, *arguments):
    # What depends on the machine is given, or replaced below.
    environment = {**os.environ, "HOME": HOME.name, "POD_NAME": "silo-PID"}
    for name in [n for n in environment if n.startswith("GRANARY_")]:
        del environment[name]
    text = subprocess.run([*granary, *arguments, "--help"], env=environment, capture_output=True, text=True, check=True).stdout
    text = text.replace(f"{HOME.name}/.granary", "~/.granary")
    return re.sub(r"(Compute threads\. \(\$GRANARY_THREADS; default) \d+\) \[default: \d+\]", r"\1: the number of cores)", text)


def sections(text):
    """The help's parts by their headings: lines without their indent."""
    parts, name = {}, None
    for line in text.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            name = line[:-1]
            parts[name] = []
        elif name and line.strip():
            parts[name].append(line.strip())
    return parts


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def row(line):
    """'--silos <silos>  Silo processes. [default: 2]' as a row of a table."""
    term, _, what = line.partition("  ")
    required = " (REQUIRED)" in term
    term = term.replace(" (REQUIRED)", "")
    found = re.search(r" \[default: (.*)\]$", what)
    default = f"`{found[1]}`" if found and found[1] else "required" if required else ""
    what = what[:found.start()] if found else what
    term = term.replace("|", "\\|")
    return f"| `{term}` | {cell(what.strip())} | {default} |"


def leaves(granary, command):
    """The command, or those that it has below itself: "token create", ..."""
    below = sections(ask(granary, *command.split())).get("Commands", [])
    return [leaf for line in below for leaf in leaves(granary, f"{command} {line.split()[0]}")] or [command]


def section(granary, command):
    parts = sections(ask(granary, *command.split()))
    usage = parts["Usage"][0].replace("Granary.Silo silo", "granary silo")
    out = [f"### granary {command}", "", cell(" ".join(parts["Description"])), "", "```", usage, "```", ""]
    rows = [row(line) for line in parts.get("Arguments", []) + parts.get("Options", []) if "--help" not in line]
    if rows:
        out += ["| | | default |", "| --- | --- | --- |", *rows, ""]
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--granary", nargs="+", help="the command line (default: the one that is built here)")
    granary = parser.parse_args().granary or built()
    commands = [line.split()[0] for line in sections(ask(granary))["Commands"]]
    grouped = [(title, [c for c in names.split() if c in commands]) for title, names in GROUPS]
    rest = [c for c in commands if not any(c in names for _, names in grouped)]
    lines = [HEAD]
    for title, names in [*grouped, ("Others", rest)]:
        if names:
            lines += [f"## {title}", ""]
            for name in (leaf for command in names for leaf in leaves(granary, command)):
                print(name)
                lines += section(granary, name)
    PAGE.write_text("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    main()

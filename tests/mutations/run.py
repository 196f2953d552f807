#!/usr/bin/env python3
"""Breaks each formula of docs/explanation/notes.md on purpose, in a scratch clone, and sees its test fail.

    tests/mutations/run.py            every mutation whose row in results.md is missing, bad or no longer current
    tests/mutations/run.py --all      every mutation
    tests/mutations/run.py TEXT ...   those whose row holds one of the texts

RUN="nice -n 5" goes before every dotnet command. A mutation of mutations.json is one text of one file for another; it must be there exactly
once. What was found is kept in results.md, each row with a digest of the mutation and of the lines that it changes: the suite refuses a row
whose digest is not that of today. The clone is of the last commit."""
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RUN = shlex.split(os.environ.get("RUN", ""))
RESULTS = HERE / "results.md"
MUTATIONS = json.loads((HERE / "mutations.json").read_text(encoding="utf-8"))


def digest(mutation):
    """SHA-256 of what a mutation is and of the whole lines that its text stands in; the same in MutationTests.cs."""
    whole = (ROOT / mutation["file"]).read_text(encoding="utf-8")
    at = whole.find(mutation["text"])
    if at < 0:
        return "absent"
    start = whole.rfind("\n", 0, at) + 1
    end = whole.find("\n", at + len(mutation["text"]))
    lines = whole[start:end if end >= 0 else len(whole)].strip()
    keys = ("file", "text", "replacement", "project", "test")
    return hashlib.sha256("\n".join([mutation[k] for k in keys] + [lines]).encode()).hexdigest()[:12]


def dotnet(clone, *arguments):
    return subprocess.run([*RUN, "dotnet", *arguments], cwd=clone, capture_output=True, text=True)


def tests(clone, project, name):
    option = "-class" if name.endswith("Tests") else "-method"
    pattern = f"*{name}" if option == "-class" else f"*.{name}*"
    program = next((clone / f"tests/{project}.Tests/bin").rglob(f"Granary.{project}.Tests.dll"))
    found = dotnet(clone, program, option, pattern).stdout
    counts = re.search(r"Total: (\d+), Errors: (\d+), Failed: (\d+)", found)
    total, errors, failed = (int(n) for n in counts.groups()) if counts else (0, 0, 0)
    return errors + failed, total


def assembly(file):
    """The part of src whose assembly has the file: descriptions of models are written in src/Model and compiled into Granary.Jobs, too."""
    return "Jobs" if file.endswith(".Description.cs") else file.split("/")[1]


def tried(clone, mutation):
    path = clone / mutation["file"]
    whole = path.read_text(encoding="utf-8")
    if whole.count(mutation["text"]) != 1:
        return f"the text is there {whole.count(mutation['text'])} times"
    part = assembly(mutation["file"])
    made = next((clone / f"tests/{mutation['project']}.Tests/bin").rglob(f"Granary.{part}.dll"))
    right = made.read_bytes()
    path.write_text(whole.replace(mutation["text"], mutation["replacement"]), encoding="utf-8")
    try:
        # Only the part that was changed is compiled, and laid where its test finds it.
        build = dotnet(clone, "build", f"src/{part}", "--no-dependencies", "--no-restore", "-v", "q", "-p:TreatWarningsAsErrors=false")
        if build.returncode != 0:
            return "does not build: " + "; ".join(sorted(set(re.findall(r"error [^\[]*", build.stdout))))[:200]
        shutil.copyfile(next((clone / f"src/{part}/bin").rglob(f"Granary.{part}.dll")), made)
        if made.read_bytes() == right:
            return "NOT COMPILED"
        failed, total = tests(clone, mutation["project"], mutation["test"])
        return "fails" if failed > 0 else f"DOES NOT FAIL ({total} succeeded)"
    finally:
        path.write_text(whole, encoding="utf-8")
        made.write_bytes(right)


def known():
    """What the last runs found, by row."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []
    return {line.split(" | ")[0][2:]: line for line in lines if line.startswith("| ") and line.count(" | ") == 6}


def line(mutation, verdict):
    cells = (mutation["row"], mutation["file"], f"`{mutation['text']}`", f"`{mutation['replacement']}`", mutation["test"], digest(mutation), verdict)
    return f"| {' | '.join(cells)} |"


def write(found):
    RESULTS.write_text(
        "# Formulas broken on purpose\n\nWritten by tests/mutations/run.py: each text of a file is replaced, alone, and its test must fail. `of` is a digest of\n"
        "the mutation and of the lines that it changes: where it is not today's, the suite asks for another run.\n\n"
        "| row | file | text | replaced by | test | of | it |\n| --- | --- | --- | --- | --- | --- | --- |\n"
        + "".join(found[m["row"]] + "\n" for m in MUTATIONS if m["row"] in found), encoding="utf-8")


def try_all(clone, chosen):
    unbroken = {}
    bad = 0
    for mutation in chosen:
        test = (mutation["project"], mutation["test"])
        if test not in unbroken:
            unbroken[test] = tests(clone, *test)
        failed, total = unbroken[test]
        verdict = "FAILS UNBROKEN" if failed > 0 else tried(clone, mutation) if total > 0 else "NO SUCH TEST"
        bad += verdict != "fails"
        print(f"{mutation['row']}: {mutation['test']}: {verdict}", flush=True)
        write(known() | {mutation["row"]: line(mutation, verdict)})
    return bad


def main():
    words = sys.argv[1:]
    chosen = [m for m in MUTATIONS if "--all" in words or any(w in m["row"] for w in words)
              or (not words and known().get(m["row"]) != line(m, "fails"))]
    with tempfile.TemporaryDirectory(prefix="granary-mutations-") as folder:
        clone = pathlib.Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
        for project in sorted({m["project"] for m in chosen}):
            if dotnet(clone, "build", f"tests/{project}.Tests", "-v", "q").returncode != 0:
                sys.exit(f"tests/{project}.Tests does not build as it is")
        bad = try_all(clone, chosen)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()

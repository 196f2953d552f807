#!/usr/bin/env python3
"""Does the goodput ledger add up? One job on three silos through ten kills, two freezes, a pause and a resize, scraped by Prometheus.

    ledger.py [SECONDS]     how long the job is to be disturbed, at least; default 90

Needs redis-server and prometheus on the PATH, and a Release build of src/Client. Everything listens on the loopback, runs under a folder
of its own and is stopped at the end. Printed: the sum of the ledger's parts and its wall clock, against this program's clock; its lost
steps, against those that the job's events tell of; and its parts, against what Prometheus had scraped shortly before and after. The exit code
is 1 where they differ.
"""
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
GRANARY = ["dotnet", str(ROOT / "src/Client/bin/Release/net10.0/granary.dll")]
JOB = [str(ROOT / "examples/digits-mlp.yaml"), "--set", "model.hidden=[256,128]", "training.optimizer.kind=adam",
       "training.optimizer.learningRate=0.001", "training.epochs=100000"]
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 90
choices = random.Random(5)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def get(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)


class Silo:
    """A silo that is started again whenever it ends, until it is told to leave."""

    def __init__(self, name, environment, folder):
        self.name, self.health, self.web = name, free_port(), free_port()
        self.environment, self.folder, self.leaving = environment, folder, False
        threading.Thread(target=self.supervise, daemon=True).start()

    def supervise(self):
        with open(self.folder / f"{self.name}.log", "ab") as log:
            while not self.leaving:
                self.process = subprocess.Popen(
                    [*GRANARY, "silo", "--name", self.name, "--home", str(self.folder / "home"), "--store", "redis", "--threads", "1",
                     "--telemetry", "prometheus", "--health-port", str(self.health), "--web-port", str(self.web), "--end-with-stdin"],
                    env=self.environment, stdin=subprocess.PIPE, stdout=log, stderr=log)
                self.process.wait()
                time.sleep(0.2)

    def silo_pid(self):
        """The command is the silo's parent where it starts another program, else the silo itself."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else self.process.pid

    def signal(self, number):
        os.kill(self.silo_pid(), number)

    def leave(self):
        self.leaving = True
        self.signal(signal.SIGTERM)


def main(folder):
    for program in ("redis-server", "prometheus"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not on the PATH")
    redis_port, prometheus_port = free_port(), free_port()
    others = [subprocess.Popen(["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)], stdout=subprocess.DEVNULL)]
    environment = dict(os.environ, GRANARY_REDIS=f"127.0.0.1:{redis_port}", GRANARY_HOME=str(folder / "home"), GRANARY_CLUSTER="ledger")
    silos = [Silo(f"silo-{i + 1}", environment, folder) for i in range(3)]

    def granary(*arguments):
        done = subprocess.run([*GRANARY, *arguments], env=environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"granary {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def show():
        return json.loads(granary("show", job, "--json"))

    def until(condition, what):
        end = time.time() + 120
        while time.time() < end:
            try:
                if condition():
                    return
            except Exception:  # a silo that is asked may just be gone
                pass
            time.sleep(0.2)
        raise RuntimeError(f"waited in vain for {what}")

    def silos_there(count):
        until(lambda: len(json.loads(granary("status", "--json"))["silos"]) >= count, f"{count} silos")

    try:
        silos_there(3)
        targets = ", ".join(f"'127.0.0.1:{s.health}'" for s in silos)
        (folder / "prometheus.yaml").write_text(
            "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n  - job_name: granary\n    honor_labels: true\n"
            f"    static_configs: [{{targets: [{targets}]}}]\n")
        others.append(subprocess.Popen(
            ["prometheus", f"--config.file={folder / 'prometheus.yaml'}", f"--storage.tsdb.path={folder / 'series'}",
             f"--web.listen-address=127.0.0.1:{prometheus_port}"], stderr=subprocess.DEVNULL))
        before = time.time()
        job = json.loads(granary("submit", *JOB, "--detach", "--json"))["job"]
        after = time.time()

        def moves():
            step = show()["step"]
            until(lambda: show()["step"] > step, "the next step")

        began = time.time()
        moves()
        plan = ["kill"] * 10 + ["freeze"] * 2 + ["pause", "resize"]
        choices.shuffle(plan)
        for fault in plan:
            time.sleep(max(0.5, SECONDS / len(plan) - 4))
            victim = choices.choice(silos)
            print(f"{time.time() - began:6.1f} s  {fault} {victim.name if fault in ('kill', 'freeze') else ''}", flush=True)
            if fault == "kill":
                victim.signal(signal.SIGKILL)
            elif fault == "freeze":
                pid = victim.silo_pid()
                os.kill(pid, signal.SIGSTOP)
                time.sleep(5)
                try:
                    os.kill(pid, signal.SIGCONT)
                except ProcessLookupError:
                    pass
            elif fault == "pause":
                granary("pause", job)
                time.sleep(3)
                granary("resume", job)
            else:
                silos.append(Silo("silo-4", environment, folder))
                silos_there(4)
                time.sleep(3)
                silos.pop().leave()
            moves()
        time.sleep(12)  # a cluster at rest

        def scraped():
            here = f'granary_job_time_seconds{{job="{job}"}} and on (instance) granary_job_running{{job="{job}"}} == 1'  # the coordinator's silo
            answer = get(f"http://127.0.0.1:{prometheus_port}/api/v1/query?query={urllib.parse.quote(here)}")
            return {s["metric"]["part"]: float(s["value"][1]) for s in answer["data"]["result"]}

        # Figures are a second old at most, and a scrape another one.
        earlier = scraped()
        meanwhile = json.loads(granary("goodput", job, "--json"))
        time.sleep(4)
        later = scraped()
        not_ended = time.time()
        granary("cancel", job)
        until(lambda: show()["state"] == "cancelled", "the job's end")
        ended = time.time()
        ledger = json.loads(granary("goodput", job, "--json"))
        events = get(f"http://127.0.0.1:{silos[0].web}/api/v1/jobs/{job}/events")
        return report((not_ended - after, ended - before), ledger, meanwhile, (earlier, later), events)
    finally:
        for silo in silos:
            silo.leaving = True
            try:
                silo.signal(signal.SIGKILL)
            except (OSError, AttributeError):
                pass
        for process in others:
            process.kill()


def report(wall, ledger, meanwhile, scraped, events):
    """Compares, and says what differs.

    wall: the least and the most that the job can have lasted by this program's clock, s
    ledger, meanwhile: what `granary goodput` said at the end, and while the job trained
    scraped: the parts that Prometheus had before and after `meanwhile`, s
    """
    good = True

    def say(what, found, least, most):
        nonlocal good
        within = least <= found <= most
        good &= within
        print(f"{what}: {found:.3f}, which must be from {least:.3f} to {most:.3f}{'' if within else '   DIFFERS'}")

    total = sum(p["seconds"] for p in ledger["parts"])
    say("the parts together, s", total, ledger["wallSeconds"] * 0.995, ledger["wallSeconds"] * 1.005)
    say("the ledger's wall clock, s", ledger["wallSeconds"], wall[0], wall[1])
    redone = sum(r["from"] - r["to"] for r in (e.get("rewind") for e in events) if r)
    say("steps taken again, by the events", ledger["stepsRedone"], redone, redone)
    earlier, later = scraped
    for part in meanwhile["parts"]:
        name = part["name"]
        say(f"{name}, s, by Prometheus", part["seconds"], earlier.get(name, 0) - 0.01, later.get(name, 0) + 0.01)
    print(json.dumps(ledger))
    print("the ledger adds up" if good else "THE LEDGER DOES NOT ADD UP")
    return 0 if good else 1


if __name__ == "__main__":
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="granary-ledger-"))
    try:
        sys.exit(main(scratch))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)

"""Seconds from the kill -9 of one of torchrun's two workers to the next step, a number a line. Everything since the last
checkpoint is lost on top: this worker has none."""
import os
import signal
import subprocess
import sys
import tempfile
import time

times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
with tempfile.TemporaryDirectory() as folder:
    worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "elastic_worker.py")
    torchrun = subprocess.Popen(
        [sys.executable, "-m", "torch.distributed.run", "--redirects", "1", "--tee", "1", "--max_restarts", str(times + 1),
         "--monitor_interval", "0.1", "--nproc_per_node", "2", worker, folder],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ, OMP_NUM_THREADS="1"))
    steps, pid = os.path.join(folder, "steps-0"), os.path.join(folder, "pid")

    def newest():
        if torchrun.poll() is not None:
            sys.exit(f"torchrun ended with code {torchrun.returncode}: is python3-torch installed for {sys.executable}?")
        try:
            with open(steps) as file:
                lines = file.read().split("\n")
            return float(lines[-2]) if len(lines) > 1 else 0.0
        except OSError:
            return 0.0

    try:
        for _ in range(times):
            since = time.time()
            while newest() < since + 1:  # it trains again, for a second
                time.sleep(0.02)
            with open(pid) as file:
                victim = int(file.read())
            killed = time.time()
            os.kill(victim, signal.SIGKILL)
            while newest() < killed + 0.2:  # rank 0 may have had a step or two under way
                time.sleep(0.005)
            with open(steps) as file:
                after = [float(line) for line in file.read().split("\n")[:-1]]
            print(min(t for t in after if t > killed + 0.2) - killed, flush=True)
    finally:
        torchrun.terminate()
        torchrun.wait()

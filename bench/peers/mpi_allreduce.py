"""Open MPI's all-reduce. Started by mpirun. Arguments: WEIGHTS:STEPS:WARMUP ...; prints median milliseconds by "WEIGHTS ms"."""
import json
import statistics
import sys
import time

import numpy
from mpi4py import MPI

world = MPI.COMM_WORLD
figures = {}
for work in sys.argv[1:]:
    weights, steps, warm_up = map(int, work.split(":"))
    vector, total = numpy.ones(weights, "f4"), numpy.empty(weights, "f4")
    times = []
    for step in range(warm_up + steps):
        began = time.perf_counter()
        world.Allreduce(vector, total)
        times.append(time.perf_counter() - began)
    assert (total == world.size).all()
    figures[f"{weights} ms"] = 1e3 * statistics.median(times[warm_up:])
if world.rank == 0:
    print(json.dumps(figures), flush=True)

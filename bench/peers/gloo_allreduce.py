"""gloo's all-reduce between ranks on loopback. Arguments: WEIGHTS:STEPS:WARMUP ...; prints median milliseconds by "WEIGHTS ms"."""
import json
import statistics
import sys
import time

import ranks
import torch
import torch.distributed as dist

torch.set_num_threads(1)
ranks.meet()
figures = {}
for work in sys.argv[1:]:
    weights, steps, warm_up = map(int, work.split(":"))
    vector = torch.full((weights,), 1.0)
    times = []
    for step in range(warm_up + steps):
        began = time.perf_counter()
        dist.all_reduce(vector)
        times.append(time.perf_counter() - began)
        vector.div_(dist.get_world_size())  # the mean, so that the numbers stay as they are; not timed
    assert torch.all(vector == 1.0)
    figures[f"{weights} ms"] = 1e3 * statistics.median(times[warm_up:])
if dist.get_rank() == 0:
    print(json.dumps(figures), flush=True)
dist.destroy_process_group()

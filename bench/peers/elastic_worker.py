"""One rank of a tiny job under torchrun: an all-reduce every 10 ms; rank 1 says who it is, rank 0 when each step was done."""
import os
import sys
import time

import torch
import torch.distributed as dist

folder = sys.argv[1]
dist.init_process_group("gloo")
if dist.get_rank() == 1:
    with open(os.path.join(folder, "pid"), "w") as file:
        file.write(str(os.getpid()))
with open(os.path.join(folder, f"steps-{dist.get_rank()}"), "a", buffering=1) as steps:
    for _ in range(100_000):
        dist.all_reduce(torch.ones(1000))
        steps.write(f"{time.time()}\n")
        time.sleep(0.01)

"""PyTorch's DistributedDataParallel over gloo, one thread a rank. Arguments: WORK DATA LABELS|- SECONDS.
Batches are gathered each step from data in memory; a permutation is drawn each epoch. Prints steps a second."""
import json
import sys
import time

import arithmetic
import ranks
import torch
import torch.distributed as dist
import works

WARM_UP = 20

name, data, labels, seconds = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
torch.set_num_threads(1)
ranks.meet()
torch.manual_seed(1)
inputs, targets = works.resident(name, data, labels, dist.get_rank())
model = torch.nn.parallel.DistributedDataParallel(works.model(name))
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
rows, n = works.WORKS[name][0], len(inputs)
order, at = torch.randperm(n), 0


def step():
    global order, at
    if at + rows > n:
        order, at = torch.randperm(n), 0
    index = order[at : at + rows]
    at += rows
    optimizer.zero_grad()
    works.loss(name, model(inputs.index_select(0, index)), targets.index_select(0, index)).backward()
    optimizer.step()


began = time.perf_counter()
for _ in range(WARM_UP):
    step()
# The ranks agree on how many steps fill the time.
steps = torch.tensor([max(1.0, seconds * WARM_UP / (time.perf_counter() - began))])
dist.all_reduce(steps, op=dist.ReduceOp.MIN)
steps = int(steps)
began = time.perf_counter()
for _ in range(steps):
    step()
took = time.perf_counter() - began
found = arithmetic.of_torch()  # both ranks, as in the steps
if dist.get_rank() == 0:
    print(json.dumps({"steps/s": steps / took, "arithmetic": found}), flush=True)
dist.destroy_process_group()

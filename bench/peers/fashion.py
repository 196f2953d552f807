"""DDP on Fashion-MNIST: FOLDER ROWS-A-RANK EPOCHS SEED ACCURACY. Prints the seconds from the first step to the end of the first epoch
after which so many of the held-out images are right, each rank having judged its half of them; null where none was good enough."""
import gzip
import json
import os
import sys
import time

import arithmetic
import ranks
import torch
import torch.distributed as dist
import works

folder, rows, epochs, seed, wanted = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
torch.set_num_threads(1)
ranks.meet()
rank, world = dist.get_rank(), dist.get_world_size()


def read(name, header):
    with gzip.open(os.path.join(folder, name)) as file:
        file.read(header)
        return torch.frombuffer(bytearray(file.read()), dtype=torch.uint8)


def half(images, labels):
    images, labels = read(images, 16).view(-1, 784), read(labels, 8)
    n = len(labels) // world
    return images[rank * n : (rank + 1) * n].float() / 255, labels[rank * n : (rank + 1) * n].long()


inputs, targets = half("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz")
held_inputs, held_targets = half("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
torch.manual_seed(seed)
model = torch.nn.parallel.DistributedDataParallel(works.model("mlp"))
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
torch.manual_seed(seed + 1000 * rank)
steps = (len(inputs) + rows - 1) // rows
reached = None
dist.barrier()
began = time.perf_counter()
for epoch in range(epochs):
    order = torch.randperm(len(inputs))
    for step in range(steps):
        index = order[step * len(inputs) // steps : (step + 1) * len(inputs) // steps]
        optimizer.zero_grad()
        works.loss("mlp", model(inputs.index_select(0, index)), targets.index_select(0, index)).backward()
        optimizer.step()
    with torch.no_grad():
        right = (model.module(held_inputs).argmax(1) == held_targets).sum()
    dist.all_reduce(right)
    if right.item() / (world * len(held_targets)) >= wanted:
        reached = time.perf_counter() - began
        break
found = arithmetic.of_torch()  # both ranks, as in the steps
if rank == 0:
    print(json.dumps({"seconds": reached, "arithmetic": found}), flush=True)
dist.destroy_process_group()

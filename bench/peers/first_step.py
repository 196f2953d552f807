"""Two ranks over gloo that read their data and take one step. Arguments: DATA LABELS EXAMPLES. Prints when the step was done."""
import json
import sys
import time

import ranks
import torch
import torch.distributed as dist
import works

torch.set_num_threads(1)
ranks.meet()
works.WORKS["mlp"] = (128, int(sys.argv[3]), 784, 10)
inputs, targets = works.resident("mlp", sys.argv[1], sys.argv[2], dist.get_rank())
model = works.model("mlp")
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
for parameter in model.parameters():
    dist.broadcast(parameter.data, 0)
works.loss("mlp", model(inputs), targets).backward()
for parameter in model.parameters():
    dist.all_reduce(parameter.grad)
    parameter.grad /= dist.get_world_size()
optimizer.step()
stepped = time.time()
import arithmetic  # noqa: E402: not a part of the start that is measured

found = arithmetic.of_torch()
if dist.get_rank() == 0:
    print(json.dumps({"stepped": stepped, "arithmetic": found}), flush=True)
dist.destroy_process_group()

"""The rate of PyTorch's products in the shapes of the works, with the BLAS as the environment configures it. Prints what the
others print of their arithmetic, the GFLOP/s over the works (their geometric mean), and the greatest error against float64, relative
to the product's largest number."""
import json
import math

import arithmetic
import torch

SECONDS = 0.04  # for each product
# (rows, inner, columns): forward, then the gradients of weights and inputs.
WORKS = {
    "logistic": [(1024, 100, 1), (1, 1024, 100)],
    "mlp": [(128, 784, 256), (128, 256, 10), (256, 128, 784), (10, 128, 256), (128, 10, 256)],
    "big-mlp": [(128, 784, 2048), (128, 2048, 2048), (2048, 128, 784), (2048, 128, 2048)],
    "gpt": [(1024, 128, 384), (1024, 128, 128), (1024, 128, 512), (1024, 512, 128), (384, 1024, 128), (512, 1024, 128), (1024, 128, 65)],
}

torch.set_num_threads(1)
torch.manual_seed(1)
rates, error = [], 0.0
for shapes in WORKS.values():
    operations, seconds = 0, 0.0
    for rows, inner, columns in shapes:
        a, b = torch.randn(rows, inner), torch.randn(inner, columns)
        exact = a.double() @ b.double()
        wrong = ((a @ b).double() - exact).abs().max() / exact.abs().max()
        error = max(error, wrong.item() if math.isfinite(wrong) else 1e9)
        operations += 2 * rows * inner * columns
        seconds += arithmetic.best(lambda: torch.mm(a, b), SECONDS)
    rates.append(1e-9 * operations / seconds)
works = math.exp(sum(map(math.log, rates)) / len(rates))
print(json.dumps({"arithmetic": arithmetic.of_torch(), "works": works, "error": error}), flush=True)

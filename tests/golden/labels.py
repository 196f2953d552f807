"""Logistic regression of several labels by PyTorch: /usr/bin/python3 tests/golden/labels.py writes labels.json.

An example has any number of labels. All examples in every step, float64, from zero, plain SGD: the loss before each step is the sum over the
labels of binary cross-entropy, averaged over the examples.
"""
import json
import pathlib

import numpy
import torch

ROWS, FEATURES, LABELS, STEPS, RATE = 60, 3, ["blue", "green", "red"], 25, 0.7

numbers = numpy.random.default_rng(31)
x = numpy.round(numbers.normal(size=(ROWS, FEATURES)), 3)
z = x @ numbers.normal(size=(FEATURES, len(LABELS))) * 2 - 0.5
y = (numbers.uniform(size=z.shape) < 1 / (1 + numpy.exp(-z))).astype(float)
assert (y.sum(1) == 0).any() and (y.sum(1) > 1).any()

w = torch.zeros(len(LABELS), FEATURES, dtype=torch.float64, requires_grad=True)
b = torch.zeros(len(LABELS), dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=RATE)
losses = []
for _ in range(STEPS):
    optimizer.zero_grad()
    outputs = torch.nn.functional.linear(torch.tensor(x), w, b)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(outputs, torch.tensor(y), reduction="sum") / ROWS
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

document = {
    "x": x.tolist(), "cells": ["|".join(l for l, there in zip(LABELS, row) if there) or "|" for row in y], "labels": LABELS, "rate": RATE,
    "losses": losses, "w": w.detach().numpy().tolist(), "b": b.detach().numpy().tolist(),
}
file = pathlib.Path(__file__).with_suffix(".json")
file.write_text(json.dumps(document, separators=(",", ":")) + "\n")
print(file, losses[0], losses[-1])

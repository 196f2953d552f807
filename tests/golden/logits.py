#!/usr/bin/env python3
"""PyTorch's logits of a model that Granary exported, for tests/Model.Tests/Files/PyTorchTests.cs.

    logits.py MODEL.safetensors INPUTS.json

INPUTS.json holds rows of features as they stand in the source (mlp) or of token ids (transformer); the logits are printed as
JSON. Nothing but the standard library and torch is needed: Debian's python3-torch has no safetensors package.
"""
import json
import math
import struct
import sys

import torch
from torch.nn.functional import gelu, layer_norm, linear

ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "gelu": gelu}


def load(path):
    """The tensors by name, and the metadata."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = torch.frombuffer(data, dtype=torch.float32, count=(end - start) // 4, offset=start)
        tensors[name] = values.reshape(entry["shape"])
    return tensors, {key.removeprefix("granary."): text for key, text in metadata.items()}


def mlp(w, model, x):  # [B, D] -> [B, K]
    layers = len(w) // 2
    for i in range(layers):
        x = linear(x, w[f"layers.{i}.weight"], w[f"layers.{i}.bias"])
        if i + 1 < layers or model["loss"] == "squared-error":
            x = ACTIVATIONS[model["activation"]](x)
    return x


def transformer(w, model, tokens):  # [B, T] -> [B, T, K]
    (b, t), c, heads = tokens.shape, model["width"], model["heads"]
    x = w["token_embedding.weight"][tokens] + w["position_embedding.weight"][:t]
    ahead = torch.ones(t, t, dtype=torch.bool).triu(1)
    for i in range(model["layers"]):
        p = {name.removeprefix(f"blocks.{i}."): value for name, value in w.items() if name.startswith(f"blocks.{i}.")}
        n = layer_norm(x, (c,), p["norm1.weight"], p["norm1.bias"])
        q, k, v = (
            part.view(b, t, heads, c // heads).transpose(1, 2)
            for part in linear(n, p["attention.qkv.weight"], p["attention.qkv.bias"]).split(c, dim=2)
        )
        scores = (q @ k.transpose(2, 3) / math.sqrt(c // heads)).masked_fill(ahead, -math.inf)
        mixed = (scores.softmax(3) @ v).transpose(1, 2).reshape(b, t, c)
        x = x + linear(mixed, p["attention.output.weight"], p["attention.output.bias"])
        n = layer_norm(x, (c,), p["norm2.weight"], p["norm2.bias"])
        up = ACTIVATIONS[model["activation"]](linear(n, p["mlp.up.weight"], p["mlp.up.bias"]))
        x = x + linear(up, p["mlp.down.weight"], p["mlp.down.bias"])
    return linear(layer_norm(x, (c,), w["norm.weight"], w["norm.bias"]), w["unembedding.weight"])


def main():
    tensors, metadata = load(sys.argv[1])
    model = json.loads(metadata["model"])
    kind = torch.float64 if model["precision"] == "float64" else torch.float32
    w = {name: value.to(kind) for name, value in tensors.items()}
    with open(sys.argv[2]) as file:
        rows = json.load(file)
    if model["kind"] == "transformer":
        logits = transformer(w, model, torch.tensor(rows))
    else:
        x = torch.tensor(rows, dtype=torch.float64)
        scaling = json.loads(metadata["scaling"])
        if scaling is not None:
            deviation = torch.tensor(scaling["deviation"], dtype=torch.float64)
            x = (x - torch.tensor(scaling["mean"], dtype=torch.float64)) / deviation
            x = torch.where(deviation == 0, torch.zeros_like(x), x)  # a feature that never changed says nothing
        logits = mlp(w, model, x.to(kind))
    json.dump(logits.double().flatten().tolist(), sys.stdout)


main()

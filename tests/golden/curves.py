#!/usr/bin/env python3
"""PyTorch's loss curves, which tests/Grains.Tests/GoldenCurveTests.cs wants to see Granary follow on two silos.

    curves.py inputs    makes the data, the initial weights and the jobs: curves/*.csv, *.txt, *.safetensors, jobs.json
    curves.py losses    trains the same jobs with PyTorch: curves/losses.json

Between the two, tests/Model.Tests writes curves/plan.json: the examples that each step takes, and the words drawn against them
(see golden.sh, which does all three). Nothing else comes from Granary. Models are PyTorch's own modules where it has them,
gradients are autograd's, and optimisers, schedules and clipping are torch.optim's and torch.nn.utils'. Needs Debian's
python3-torch and python3-numpy.
"""
import collections
import csv
import json
import math
import pathlib
import re
import struct
import sys
import warnings

import numpy
import torch
from torch import nn
from torch.nn import functional

PLACE = pathlib.Path(__file__).parent / "curves"
STEPS = 50


# ---------------------------------------------------------------- inputs

def table(name, rows, features, labels, odds, seed):
    """Rows around one centre per label, four digits each."""
    random = numpy.random.default_rng(seed)
    centres = random.normal(0, 1, (len(labels), features))
    with open(PLACE / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([f"x{i}" for i in range(features)] + ["label"])
        for _ in range(rows):
            label = random.choice(len(labels), p=odds)
            writer.writerow([f"{x:.4f}" for x in centres[label] + random.normal(0, 1.2, features)] + [labels[label]])


def quantities():
    """Rows with a number each, and a count: both follow the features, with noise."""
    random = numpy.random.default_rng(7)
    with open(PLACE / "numbers.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([f"x{i}" for i in range(5)] + ["price", "count"])
        for _ in range(48):
            x = random.normal(0, 1, 5)
            z = x @ [0.5, -0.4, 0.3, 0.2, -0.1] + 0.3 * math.sin(2 * x[0])
            writer.writerow([f"{v:.4f}" for v in x] + [f"{120 + 35 * (z + random.normal(0, 0.3)):.2f}", random.poisson(math.exp(0.2 + z))])


def marks():
    """Rows with any number of three labels each, and what each row weighs."""
    random = numpy.random.default_rng(11)
    slopes = random.normal(0, 1.3, (5, 3))
    with open(PLACE / "labels.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([f"x{i}" for i in range(5)] + ["urgent", "billing", "spam", "weight"])
        for _ in range(48):
            x = random.normal(0, 1, 5)
            has = random.uniform(size=3) < 1 / (1 + numpy.exp(-(x @ slopes + [0.4, 0, -0.8])))
            writer.writerow([f"{v:.4f}" for v in x] + [int(h) for h in has] + [f"{random.uniform(0.1, 3):.2f}"])


def towns():
    """Rows between whose numbers stand categories: towns, some missing, and shades, one of which is rare. Both matter, to the label and to the number."""
    random = numpy.random.default_rng(17)
    heights, warmth = {"Ulm": 1.2, "Bonn": -0.9, "Jena": 0.1, "Kiel": -1.6, "": 0.5}, {"red": 0.8, "green": -0.7, "blue": 0.2, "teal": 0.0}
    with open(PLACE / "towns.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["x0", "town", "x1", "shade", "label", "price"])
        for i in range(48):
            town = list(heights)[i % 5] if i < 10 else random.choice(list(heights), p=[0.3, 0.25, 0.2, 0.15, 0.1])
            shade = "teal" if i in (5, 30) else random.choice(["red", "green", "blue"])
            x = random.normal(0, 1, 2)
            z = 0.5 * x[0] - 0.3 * x[1] + heights[str(town)] + warmth[str(shade)] + random.normal(0, 0.4)
            writer.writerow([f"{x[0]:.4f}", town, f"{x[1]:.4f}", shade, "a" if z < -0.6 else "b" if z < 0.6 else "c", f"{120 + 35 * z:.2f}"])
def images():
    """Images of two channels and odd sides in IDX files: each class has a bright spot at a place of its own, in noise."""
    random = numpy.random.default_rng(13)
    labels = random.choice(3, 48, p=[0.4, 0.35, 0.25]).astype("u1")
    pixels = random.uniform(0, 60, (48, *IMAGE))
    for image, label in zip(pixels, labels):
        row, column = [(1, 1), (4, 3), (5, 0)][label]
        image[label % 2, row:row + 2, column:column + 2] += 190
    for name, values in (("images.idx", pixels.astype("u1")), ("image-labels.idx", labels)):
        (PLACE / name).write_bytes(struct.pack(f">4B{values.ndim}i", 0, 0, 8, values.ndim, *values.shape) + values.tobytes())


def texts():
    """Words that come in groups, and letters that mostly follow each other, so that there is something to learn."""
    random = numpy.random.default_rng(5)
    groups, words = [["grain", "silo", "barley"], ["mill", "bread"], ["wheat", "rye", "oats"]], []
    while len(words) < 88:
        words += list(random.permutation(groups[random.choice(3, p=[0.5, 0.3, 0.2])]))
    (PLACE / "words.txt").write_text(" ".join(words) + " once\n")
    letters = "abcde "
    text = "a"
    while len(text) < 320:
        text += letters[(letters.index(text[-1]) + random.choice(6, p=[0.05, 0.6, 0.2, 0.05, 0.05, 0.05])) % 6]
    (PLACE / "letters.txt").write_text(text)


WIDTH, LAYERS, HEADS, CONTEXT, KEY = 8, 2, 2, 6, 3  # of the transformers

IMAGE = (2, 7, 5)  # channels, height, width

TABLE = {"format": "csv", "label": "label", "shards": 5}
NUMBERS = {"format": "csv", "path": "numbers.csv", "shards": 5, "target": "number"}
PRICE = {**NUMBERS, "label": "price", "ignore": ["count"], "standardizeTarget": True}
COUNT = {**NUMBERS, "label": "count", "ignore": ["price"]}
LABELS = ["urgent", "billing", "spam"]
MARKS = {"format": "csv", "path": "labels.csv", "target": "labels", "labelColumns": LABELS, "shards": 5}
TOWNS = {"format": "csv", "path": "towns.csv", "shards": 5, "columns": {
    "town": {"kind": "categorical", "missing": "slot", "embedding": 3}, "shade": {"kind": "categorical", "minCount": 3, "embedding": 2}}}
VECTORS = {"embeddings.0.weight": (6, 3), "embeddings.1.weight": (4, 2)}  # four towns, others, missing; three shades, others
ONE_LAYER = {"weight": (1, 5), "bias": (1,)}
TWO_LAYERS = {"layers.0.weight": (7, 5), "layers.0.bias": (7,), "layers.1.weight": (1, 7), "layers.1.bias": (1,)}
FAMILIES = {
    "logistic": dict(
        model={"kind": "logistic"}, data={**TABLE, "path": "binary.csv"}, batch=10, epochs=10, clip=0.35,
        shapes={"weight": (1, 6), "bias": (1,)}),
    "softmax": dict(
        model={"kind": "softmax"}, data={**TABLE, "path": "classes.csv"}, batch=10, epochs=10, clip=0.7, weights="balanced",
        shapes={"weight": (3, 5), "bias": (3,)}),
    "mlp": dict(
        model={"kind": "mlp", "hidden": [7], "activation": "relu"}, data={**TABLE, "path": "classes.csv", "standardize": True},
        batch=10, epochs=10, clip=0.4,
        shapes={"layers.0.weight": (7, 5), "layers.0.bias": (7,), "layers.1.weight": (3, 7), "layers.1.bias": (3,)}),
    "mlp-squared-error": dict(
        model={"kind": "mlp", "hidden": [6, 4], "activation": "sigmoid", "loss": "squared-error"},
        data={**TABLE, "path": "classes.csv"}, batch=10, epochs=10, clip=0.2,
        shapes={f"layers.{i}.{part}": size for i, (n, m) in enumerate([(5, 6), (6, 4), (4, 3)])
                for part, size in (("weight", (m, n)), ("bias", (m,)))}),
    "skip-gram": dict(
        model={"kind": "skip-gram", "width": 4, "window": 2, "negatives": 0},
        data={"format": "text", "path": "words.txt", "tokens": "word", "minCount": 2, "shards": 5},
        batch=70, epochs=10, rate=4, clip=0.18, shapes={"embedding.weight": (9, 4), "context.weight": (9, 4)}),
    "skip-gram-negatives": dict(
        model={"kind": "skip-gram", "width": 4, "window": 2, "negatives": 3},
        data={"format": "text", "path": "words.txt", "tokens": "word", "minCount": 2, "shards": 5},
        batch=70, epochs=10, rate=4, clip=0.23, shapes={"embedding.weight": (9, 4), "context.weight": (9, 4)}),
    "transformer": dict(
        model={"kind": "transformer", "layers": LAYERS, "width": WIDTH, "heads": HEADS, "context": CONTEXT, "activation": "relu"},
        data={"format": "text", "path": "letters.txt", "tokens": "char", "shards": 5}, batch=10, epochs=10, clip=0.9,
        shapes={
            "token_embedding.weight": (6, WIDTH), "position_embedding.weight": (CONTEXT, WIDTH),
            **{f"blocks.{i}.{name}": size for i in range(LAYERS) for name, size in {
                "norm1.weight": (WIDTH,), "norm1.bias": (WIDTH,),
                "attention.qkv.weight": (3 * WIDTH, WIDTH), "attention.qkv.bias": (3 * WIDTH,),
                "attention.output.weight": (WIDTH, WIDTH), "attention.output.bias": (WIDTH,),
                "norm2.weight": (WIDTH,), "norm2.bias": (WIDTH,),
                "mlp.up.weight": (4 * WIDTH, WIDTH), "mlp.up.bias": (4 * WIDTH,),
                "mlp.down.weight": (WIDTH, 4 * WIDTH), "mlp.down.bias": (WIDTH,)}.items()},
            "norm.weight": (WIDTH,), "norm.bias": (WIDTH,), "unembedding.weight": (6, WIDTH)}),
    "transformer-options": dict(
        model={"kind": "transformer", "layers": LAYERS, "width": WIDTH, "heads": HEADS, "keyWidth": KEY, "context": CONTEXT,
               "activation": "gelu", "layerNorm": False, "biases": False, "tiedUnembedding": True},
        data={"format": "text", "path": "letters.txt", "tokens": "char", "shards": 5}, batch=10, epochs=10, clip=1.5,
        shapes={
            "token_embedding.weight": (6, WIDTH), "position_embedding.weight": (CONTEXT, WIDTH),
            **{f"blocks.{i}.{name}": size for i in range(LAYERS) for name, size in {
                "attention.qkv.weight": (3 * HEADS * KEY, WIDTH), "attention.output.weight": (WIDTH, HEADS * KEY),
                "mlp.up.weight": (4 * WIDTH, WIDTH), "mlp.down.weight": (WIDTH, 4 * WIDTH)}.items()}}),
    "linear": dict(
        model={"kind": "linear", "loss": "squared-error"}, data={**PRICE, "standardize": True}, batch=10, epochs=10, rate=0.5, clip=1.7, shapes=ONE_LAYER),
    "linear-quantile": dict(
        model={"kind": "linear", "loss": "quantile", "quantile": 0.8}, data=PRICE, batch=10, epochs=10, clip=0.3, optimizers=["momentum"], shapes=ONE_LAYER),
    "linear-poisson": dict(
        model={"kind": "linear", "loss": "poisson"}, data=COUNT, batch=10, epochs=10, rate=0.3, clip=0.9, optimizers=["sgd"], shapes=ONE_LAYER),
    "mlp-huber": dict(
        model={"kind": "mlp", "hidden": [7], "activation": "tanh", "loss": "huber", "delta": 0.7}, data=PRICE, batch=10, epochs=10, clip=0.5,
        optimizers=["sgd", "adam"], shapes=TWO_LAYERS),
    "mlp-absolute": dict(
        model={"kind": "mlp", "hidden": [7], "activation": "gelu", "loss": "absolute-error"}, data=PRICE, batch=10, epochs=10, clip=0.9,
        optimizers=["adamw"], shapes=TWO_LAYERS),
    "logistic-labels": dict(
        model={"kind": "logistic"}, data={**MARKS, "ignore": ["weight"]}, batch=10, epochs=10, clip=0.3,
        optimizers=["sgd", "momentum"], shapes={"weight": (3, 5), "bias": (3,)}),
    "mlp-labels-weighted": dict(
        model={"kind": "mlp", "hidden": [7], "activation": "tanh"}, data={**MARKS, "weight": "weight"}, batch=10, epochs=10, clip=0.2,
        optimizers=["sgd", "adam"],
        shapes={"layers.0.weight": (7, 5), "layers.0.bias": (7,), "layers.1.weight": (3, 7), "layers.1.bias": (3,)}),
    "logistic-weighted": dict(
        model={"kind": "logistic"}, data={**TABLE, "path": "labels.csv", "label": "urgent", "weight": "weight", "ignore": ["billing", "spam"]},
        batch=10, epochs=10, clip=0.4, optimizers=["sgd", "adamw"], shapes=ONE_LAYER),
    "mlp-embedding": dict(
        model={"kind": "mlp", "hidden": [6], "activation": "tanh"}, data={**TOWNS, "label": "label", "ignore": ["price"]}, batch=10, epochs=10, clip=0.5,
        shapes={**VECTORS, "layers.0.weight": (6, 7), "layers.0.bias": (6,), "layers.1.weight": (3, 6), "layers.1.bias": (3,)}),
    "mlp-embedding-number": dict(
        model={"kind": "mlp", "hidden": [6], "activation": "gelu", "loss": "squared-error"},
        data={**TOWNS, "label": "price", "ignore": ["label"], "target": "number", "standardizeTarget": True}, batch=10, epochs=10, rate=0.5, clip=1.5,
        optimizers=["momentum", "adam"],
        shapes={**VECTORS, "layers.0.weight": (6, 7), "layers.0.bias": (6,), "layers.1.weight": (1, 6), "layers.1.bias": (1,)}),
    "cnn": dict(
        model={"kind": "cnn", "channels": [4, 6], "hidden": [5], "activation": "relu"},
        data={"format": "idx", "path": "images.idx", "labels": "image-labels.idx", "shards": 5}, batch=10, epochs=10, clip=0.35,
        shapes={
            "convolutions.0.weight": (4, 2, 3, 3), "convolutions.0.bias": (4,), "convolutions.1.weight": (6, 4, 3, 3), "convolutions.1.bias": (6,),
            "layers.0.weight": (5, 6), "layers.0.bias": (5,), "layers.1.weight": (3, 5), "layers.1.bias": (3,)}),
}

OPTIMIZERS = {
    "sgd": {"kind": "sgd", "learningRate": 0.2, "weightDecay": 0.01},
    "momentum": {"kind": "momentum", "learningRate": 0.05, "momentum": 0.8, "weightDecay": 0.005, "decayAll": True},
    "adam": {"kind": "adam", "learningRate": 0.02, "beta1": 0.85, "beta2": 0.99, "epsilon": 0.000001, "weightDecay": 0.01},
    "adamw": {"kind": "adamw", "learningRate": 0.03, "weightDecay": 0.1},
}

SCHEDULES = [{"kind": "constant"}, {"kind": "cosine", "warmup": 6, "floor": 0.1}, {"kind": "step", "every": 3, "gamma": 0.5}]


def jobs():
    """Every family with every optimiser; schedules and clipping go round, so that each meets every family and optimiser."""
    for i, (family, f) in enumerate(FAMILIES.items()):
        for j, (name, optimizer) in enumerate(OPTIMIZERS.items()):
            if name not in f.get("optimizers", OPTIMIZERS):
                continue
            optimizer = {**optimizer, "learningRate": optimizer["learningRate"] * f.get("rate", 1)}
            yield family, {
                "version": 1,
                "name": f"{family}-{name}",
                "model": {**f["model"], "precision": "float64", "init": f"{family}.safetensors"},
                "data": f["data"],
                "training": {
                    "epochs": f["epochs"], "batch": f["batch"], "seed": 3, "optimizer": optimizer,
                    "schedule": SCHEDULES[(i + j) % len(SCHEDULES)],
                    "clipNorm": f["clip"] if (i + j) % 2 == 0 else 0,
                    **({"classWeights": f["weights"]} if "weights" in f else {}),
                },
            }


def initial(shapes, seed):
    """Numbers that float32 holds exactly, so that both precisions start from the same weights."""
    random = numpy.random.default_rng(seed)
    tensors = {}
    for name, size in shapes.items():
        values = random.normal(0, 0.4, size)
        if "norm" in name and name.endswith("weight"):
            values = 1 + (values / 4)
        tensors[name] = values.astype("<f4")
    return tensors


def save(path, tensors):
    """A safetensors file; Debian has no package that writes one."""
    header, at = {}, 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [at, at + values.nbytes]}
        at += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(v.tobytes() for v in tensors.values()))


def load(path):
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header, tensors = json.loads(data[8:8 + length]), {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = numpy.frombuffer(data, "<f4", (end - start) // 4, 8 + length + start)
        tensors[name] = torch.tensor(values.reshape(entry["shape"]))
    return tensors


def write_inputs():
    PLACE.mkdir(exist_ok=True)
    table("binary.csv", 48, 6, ["no", "yes"], [0.6, 0.4], seed=1)
    table("classes.csv", 48, 5, ["a", "b", "c"], [0.5, 0.3, 0.2], seed=2)
    texts()
    images()
    quantities()
    marks()
    towns()
    for i, (family, f) in enumerate(FAMILIES.items()):
        save(PLACE / f"{family}.safetensors", initial(f["shapes"], 100 + i))
    write_json("jobs.json", [job for _, job in jobs()])


def write_json(name, rows):
    (PLACE / name).write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


# ---------------------------------------------------------------- examples, from the data alone

def table_examples(job, kind):
    """Rows in the order of the file: x [N, D] and the class of each [N]; and what each class weighs."""
    data = job["data"]
    with open(PLACE / data["path"]) as file:
        rows = list(csv.reader(file))[1:]
    x = numpy.array([[float(cell) for cell in row[:-1]] for row in rows])
    labels = [row[-1] for row in rows]
    classes = sorted(set(labels))
    if data.get("standardize"):
        x = (x - x.mean(0)) / x.std(0)
    counts = collections.Counter(labels)
    weights = [len(rows) / (len(classes) * counts[c]) if job["training"].get("classWeights") else 1.0 for c in classes]
    return torch.tensor(x, dtype=kind), torch.tensor([classes.index(label) for label in labels]), torch.tensor(weights, dtype=kind)


def number_examples(job, kind):
    """Rows in the order of the file: x [N, D] and the number of each [N], as it is trained on."""
    data = job["data"]
    with open(PLACE / data["path"]) as file:
        rows = list(csv.DictReader(file))
    x = numpy.array([[float(row[f"x{i}"]) for i in range(5)] for row in rows])
    y = numpy.array([float(row[data["label"]]) for row in rows])
    x = (x - x.mean(0)) / x.std(0) if data.get("standardize") else x
    y = (y - y.mean()) / y.std() if data.get("standardizeTarget") else y
    return torch.tensor(x, dtype=kind), torch.tensor(y, dtype=kind)


def town_examples(job, kind):
    """Rows in the order of the file: their numbers and the places of their categories [N, 4], and the class or the number of each [N]."""
    with open(PLACE / "towns.csv") as file:
        rows = list(csv.DictReader(file))
    x = []
    for name in ("x0", "town", "x1", "shade"):
        column = job["data"]["columns"].get(name)
        if column is None:
            x.append([float(row[name]) for row in rows])
            continue
        counts = collections.Counter(row[name] for row in rows if row[name])
        known = sorted(c for c, n in counts.items() if n >= column.get("minCount", 1))
        x.append([len(known) + 1 if not row[name] else known.index(row[name]) if row[name] in known else len(known) for row in rows])
    if job["data"].get("target") == "number":
        y = numpy.array([float(row["price"]) for row in rows])
        y = torch.tensor((y - y.mean()) / y.std(), dtype=kind)
    else:
        y = torch.tensor([["a", "b", "c"].index(row["label"]) for row in rows])
    return torch.tensor(x, dtype=kind).t(), y
def image_examples(job, kind):
    """Images in the order of the file: x [N, C, H, W], bytes over 255, and the class of each [N]."""
    pixels, labels = (numpy.frombuffer((PLACE / job["data"][key]).read_bytes(), "u1") for key in ("path", "labels"))
    x = pixels[4 + 4 * 4:].reshape(-1, *IMAGE) / 255
    return torch.tensor(x, dtype=kind), torch.tensor(labels[4 + 4:].astype("i8"))


def mark_examples(kind):
    """Rows in the order of the file: x [N, D], the labels of each [N, K], and what each weighs [N]."""
    with open(PLACE / "labels.csv") as file:
        rows = list(csv.DictReader(file))
    x, y, w = [[[float(row[c]) for c in columns] for row in rows] for columns in ([f"x{i}" for i in range(5)], LABELS, ["weight"])]
    return torch.tensor(x, dtype=kind), torch.tensor(y, dtype=kind), torch.tensor(w, dtype=kind)[:, 0]


def number_loss(m):
    """PyTorch's own losses, and the pinball loss by its formula."""
    return {
        "squared-error": nn.MSELoss(), "absolute-error": nn.L1Loss(), "huber": nn.HuberLoss(delta=m.get("delta", 1.0)),
        "poisson": nn.PoissonNLLLoss(log_input=True, full=False),
        "quantile": lambda z, y: torch.where(y > z, m.get("quantile", 0.5) * (y - z), (1 - m.get("quantile", 0.5)) * (z - y)).mean(),
    }[m["loss"]]


def shares(count, shards):
    return [(count * v // shards, count * (v + 1) // shards) for v in range(shards)]


def windows(job, classes):
    """Each shard's share of the characters, cut into windows: tokens [N, T] and those that follow each of them [N, T]."""
    text = (PLACE / job["data"]["path"]).read_text()
    assert sorted(set(text)) == sorted(classes)
    length, inputs, targets, rows = job["model"]["context"], [], [], []
    for first, end in shares(len(text), job["data"]["shards"]):
        tokens = [classes.index(c) for c in text[first:end]]
        rows.append((len(tokens) - 1) // length)
        for i in range(rows[-1]):
            inputs.append(tokens[i * length:(i + 1) * length])
            targets.append(tokens[i * length + 1:(i + 1) * length + 1])
    return rows, torch.tensor(inputs), torch.tensor(targets)


def pairs(job, classes):
    """In each shard, whose words are those that begin in its share: every (word, other word at most k places away)."""
    text, k = (PLACE / job["data"]["path"]).read_text(), job["model"]["window"]
    words = [(m.start(), m.group()) for m in re.finditer(r"\w+", text)]
    counts = collections.Counter(word for _, word in words)
    known = {word for word, count in counts.items() if count >= job["data"]["minCount"]}
    assert known | {"<unk>"} == set(classes)
    found, rows = [], []
    for first, end in shares(len(text), job["data"]["shards"]):
        run = [classes.index(word if word in known else "<unk>") for at, word in words if first <= at < end]
        before = len(found)
        for i in range(len(run)):
            found += [(run[i], run[j]) for j in range(max(0, i - k), min(len(run), i + k + 1)) if j != i]
        rows.append(len(found) - before)
    return rows, torch.tensor(found)


# ---------------------------------------------------------------- models

class Linear(nn.Module):
    """z = W x + b."""

    def __init__(self, w):
        super().__init__()
        self.map = linear(w, "")

    def forward(self, x):
        return self.map(x)


def linear(w, prefix, bias=True):
    """nn.Linear with the weights of a name."""
    weight = w[f"{prefix}weight"]
    module = nn.Linear(weight.shape[1], weight.shape[0], bias=bias, dtype=weight.dtype)
    module.weight = nn.Parameter(weight.clone())
    if bias:
        module.bias = nn.Parameter(w[f"{prefix}bias"].clone())
    return module


def mlp(w, activation, after_last):
    layers = []
    for i in range(len(w) // 2):
        layers += [linear(w, f"layers.{i}."), activation()]
    return nn.Sequential(*(layers if after_last else layers[:-1]))


class Embedded(nn.Module):
    """A perceptron on numbers and vectors side by side, in the order of the columns."""

    def __init__(self, w, activation):
        super().__init__()
        self.towns = nn.Embedding.from_pretrained(w["embeddings.0.weight"].clone(), freeze=False)
        self.shades = nn.Embedding.from_pretrained(w["embeddings.1.weight"].clone(), freeze=False)
        self.layers = mlp({name: values for name, values in w.items() if name.startswith("layers.")}, activation, after_last=False)

    def forward(self, x):  # [B, 4] -> [B, K]
        town, shade = x[:, 1].long(), x[:, 3].long()
        return self.layers(torch.cat([x[:, 0:1], self.towns(town), x[:, 2:3], self.shades(shade)], 1))
def cnn(w):
    """PyTorch's own convolutions and poolings, then a multi-layer perceptron."""
    layers, at = [], 0
    while f"convolutions.{at}.weight" in w:
        weight = w[f"convolutions.{at}.weight"]
        layer = nn.Conv2d(weight.shape[1], weight.shape[0], 3, padding=1, dtype=weight.dtype)
        layer.weight, layer.bias = nn.Parameter(weight.clone()), nn.Parameter(w[f"convolutions.{at}.bias"].clone())
        layers += [layer, nn.ReLU(), nn.MaxPool2d(2)]
        at += 1
    dense = {name: value for name, value in w.items() if name.startswith("layers.")}
    return nn.Sequential(*layers, nn.Flatten(), mlp(dense, nn.ReLU, after_last=False))


class SkipGram(nn.Module):
    """Scores of some words as the context of another: the dot products of their two vectors."""

    def __init__(self, w):
        super().__init__()
        self.centre = nn.Embedding.from_pretrained(w["embedding.weight"].clone(), freeze=False)
        self.context = nn.Embedding.from_pretrained(w["context.weight"].clone(), freeze=False)

    def all(self, centres):  # [B] -> [B, V]
        return self.centre(centres) @ self.context.weight.t()

    def some(self, centres, words):  # [B] [B, n] -> [B, n]
        return (self.centre(centres)[:, None, :] * self.context(words)).sum(2)


class Gpt(nn.Module):
    """PyTorch's own pre-norm encoder layers under a mask that hides what comes after."""

    def __init__(self, w):
        super().__init__()
        kind = w["norm.weight"].dtype
        self.tokens = nn.Embedding.from_pretrained(w["token_embedding.weight"].clone(), freeze=False)
        self.positions = nn.Embedding.from_pretrained(w["position_embedding.weight"].clone(), freeze=False)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(
                WIDTH, HEADS, 4 * WIDTH, dropout=0.0, activation="relu", batch_first=True, norm_first=True, dtype=kind)
            for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH, dtype=kind)
        self.unembedding = linear(w, "unembedding.", bias=False)
        names = {
            "self_attn.in_proj_": "attention.qkv.", "self_attn.out_proj.": "attention.output.", "linear1.": "mlp.up.",
            "linear2.": "mlp.down.", "norm1.": "norm1.", "norm2.": "norm2."}
        for i, block in enumerate(self.blocks):
            block.load_state_dict({f"{its}{part}": w[f"blocks.{i}.{ours}{part}"] for its, ours in names.items() for part in ("weight", "bias")})
        self.norm.load_state_dict({part: w[f"norm.{part}"] for part in ("weight", "bias")})

    def forward(self, tokens):  # [B, T] -> [B, T, K]
        length = tokens.shape[1]
        ahead = nn.Transformer.generate_square_subsequent_mask(length).to(self.norm.weight.dtype)
        x = self.tokens(tokens) + self.positions(torch.arange(length))
        for block in self.blocks:
            x = block(x, src_mask=ahead)
        return self.unembedding(self.norm(x))


class BareGpt(nn.Module):
    """The notes' formulas, head by head: x + sum over heads of value-up softmax(mask(q k / sqrt(d))) value-down x; no norms, no
    biases, and the token embedding as the unembedding."""

    def __init__(self, w):
        super().__init__()
        self.w = nn.ParameterDict({name.replace(".", "/"): nn.Parameter(value.clone()) for name, value in w.items()})

    def forward(self, tokens):
        length = tokens.shape[1]
        x = self.w["token_embedding/weight"][tokens] + self.w["position_embedding/weight"][:length]
        for i in range(LAYERS):
            p = {name: self.w[f"blocks/{i}/{name}/weight"] for name in ("attention/qkv", "attention/output", "mlp/up", "mlp/down")}
            query, key, down = (part.view(HEADS, KEY, WIDTH) for part in p["attention/qkv"].chunk(3))
            added = torch.zeros_like(x)
            for h in range(HEADS):
                up = p["attention/output"][:, h * KEY:(h + 1) * KEY]
                scores = torch.einsum("btd,bsd->bts", x @ query[h].t(), x @ key[h].t()) / math.sqrt(KEY)
                for t in range(length):
                    scores[:, t, t + 1:] = -math.inf
                added = added + torch.softmax(scores, 2) @ (x @ down[h].t()) @ up.t()
            x = x + added
            x = x + functional.gelu(x @ p["mlp/up"].t()) @ p["mlp/down"].t()
        return x @ self.w["token_embedding/weight"].t()


# ---------------------------------------------------------------- training

def setting(family, job, w, plan, kind):
    """The model, and the mean loss of some examples, by their numbers and the words drawn against them, under it."""
    shards, classes = plan["shards"], plan["classes"]
    if family.startswith("mlp-embedding"):
        x, y = town_examples(job, kind)
        if family == "mlp-embedding-number":
            model = Embedded(w, nn.GELU)
            return model, lambda rows, _: ((model(x[rows])[:, 0] - y[rows]) ** 2).mean()
        model = Embedded(w, nn.Tanh)
        return model, lambda rows, _: functional.cross_entropy(model(x[rows]), y[rows])
    if job["data"].get("target") == "number":
        x, y = number_examples(job, kind)
        m = job["model"]
        model = Linear(w) if m["kind"] == "linear" else mlp(w, {"tanh": nn.Tanh, "gelu": nn.GELU}[m["activation"]], after_last=False)
        loss = number_loss(m)
        return model, lambda rows, _: loss(model(x[rows])[:, 0], y[rows])
    if job["data"].get("path") == "labels.csv":
        x, y, weigh = mark_examples(kind)
        y = y if job["data"].get("target") == "labels" else y[:, :1]
        weigh = weigh if "weight" in job["data"] else torch.ones_like(weigh)
        model = Linear(w) if job["model"]["kind"] == "logistic" else mlp(w, nn.Tanh, after_last=False)

        def mean(rows, _):  # over the labels of a row, then over rows as often as they weigh
            each = functional.binary_cross_entropy_with_logits(model(x[rows]), y[rows], reduction="none").mean(1)
            return (each * weigh[rows]).sum() / weigh[rows].sum()

        return model, mean
    if job["data"]["format"] == "idx":
        x, y = image_examples(job, kind)
        model = cnn(w)
        return model, lambda rows, _: functional.cross_entropy(model(x[rows]), y[rows])
    if job["data"]["format"] == "csv":
        x, y, weights = table_examples(job, kind)
        assert sum(shards) == len(x)
        if family == "logistic":
            model = Linear(w)
            return model, lambda rows, _: functional.binary_cross_entropy_with_logits(model(x[rows])[:, 0], y[rows].to(kind))
        if family == "mlp-squared-error":
            model = mlp(w, nn.Sigmoid, after_last=True)
            return model, lambda rows, _: ((model(x[rows]) - torch.eye(3, dtype=kind)[y[rows]]) ** 2).sum(1).mean()
        model = Linear(w) if family == "softmax" else mlp(w, nn.ReLU, after_last=False)
        loss = nn.CrossEntropyLoss(weight=weights)
        return model, lambda rows, _: loss(model(x[rows]), y[rows])
    if family.startswith("skip-gram"):
        rows_of, found = pairs(job, classes)
        assert rows_of == shards
        model = SkipGram(w)
        if family == "skip-gram":
            return model, lambda rows, _: functional.cross_entropy(model.all(found[rows, 0]), found[rows, 1])

        def against(rows, drawn):
            words = torch.cat([found[rows, 1:], torch.tensor(drawn)], 1)
            signs = torch.tensor([1.0] + [-1.0] * len(drawn[0]), dtype=kind)
            return -functional.logsigmoid(signs * model.some(found[rows, 0], words)).sum(1).mean()

        return model, against
    rows_of, inputs, targets = windows(job, classes)
    assert rows_of == shards
    model = (Gpt if family == "transformer" else BareGpt)(w)
    return model, lambda rows, _: functional.cross_entropy(model(inputs[rows]).flatten(0, 1), targets[rows].flatten())


def optimiser(model, o):
    decays = [p for p in model.parameters() if p.dim() > 1 or o.get("decayAll")]
    others = [p for p in model.parameters() if p.dim() == 1 and not o.get("decayAll")]
    groups = [{"params": decays, "weight_decay": o["weightDecay"]}]
    groups += [{"params": others, "weight_decay": 0.0}] if others else []
    if o["kind"] in ("sgd", "momentum"):
        return torch.optim.SGD(groups, lr=o["learningRate"], momentum=o.get("momentum", 0.0))
    make = torch.optim.Adam if o["kind"] == "adam" else torch.optim.AdamW
    return make(groups, lr=o["learningRate"], betas=(o.get("beta1", 0.9), o.get("beta2", 0.999)), eps=o.get("epsilon", 1e-8))


def schedule(opt, s, steps, steps_per_epoch, rate):
    lr = torch.optim.lr_scheduler
    if s["kind"] == "cosine":
        warmup = s["warmup"]
        return lr.SequentialLR(opt, [
            lr.LinearLR(opt, start_factor=1 / warmup, total_iters=warmup - 1),
            lr.CosineAnnealingLR(opt, T_max=steps - 1 - warmup, eta_min=s["floor"] * rate)], [warmup])
    if s["kind"] == "step":
        return lr.StepLR(opt, s["every"] * steps_per_epoch, s["gamma"])
    return lr.LambdaLR(opt, lambda _: 1.0)


def train(family, job, plan, kind):
    w = {name: values.to(kind) for name, values in load(PLACE / job["model"]["init"]).items()}
    model, loss_of = setting(family, job, w, plan, kind)
    training = job["training"]
    opt = optimiser(model, training["optimizer"])
    steps_per_epoch = -(-sum(plan["shards"]) // training["batch"])
    rates = schedule(opt, training["schedule"], steps_per_epoch * training["epochs"], steps_per_epoch, training["optimizer"]["learningRate"])
    losses, clipped = [], 0
    for step in range(STEPS):
        opt.zero_grad()
        loss = loss_of(torch.tensor(plan["steps"][step]), plan["drawn"][step])
        loss.backward()
        if training["clipNorm"]:
            norm = nn.utils.clip_grad_norm_(model.parameters(), training["clipNorm"])
            clipped += int(norm > training["clipNorm"])
        opt.step()
        rates.step()
        losses.append(loss.item())
    # A curve that never falls, or a clip that never or always bites, would show little.
    assert sum(losses[-5:]) < 0.97 * sum(losses[:5]), (job["name"], losses)
    assert not training["clipNorm"] or 5 <= clipped <= STEPS - 5, (job["name"], clipped)
    return losses


def write_losses():
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", message="The epoch parameter")  # SequentialLR's own affair
    plans = {plan["family"]: plan for plan in json.loads((PLACE / "plan.json").read_text())}
    write_json("losses.json", [
        {"name": job["name"],
         "float64": train(family, job, plans[family], torch.float64),
         "float32": train(family, job, plans[family], torch.float32)} for family, job in jobs()])


{"inputs": write_inputs, "losses": write_losses}[sys.argv[1]]()

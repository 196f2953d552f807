"""Figures of two models over the same examples by scikit-learn: /usr/bin/python3 tests/golden/evaluation.py writes evaluation.json.

Weights are rounded to float32, as saved models hold them; all arithmetic is float64. Features are rounded, so that many
examples are alike and their scores tied.
"""
import json
import pathlib

import numpy
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, roc_auc_score

numbers = numpy.random.default_rng(20)


def case(classes, rows, features):
    x = numpy.round(numbers.normal(size=(rows, features)) * 2) / 2
    outputs = 1 if classes == 2 else classes
    w = numbers.normal(size=(outputs, features)).astype(numpy.float32).astype(float)
    b = numbers.normal(size=outputs).astype(numpy.float32).astype(float)
    mean, deviation = x.mean(0), x.std(0)
    z = (x - mean) / deviation @ w.T + b
    if classes == 2:
        z = numpy.hstack([numpy.zeros((rows, 1)), z])
    powers = numpy.exp(z - z.max(1, keepdims=True))
    p = powers / powers.sum(1, keepdims=True)
    # The truth is drawn from a flatter distribution, so that the model is often wrong.
    flat = p ** 0.5 / (p ** 0.5).sum(1, keepdims=True)
    y = numpy.array([numbers.choice(classes, p=row) for row in flat])
    chosen = p.argmax(1)
    figures = {
        "accuracy": accuracy_score(y, chosen),
        "logLoss": log_loss(y, p, labels=range(classes)),
        "confusion": confusion_matrix(y, chosen, labels=range(classes)).tolist(),
    }
    if classes == 2:
        figures["rocAuc"] = roc_auc_score(y, p[:, 1])
        figures["distinctScores"] = len(set(p[:, 1]))
    return {
        "classes": [f"c{k}" for k in range(classes)], "x": x.tolist(), "y": y.tolist(), "w": w.tolist(), "b": b.tolist(),
        "mean": mean.tolist(), "deviation": deviation.tolist(), "figures": figures,
    }


cases = {"binary": case(2, 400, 3), "five": case(5, 300, 4)}
file = pathlib.Path(__file__).with_suffix(".json")
file.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
print(file, {name: c["figures"] for name, c in cases.items()})

"""Several labels for a row by scikit-learn: /usr/bin/python3 tests/golden/multilabel.py writes multilabel.json.

Optima: one logistic regression for each label (OneVsRestClassifier), with and without weights of rows. Granary minimises the mean over rows and labels of
the binary cross-entropy plus lambda/2 times the sum of the squared weights, intercepts left out; K labels share the mean, so that C is 1 / (lambda K S), S
being the number of rows, or the sum of their weights. Figures: of a model whose weights are given, rounded to float32 as saved models hold them, over
examples of which some have no label, and one label is never said. Needs Debian's python3-sklearn.
"""
import json
import pathlib
import warnings

import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score, average_precision_score, brier_score_loss, hamming_loss, log_loss, precision_recall_fscore_support, roc_auc_score)
from sklearn.multiclass import OneVsRestClassifier

warnings.filterwarnings("ignore")  # 0 / 0 is 0
numbers = numpy.random.default_rng(57)
ROWS, FEATURES, LABELS, PENALTY = 180, 4, 3, 0.02


def float32(values):
    return numpy.asarray(values).astype(numpy.float32).astype(float)


def optimum(weighted):
    x = numpy.round(numbers.normal(size=(ROWS, FEATURES)), 3)
    z = x @ numbers.normal(size=(FEATURES, LABELS)) + [0.5, -0.3, -1]
    y = (numbers.uniform(size=z.shape) < 1 / (1 + numpy.exp(-z))).astype(int)
    w = numpy.round(numbers.uniform(0, 4, size=ROWS), 2) if weighted else numpy.ones(ROWS)
    w[::17] = 0 if weighted else 1
    model = LogisticRegression(C=1 / (PENALTY * LABELS * w.sum()), solver="newton-cholesky", tol=1e-13)
    if weighted:
        each = [LogisticRegression(**model.get_params()).fit(x, y[:, k], sample_weight=w) for k in range(LABELS)]
    else:
        each = OneVsRestClassifier(model).fit(x, y).estimators_
    return {
        "x": x.tolist(), "y": y.tolist(), "weights": w.tolist() if weighted else None,
        "w": [e.coef_[0].tolist() for e in each], "b": [float(e.intercept_[0]) for e in each]}


def evaluated(weighted):
    x = numpy.round(numbers.normal(size=(ROWS, FEATURES)), 3)
    w, b = float32(numbers.normal(size=(LABELS, FEATURES))), float32([0.3, -0.2, -6])
    z = x @ w.T + b
    p = 1 / (1 + numpy.exp(-z))
    said = (z >= 0).astype(int)
    y = (numbers.uniform(size=z.shape) < p ** 0.7).astype(int)
    y[::40, 2] = 1
    weights = numpy.round(numbers.uniform(0, 4, size=ROWS), 2) if weighted else numpy.ones(ROWS)
    by = {"sample_weight": weights}
    table = precision_recall_fscore_support(y, said, **by)
    averages = {}
    for average in ("macro", "micro", "weighted"):
        a, r, f, _ = precision_recall_fscore_support(y, said, average=average, **by)
        averages[average] = {"precision": a, "recall": r, "f1": f}
    each = numpy.repeat(weights, LABELS)
    return {
        "x": x.tolist(), "y": y.tolist(), "weights": weights.tolist() if weighted else None, "w": w.tolist(), "b": b.tolist(),
        "loss": log_loss(y.ravel(), p.ravel(), sample_weight=each), "accuracy": accuracy_score(y, said, **by), "hamming": hamming_loss(y, said, **by),
        "precision": table[0].tolist(), "recall": table[1].tolist(), "f1": table[2].tolist(), "support": table[3].tolist(), "averages": averages,
        "rocAuc": [roc_auc_score(y[:, k], p[:, k], **by) for k in range(LABELS)],
        "averagePrecision": [average_precision_score(y[:, k], p[:, k], **by) for k in range(LABELS)],
        "microRocAuc": roc_auc_score(y, p, average="micro", **by), "microAveragePrecision": average_precision_score(y, p, average="micro", **by),
        "brier": brier_score_loss(y.ravel(), p.ravel(), sample_weight=each)}


document = {"penalty": PENALTY, "optima": [optimum(False), optimum(True)], "evaluations": [evaluated(False), evaluated(True)]}
file = pathlib.Path(__file__).with_suffix(".json")
file.write_text(json.dumps(document, separators=(",", ":")) + "\n")
print(file, file.stat().st_size, [(e["accuracy"], e["hamming"], e["averages"]["macro"], e["support"]) for e in document["evaluations"]])

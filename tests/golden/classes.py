"""Figures of classifiers by scikit-learn: /usr/bin/python3 tests/golden/classes.py writes classes.json.

Probabilities are given, rounded so that many are tied, some to a bin's edge; what comes of them is scikit-learn's. Classes may be missing
among the truths or among the predictions.
"""
import json
import pathlib
import warnings

import numpy
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score, average_precision_score, brier_score_loss, confusion_matrix, log_loss, precision_recall_curve,
    precision_recall_fscore_support, roc_auc_score, roc_curve)

warnings.filterwarnings("ignore")  # 0 / 0 is 0
numbers = numpy.random.default_rng(29)
AVERAGES = ("macro", "micro", "weighted")


def table(y, said, labels):
    p, r, f, n = precision_recall_fscore_support(y, said, labels=labels)
    return {"precision": p.tolist(), "recall": r.tolist(), "f1": f.tolist(), "support": n.tolist()}


def averages(y, said, truths, scores, **which):
    """Areas are over one column for each class that occurs."""
    found = {}
    for average in AVERAGES:
        p, r, f, _ = precision_recall_fscore_support(y, said, average=average, **which)
        found[average] = {
            "precision": p, "recall": r, "f1": f, "rocAuc": None if truths is None else roc_auc_score(truths, scores, average=average),
            "averagePrecision": None if truths is None else average_precision_score(truths, scores, average=average)}
    return found


def calibration(hit, p):
    share, mean = calibration_curve(hit, p, n_bins=10, strategy="uniform")
    counts = numpy.bincount(numpy.searchsorted(numpy.linspace(0, 1, 11)[1:-1], p), minlength=10)
    kept = counts[counts > 0]
    return {"counts": counts.tolist(), "share": share.tolist(), "mean": mean.tolist(), "error": float((kept / kept.sum() * numpy.abs(share - mean)).sum())}


def binary(rows, digits, skew):
    p = numpy.round(numbers.beta(2, 2 + skew, size=rows), digits)
    y = (numbers.uniform(size=rows) < p ** 1.3).astype(int)
    said = (p >= 0.5).astype(int)
    precision, recall, cuts = precision_recall_curve(y, p)
    f1 = 2 * precision * recall / numpy.maximum(precision + recall, 1e-300)
    false, true, _ = roc_curve(y, p, drop_intermediate=False)
    right = max(accuracy_score(y, (p >= c).astype(int)) for c in numpy.append(cuts, 2))
    return {
        "p": p.tolist(), "y": y.tolist(), "accuracy": accuracy_score(y, said), "confusion": confusion_matrix(y, said).tolist(),
        "table": table(y, said, [0, 1]), "averages": averages(y, said, None, None),
        "rocAuc": roc_auc_score(y, p), "averagePrecision": average_precision_score(y, p), "brier": brier_score_loss(y, p),
        "logLoss": log_loss(y, p), "calibration": calibration(y, p),
        "chosen": {
            "f1": f1.max(), "youden": (true - false).max(), "accuracy": right,
            "precision>=0.8": recall[:-1][precision[:-1] >= 0.8].max(), "recall>=0.9": precision[:-1][recall[:-1] >= 0.9].max()},
        "points": {"recall": recall[:-1].tolist(), "precision": precision[:-1].tolist(), "thresholds": cuts.tolist()},
    }


def several(rows, classes, missing):
    z = numbers.normal(size=(rows, classes)) * 1.5
    z[:, missing] -= 8
    p = numpy.exp(z) / numpy.exp(z).sum(1, keepdims=True)
    y = numpy.array([numbers.choice(classes, p=(row ** 0.6) / (row ** 0.6).sum()) for row in p])
    y[y == missing] = 0
    said = p.argmax(1)
    one_hot = numpy.eye(classes)[y]
    there = [k for k in range(classes) if k != missing]
    return {
        "p": p.tolist(), "y": y.tolist(), "accuracy": accuracy_score(y, said), "confusion": confusion_matrix(y, said, labels=range(classes)).tolist(),
        "table": table(y, said, range(classes)), "averages": averages(y, said, one_hot[:, there], p[:, there]),
        "pooled": {"rocAuc": roc_auc_score(one_hot.ravel(), p.ravel()), "averagePrecision": average_precision_score(one_hot.ravel(), p.ravel())},
        "rocAucs": {k: roc_auc_score(one_hot[:, k], p[:, k]) for k in there},
        "averagePrecisions": {k: average_precision_score(one_hot[:, k], p[:, k]) for k in there},
        "brier": float(((p - one_hot) ** 2).sum(1).mean()), "logLoss": log_loss(y, p, labels=range(classes)),
        "calibration": calibration((said == y).astype(int), p.max(1)),
    }


def labels(rows, names):
    p = numpy.round(numbers.beta(1.2, 2, size=(rows, names)), 2)
    y = (numbers.uniform(size=(rows, names)) < p).astype(int)
    said = (p >= 0.5).astype(int)
    return {
        "p": p.tolist(), "y": y.tolist(), "accuracy": accuracy_score(y, said), "table": table(y, said, range(names)), "averages": averages(y, said, y, p),
        "rocAucs": {k: roc_auc_score(y[:, k], p[:, k]) for k in range(names)},
        "averagePrecisions": {k: average_precision_score(y[:, k], p[:, k]) for k in range(names)},
        "brier": float(((p - y) ** 2).mean()), "logLoss": log_loss(y.ravel(), p.ravel()), "calibration": calibration(y.ravel(), p.ravel()),
    }


document = {
    "binary": [binary(300, 2, 0), binary(200, 1, 2), binary(120, 12, 5)], "several": [several(150, 5, 3)], "labels": [labels(120, 4)],
}
file = pathlib.Path(__file__).with_suffix(".json")
file.write_text(json.dumps(document, separators=(",", ":")) + "\n")
print(file, file.stat().st_size)

"""Weighted rows by scikit-learn: /usr/bin/python3 tests/golden/weights.py writes weights.json.

Optima: logistic and ridge regression with sample_weight. Granary minimises the sum of the weighted losses over the sum of the weights, plus lambda/2
times the sum of the squared weights of the model, the intercept left out: C is 1 / (lambda S), alpha is lambda S / 2, S being the sum of the rows'
weights (times those of their classes, where these have some). Some rows weigh 0. Figures: every one that takes sample_weight, of probabilities that
are rounded so that many are tied. Needs Debian's python3-sklearn.
"""
import json
import pathlib

import numpy
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import (
    accuracy_score, average_precision_score, brier_score_loss, confusion_matrix, log_loss, mean_absolute_error, mean_squared_error,
    precision_recall_fscore_support, r2_score, roc_auc_score)

numbers = numpy.random.default_rng(41)
ROWS, FEATURES, PENALTY = 170, 4, 0.03


def weights(rows):
    """From 0 to 5, a tenth of them 0."""
    w = numpy.round(numbers.uniform(0.05, 5, size=rows), 2)
    w[numbers.uniform(size=rows) < 0.1] = 0
    return w


def table(classes):
    x = numpy.round(numbers.normal(size=(ROWS, FEATURES)), 3)
    z = x @ numbers.uniform(-1, 1, size=FEATURES) + 0.2
    if classes is None:
        return x, numpy.round(z * 0.1 + numbers.normal(size=ROWS) * 0.2, 4)  # small weights: a float32 holds them to 1e-8
    return x, (numbers.uniform(size=ROWS) < 1 / (1 + numpy.exp(-2 * z))).astype(int)


def logistic(by_class):
    (x, y), w = table(2), weights(ROWS)
    total = w * numpy.where(y == 1, by_class, 1)
    model = LogisticRegression(
        C=1 / (PENALTY * total.sum()), solver="newton-cholesky", tol=1e-13, class_weight={0: 1, 1: by_class}).fit(x, y, sample_weight=w)
    return {"kind": "logistic", "classWeight": by_class, "x": x.tolist(), "y": y.tolist(), "weights": w.tolist(), "w": model.coef_[0].tolist(), "b": float(model.intercept_[0])}


def ridge():
    (x, y), w = table(None), weights(ROWS)
    model = Ridge(alpha=PENALTY * w.sum() / 2, solver="cholesky").fit(x, y, sample_weight=w)
    return {"kind": "linear", "classWeight": 1, "x": x.tolist(), "y": y.tolist(), "weights": w.tolist(), "w": model.coef_.tolist(), "b": float(model.intercept_)}


def averages(y, said, w):
    found = {}
    for average in ("macro", "micro", "weighted"):
        p, r, f, _ = precision_recall_fscore_support(y, said, average=average, sample_weight=w)
        found[average] = {"precision": p, "recall": r, "f1": f}
    return found


def figures(classes):
    w = weights(240)
    z = numbers.normal(size=(240, classes)) * 1.4
    p = numpy.round(numpy.exp(z) / numpy.exp(z).sum(1, keepdims=True), 2)
    p[:, -1] = 1 - p[:, :-1].sum(1)
    y = numpy.array([numbers.choice(classes, p=(row ** 0.5) / (row ** 0.5).sum()) for row in numpy.abs(p)])
    said = (p[:, 1] >= 0.5).astype(int) if classes == 2 else p.argmax(1)
    a, r, f, n = precision_recall_fscore_support(y, said, labels=range(classes), sample_weight=w)
    ranked = [1] if classes == 2 else range(classes)
    one_hot = numpy.eye(classes)[y]
    return {
        "p": p.tolist(), "y": y.tolist(), "weights": w.tolist(),
        "accuracy": accuracy_score(y, said, sample_weight=w), "confusion": confusion_matrix(y, said, labels=range(classes), sample_weight=w).tolist(),
        "table": {"precision": a.tolist(), "recall": r.tolist(), "f1": f.tolist(), "support": n.tolist()}, "averages": averages(y, said, w),
        "rocAuc": {k: roc_auc_score(y == k, p[:, k], sample_weight=w) for k in ranked},
        "averagePrecision": {k: average_precision_score(y == k, p[:, k], sample_weight=w) for k in ranked},
        "logLoss": log_loss(y, numpy.clip(p, 2.3e-16, 1), labels=range(classes), sample_weight=w),
        "brier": brier_score_loss(y, p[:, 1], sample_weight=w) if classes == 2 else float(numpy.average(((p - one_hot) ** 2).sum(1), weights=w)),
    }


def errors():
    w, y = weights(150), numpy.round(numbers.normal(900, 40, size=150), 2)
    said = numpy.round(y + numbers.normal(0, 12, size=150), 2)
    squared = mean_squared_error(y, said, sample_weight=w)
    return {
        "y": y.tolist(), "said": said.tolist(), "weights": w.tolist(), "mse": squared, "rmse": squared ** 0.5,
        "mae": mean_absolute_error(y, said, sample_weight=w), "r2": r2_score(y, said, sample_weight=w)}


document = {"penalty": PENALTY, "optima": [logistic(1), logistic(2.5), ridge()], "figures": [figures(2), figures(4)], "errors": errors()}
file = pathlib.Path(__file__).with_suffix(".json")
file.write_text(json.dumps(document, separators=(",", ":")) + "\n")
print(file, file.stat().st_size, [(o["w"], o["b"]) for o in document["optima"]], document["errors"]["r2"])

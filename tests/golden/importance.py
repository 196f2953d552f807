"""Permutation importance by scikit-learn: /usr/bin/python3 tests/golden/importance.py writes importance.json.

sklearn.inspection.permutation_importance runs as it is. It shuffles a column again and again, each column from the same seed; the permutations that come of it
are written down as the row from which each row gets its value, so that the other side can follow, and are checked here. Cases: the held-out rows of
columns.json, where a cell stands for all the features that were made of it; the regression of regression.json with weights of rows; several labels.
Needs Debian's python3-sklearn, columns.json and regression.json.
"""
import csv
import io
import json
import pathlib

import numpy
from sklearn.inspection import permutation_importance

here = pathlib.Path(__file__).parent
SEED, REPEATS = 5, 4


def float32(values):
    return numpy.asarray(values).astype(numpy.float32).astype(float)


def sigma(z):
    return 1 / (1 + numpy.exp(-z))


def permutations(rows):
    again = numpy.random.RandomState(numpy.random.RandomState(SEED).randint(numpy.iinfo(numpy.int32).max + 1))
    order, made = numpy.arange(rows), [numpy.arange(rows)]
    for _ in range(REPEATS):
        again.shuffle(order)
        made.append(made[-1][order])
    return made[1:]


def importance(model, x, y, scoring, weights=None):
    """Mean and deviation of each figure for each column."""
    found = permutation_importance(model, x, y, scoring=scoring, n_repeats=REPEATS, random_state=SEED, sample_weight=weights)
    made = permutations(len(x))
    for column in range(x.shape[1]):
        for repeat, order in enumerate(made):
            changed = x.copy()
            changed[:, column] = x[order, column]
            for name, score in model.scores(x, y, weights).items():
                fall = score - model.scores(changed, y, weights)[name]
                assert abs(fall - found[name]["importances"][column, repeat]) < 1e-12, (name, column, repeat)
    return {
        "permutations": [order.tolist() for order in made],
        "figures": {name: {"mean": f["importances_mean"].tolist(), "deviation": f["importances_std"].tolist()} for name, f in found.items()}}


class Table:
    """Classes by a logistic regression over a table in which a cell is the number of the row that it came from."""

    classes_ = numpy.array([0, 1])

    def __init__(self, z, widths, w, b):
        self.z, self.w, self.b, self.ends = z, w, b, numpy.cumsum([0, *widths])

    def features(self, x):
        return numpy.hstack([self.z[x[:, c], self.ends[c]:self.ends[c + 1]] for c in range(x.shape[1])])

    def predict_proba(self, x):
        p = sigma(self.features(x) @ self.w + self.b)
        return numpy.stack([1 - p, p], axis=1)

    def predict(self, x):
        return (self.features(x) @ self.w + self.b >= 0).astype(int)

    def fit(self, x, y):
        return self

    def scores(self, x, y, weights):
        p = self.predict_proba(x)[numpy.arange(len(y)), y]
        return {"accuracy": (self.predict(x) == y).mean(), "neg_log_loss": numpy.log(p).mean()}


class Line:
    """A number by a linear regression."""

    def __init__(self, case):
        self.case = case

    def features(self, x):
        return (x - self.case["mean"]) / self.case["deviation"]

    def predict(self, x):
        return self.case["scaling"]["mean"] + self.case["scaling"]["deviation"] * (self.features(x) @ self.case["w"] + self.case["b"])

    def fit(self, x, y):
        return self

    def scores(self, x, y, weights):
        squared = (self.predict(x) - y) ** 2
        mean = numpy.average(y, weights=weights)
        return {
            "r2": 1 - (weights * squared).sum() / (weights * (y - mean) ** 2).sum(),
            "neg_root_mean_squared_error": -numpy.average(squared, weights=weights) ** 0.5}


class Labels:
    """Several labels, each by a logistic regression."""

    def __init__(self, w, b):
        self.w, self.b = w, b

    def fit(self, x, y):
        return self

    def scores(self, x, y, weights=None):
        z = x @ self.w.T + self.b
        loss = numpy.logaddexp(0, z) - y * z
        return {"accuracy": ((z >= 0) == (y == 1)).all(1).mean(), "neg_loss": -loss.mean()}


def table():
    columns = json.loads((here / "columns.json").read_text())
    held = list(csv.DictReader(io.StringIO(columns["held"])))
    y = numpy.array([int(row["y"] == "stays") for row in held])
    model = Table(numpy.array(columns["z"]), [1, 1, 1, 7, 16, 1, 20, 32], float32(columns["w"]), float32(columns["b"]))
    x = numpy.repeat(numpy.arange(len(held))[:, None], 8, axis=1)
    return importance(model, x, y, ["accuracy", "neg_log_loss"])


def numbers():
    case = json.loads((here / "regression.json").read_text())["evaluations"][0]
    weights = numpy.round(numpy.random.default_rng(3).uniform(0, 4, size=len(case["y"])), 2)
    weights[::13] = 0
    some = weights > 0  # rows that weigh nothing may hold anything, and are not permuted
    x, y = numpy.array(case["x"])[some], numpy.array(case["y"])[some]
    return {"weights": weights.tolist(), **importance(Line(case), x, y, ["r2", "neg_root_mean_squared_error"], weights[some])}


def labels():
    random = numpy.random.default_rng(4)
    x, w, b = numpy.round(random.normal(size=(90, 4)), 3), float32(random.normal(size=(3, 4))), float32([0.3, -0.2, -1])
    w[:, 2] = 0  # a column that does not matter
    y = (random.uniform(size=(90, 3)) < sigma(x @ w.T + b)).astype(int)
    model = Labels(w, b)
    return {"x": x.tolist(), "y": y.tolist(), "w": w.tolist(), "b": b.tolist(), **importance(model, x, y, lambda m, x, y: m.scores(x, y))}


document = {"table": table(), "numbers": numbers(), "labels": labels()}
file = pathlib.Path(__file__).with_suffix(".json")
file.write_text(json.dumps(document, separators=(",", ":")) + "\n")
print(file, file.stat().st_size, {name: case["figures"] for name, case in document.items()})

#!/usr/bin/env python3
"""scikit-learn's optimum of the penalised losses that tests/Grains.Tests/LbfgsTests.cs wants Granary's L-BFGS to reach.

    optima.py      writes optima.json

The objective is what Granary minimises: the mean log-loss plus lambda/2 times the sum of the squared weights, intercepts left out,
on features of mean 0 and deviation 1. scikit-learn's C is 1 / (lambda N). Needs Debian's python3-sklearn.
"""
import csv
import json
import pathlib

import numpy
from sklearn.linear_model import LogisticRegression

PLACE = pathlib.Path(__file__).parent
DATA = PLACE.parent.parent / "examples" / "data"


def read(name):
    with open(DATA / name) as file:
        rows = list(csv.DictReader(file))
    columns = [c for c in rows[0] if c != "label"]
    x = numpy.array([[float(row[c]) for c in columns] for row in rows])
    deviation = x.std(0)
    x = (x - x.mean(0)) / numpy.where(deviation > 1e-12, deviation, 1) * (deviation > 1e-12)
    return x, numpy.array([row["label"] for row in rows])


def optimum(name, penalty):
    x, labels = read(name)
    model = LogisticRegression(
        C=1 / (penalty * len(x)), solver="lbfgs", multi_class="auto", tol=1e-10, max_iter=100_000).fit(x, labels)
    z = model.decision_function(x)
    z = numpy.stack([0 * z, z], 1) if z.ndim == 1 else z  # two classes: log-odds
    of_label = z[numpy.arange(len(x)), [list(model.classes_).index(label) for label in labels]]
    losses = numpy.logaddexp.reduce(z, axis=1) - of_label
    return {
        "data": name, "penalty": penalty,
        "objective": float(losses.mean() + penalty / 2 * (model.coef_ ** 2).sum()),
        "accuracy": float(model.score(x, labels)),
        "iterations": int(model.n_iter_.max()),
    }


rows = [optimum("breast-cancer.csv", 0.001), optimum("breast-cancer.csv", 0.1), optimum("digits.csv", 0.001), optimum("digits.csv", 0.01)]
(PLACE / "optima.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")

"""Splits written a second time, and scikit-learn's figures over them: /usr/bin/python3 tests/golden/folds.py writes folds.json.

A row's key is SplitMix64's finaliser over (seed, row number), a group's over (seed, FNV-1a of its name); rows or groups lie in the order of
their keys, and a fold is a run of them. Models: logistic regression and ridge, each on standardised features of the fold's training rows.
Granary minimises the mean loss plus lambda/2 times the sum of the squared weights, the intercept left out: scikit-learn's C is
1 / (lambda n), its alpha lambda n / 2 over n training rows. Needs Debian's python3-sklearn.
"""
import json
import pathlib

import numpy
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import (
    accuracy_score, average_precision_score, brier_score_loss, log_loss, mean_absolute_error, mean_squared_error, precision_recall_fscore_support,
    r2_score, roc_auc_score)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SEED, FOLDS, FRACTION, PENALTY = 11, 4, 0.3, 0.02
VALIDATION = 3  # the number of this purpose of random numbers
WORD = (1 << 64) - 1


def mix(x):
    x = (x + 0x9E3779B97F4A7C15) & WORD
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & WORD
    return x ^ (x >> 31)


def key(number):
    return mix((mix(mix(SEED) + VALIDATION & WORD) + number) & WORD)


def group_key(name):
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = (h ^ byte) * 0x100000001B3 & WORD
    return key(mix(h) >> 11)


def runs(items, sizes):
    ends = numpy.cumsum(sizes)
    return [items[end - size:end] for end, size in zip(ends, sizes)]


def folds_of_rows(strata):
    """Rows are dealt to the folds stratum by stratum, and each stratum's are taken in the order of their keys."""
    held, before = [[] for _ in range(FOLDS)], 0
    for rows in strata:
        fold_of = [(before + i) % FOLDS for i in range(len(rows))]
        for fold, some in enumerate(runs(sorted(rows, key=key), [fold_of.count(f) for f in range(FOLDS)])):
            held[fold] += some
        before += len(rows)
    return [sorted(rows) for rows in held]


def folds_of_groups(groups):
    names = sorted(set(groups), key=group_key)
    bounds = [len(names) * f // FOLDS for f in range(FOLDS + 1)]
    return [[i for i, g in enumerate(groups) if g in names[a:b]] for a, b in zip(bounds, bounds[1:])]


def classes(x, y, held):
    found = []
    for rows in held:
        rest = numpy.setdiff1d(numpy.arange(len(y)), rows)
        model = make_pipeline(StandardScaler(), LogisticRegression(C=1 / (PENALTY * len(rest)), solver="newton-cholesky", tol=1e-12, max_iter=1000)).fit(x[rest], y[rest])
        p, truth = model.predict_proba(x[rows])[:, 1], y[rows]
        precision, recall, f1, _ = precision_recall_fscore_support(truth, p >= 0.5, average="macro", zero_division=0)
        found.append({
            "loss": log_loss(truth, p), "accuracy": accuracy_score(truth, p >= 0.5), "precision": precision, "recall": recall, "f1": f1,
            "rocAuc": roc_auc_score(truth, p), "averagePrecision": average_precision_score(truth, p), "brier": brier_score_loss(truth, p)})
    return summary(held, found)


def numbers(x, y, held):
    found = []
    for rows in held:
        rest = numpy.setdiff1d(numpy.arange(len(y)), rows)
        said = make_pipeline(StandardScaler(), Ridge(alpha=PENALTY * len(rest) / 2, solver="cholesky")).fit(x[rest], y[rest]).predict(x[rows])
        mse = mean_squared_error(y[rows], said)
        found.append({"mse": mse, "rmse": mse ** 0.5, "mae": mean_absolute_error(y[rows], said), "r2": r2_score(y[rows], said)})
    return summary(held, found)


def summary(held, found):
    over = {name: [f[name] for f in found] for name in found[0]}
    return {
        "held": held, "figures": found,
        "mean": {name: numpy.mean(v) for name, v in over.items()}, "deviation": {name: numpy.std(v, ddof=1) for name, v in over.items()}}


random = numpy.random.default_rng(53)
ROWS = 190
x = numpy.round(random.normal(size=(ROWS, 4)) * [1, 3, 0.5, 10], 3)
group = [f"Straße {i}" for i in random.integers(0, 31, ROWS)]
z = x @ [1.1, -0.3, 0.8, 0.05] - 0.9
y = (random.uniform(size=ROWS) < 1 / (1 + numpy.exp(-z))).astype(int)
t = numpy.round(3 * z + random.normal(size=ROWS), 3)
strata = [[i for i in range(ROWS) if y[i] == c] for c in (0, 1)]

limit = int(FRACTION * 10) * (1 << 64) // 10
share = [int(0.3 * len(strata[0])), int(FRACTION * 10) * ROWS // 10 - int(FRACTION * 10) * len(strata[0]) // 10]
document = {
    "seed": SEED, "folds": FOLDS, "fraction": FRACTION, "penalty": PENALTY,
    "table": "a,b,c,d,group,y,t\n" + "".join(f"{','.join(map(repr, r.tolist()))},{g},{c},{n!r}\n" for r, g, c, n in zip(x, group, y.tolist(), t.tolist())),
    "groupFraction": [i for i, g in enumerate(group) if group_key(g) < limit],
    "stratifiedFraction": sorted(i for rows, n in zip(strata, share) for i in sorted(rows, key=key)[:n]),
    "plain": numbers(x, t, folds_of_rows([list(range(ROWS))])),
    "stratified": classes(x, y, folds_of_rows(strata)),
    "groups": classes(x, y, folds_of_groups(group)),
}
file = pathlib.Path(__file__).with_suffix(".json")
file.write_text(json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n")
print(file, *[(name, document[name]["mean"], document[name]["deviation"]) for name in ("plain", "stratified", "groups")], sep="\n")

"""Figures and optima of regressions by scikit-learn: /usr/bin/python3 tests/golden/regression.py writes regression.json.

Figures: a linear model and a Poisson regression over the same examples, weights rounded to float32 as saved models hold them, all
arithmetic in float64. Optima: ridge and Poisson regression. Granary minimises the mean loss plus lambda/2 times the sum of the squared
weights, the intercept left out: scikit-learn's alpha is lambda N / 2 for the squared error (a sum, and without the half), and lambda for
Poisson's (a mean, whose derivative is that of Granary's). Needs Debian's python3-sklearn.
"""
import json
import pathlib

import numpy
from sklearn.linear_model import PoissonRegressor, Ridge
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

numbers = numpy.random.default_rng(21)
ROWS, FEATURES = 160, 5


def float32(values):
    return numpy.asarray(values).astype(numpy.float32).astype(float)


def figures(y, predicted):
    squared = mean_squared_error(y, predicted)
    return {"mse": squared, "rmse": squared ** 0.5, "mae": mean_absolute_error(y, predicted), "r2": r2_score(y, predicted)}


def evaluated(loss):
    x = numpy.round(numbers.normal(size=(ROWS, FEATURES)) * 3, 3)
    w, b = float32(numbers.normal(size=FEATURES) * 0.3), float32(0.4)
    mean, deviation = x.mean(0), x.std(0)
    z = (x - mean) / deviation @ w + b
    if loss == "poisson":
        y, scaling, predicted = numbers.poisson(numpy.exp(z)).astype(float), None, numpy.exp(z)
    else:
        y = numpy.round(250 + 80 * (z + numbers.normal(size=ROWS) * 0.4), 2)
        scaling = {"mean": 248.5, "deviation": 83.25}
        predicted = scaling["mean"] + scaling["deviation"] * z
    return {
        "loss": loss, "x": x.tolist(), "y": y.tolist(), "w": w.tolist(), "b": float(b), "mean": mean.tolist(), "deviation": deviation.tolist(),
        "scaling": scaling, "figures": figures(y, predicted)}


def optimum(loss, penalty):
    # Small weights: a float32, which is what a saved model holds, is then within 1e-8 of the float64.
    x = numpy.round(numbers.normal(size=(ROWS, FEATURES)), 3)
    z = x @ (numbers.uniform(-0.1, 0.1, size=FEATURES)) + 0.05
    if loss == "poisson":
        y = numbers.poisson(numpy.exp(z)).astype(float)
        model = PoissonRegressor(alpha=penalty, tol=1e-13, max_iter=100_000).fit(x, y)
    else:
        y = numpy.round(z + numbers.normal(size=ROWS) * 0.2, 4)
        model = Ridge(alpha=penalty * ROWS / 2, solver="cholesky").fit(x, y)
    assert numpy.abs(model.coef_).max() < 0.25 and abs(model.intercept_) < 0.25, (model.coef_, model.intercept_)
    return {
        "loss": loss, "penalty": penalty, "x": x.tolist(), "y": y.tolist(), "w": model.coef_.tolist(), "b": float(model.intercept_)}


document = {
    "evaluations": [evaluated("squared-error"), evaluated("poisson")],
    "optima": [optimum("squared-error", 0.0), optimum("squared-error", 0.05), optimum("poisson", 0.02)],
}
file = pathlib.Path(__file__).with_suffix(".json")
file.write_text(json.dumps(document, separators=(",", ":")) + "\n")
print(file, [c["figures"] for c in document["evaluations"]], [(o["w"], o["b"]) for o in document["optima"]])

"""pandas and scikit-learn's linear model of a generated table. Argument: a file that says what the columns are (see LawSpec). Prints the
seconds from opening the table to the fitted model, and writes its predictions for the rows held out, one a line."""
import json
import sys
import time

import numpy
import pandas
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

with open(sys.argv[1], encoding="utf-8") as file:
    spec = json.load(file)
rows, penalty, target = spec["rows"], spec["penalty"], spec["target"]


def named(form, gaps=False):
    return [c["name"] for c in spec["columns"] if c["form"] == form and (c["gaps"] or not gaps)]


numbers, categories, booleans, dates = named("number"), named("category"), named("boolean"), named("date")
parts = [f"{d} {p}" for d in dates for p in ("month", "weekday")]
elapsed = [f"{d} elapsed" for d in dates]


def read(file):
    types = {**dict.fromkeys(numbers, "float64"), **dict.fromkeys(categories, "category"), **dict.fromkeys(booleans, "bool"), target: "float64"}
    return pandas.read_csv(file, dtype=types, parse_dates=dates)


def frame(table, known):
    """Categories as their place among the known ones, which encodes faster than texts do: a gap is -1, and one that is not known -2."""
    columns = {name: table[name] for name in numbers + booleans}
    for name in categories:
        places = known[name].get_indexer(table[name].cat.categories)
        places = numpy.where(places < 0, -2, places)
        codes = table[name].cat.codes.to_numpy()
        columns[name] = numpy.where(codes < 0, -1, places[codes])
    for name in dates:
        columns[f"{name} elapsed"] = (table[name] - pandas.Timestamp("1970-01-01")).dt.total_seconds()
        columns[f"{name} month"], columns[f"{name} weekday"] = table[name].dt.month, table[name].dt.weekday
    return pandas.DataFrame(columns, copy=False)


def model():
    tolerance = spec["tolerance"]
    if spec["kind"] == "class":  # its loss is a sum before 1.4, and a mean from there on
        is_sum = tuple(int(part) for part in sklearn.__version__.split(".")[:2]) < (1, 4)
        return LogisticRegression(C=1 / penalty, tol=tolerance * (rows if is_sum else 1), max_iter=1000)
    if spec["kind"] == "count":  # a mean
        return PoissonRegressor(alpha=penalty / rows, tol=tolerance, max_iter=1000)
    return Ridge(alpha=penalty)


began = time.perf_counter()
table = read(spec["train"])
labels = table.pop(target).to_numpy()
known = {name: table[name].cat.categories for name in categories}
features = ColumnTransformer(
    [
        ("numbers", make_pipeline(SimpleImputer(), StandardScaler(copy=False)), numbers + elapsed),
        ("gaps", MissingIndicator(features="all"), named("number", gaps=True)),
        ("categories", OneHotEncoder(min_frequency=spec["few"], handle_unknown="infrequent_if_exist"), categories + parts),
        ("booleans", "passthrough", booleans),
    ],
    sparse_threshold=0 if spec["kind"] == "number" else 0.5,  # the closed form wants a dense table
)
read_in = time.perf_counter() - began
table = frame(table, known)
encoded = features.fit_transform(table)
made = time.perf_counter() - began
fitted = model().fit(encoded, labels)
seconds = time.perf_counter() - began
with open("/proc/self/status", encoding="utf-8") as status:  # the greatest resident set so far
    peak = next(int(line.split()[1]) * 1024 / 1e6 for line in status if line.startswith("VmHWM:"))  # MB
if not max(numpy.ravel(getattr(fitted, "n_iter_", None) or 1)):
    sys.exit("scikit-learn has taken no step: its tolerance is not what this script takes it for")

held = features.transform(frame(read(spec["heldOut"]), known))
predicted = fitted.predict_proba(held)[:, 1] if spec["kind"] == "class" else fitted.predict(held)
numpy.savetxt(spec["predictions"], predicted, fmt="%.17g")
found = {
    "seconds": seconds, "read": read_in, "features": made - read_in, "fit": seconds - made, "peak": peak,
    "width": encoded.shape[1], "steps": int(numpy.max(getattr(fitted, "n_iter_", None) or 0)),
}
if len(sys.argv) > 2:  # what it computes with is wanted, too
    import arithmetic

    found["arithmetic"] = arithmetic.of_numpy()
print(json.dumps(found), flush=True)

"""A mixed table as scikit-learn's pipelines see it: /usr/bin/python3 tests/golden/columns.py writes columns.json.

It has the table as CSV (one part to train on, one held out with categories and gaps that training never saw), the features that scikit-learn's
transformers make of each row, the optimum of a logistic regression on them, and its figures on the held-out part. Granary minimises the mean
loss plus lambda/2 times the sum of the squared weights, the intercept left out: C = 1 / (lambda N). Needs Debian's python3-sklearn.
"""
import csv
import datetime
import io
import json
import pathlib

import numpy
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler

numbers = numpy.random.default_rng(28)
TRAINING, HELD, PENALTY = 203, 60, 0.02
COLUMNS = ["age", "income", "score", "city", "code", "member", "joined", "note"]
CITIES = ["Köln", "Berlin", "Aachen", "Zürich", "berlin"]
WORDS = "late early paid open box blue Größe 2nd refund call no yes again".split()
START = datetime.date(2019, 12, 30)


def row(held):
    day = START + datetime.timedelta(days=int(numbers.integers(0, 900)))
    cells = {
        "age": round(float(numbers.normal(41, 13)), 1),
        "income": round(float(numbers.lognormal(10.2, 0.9)), 2),
        "score": int(numbers.integers(-5, 6)) / 4,
        "city": CITIES[int(numbers.choice(5, p=[0.4, 0.3, 0.15, 0.1, 0.05]))],
        "code": f"K{int(numbers.integers(0, 60))}",
        "member": ["yes", "no"][int(numbers.integers(0, 2))],
        "joined": day.isoformat() + ["", "T18:30:00Z"][int(numbers.integers(0, 2))],
        "note": " ".join(WORDS[int(w)] for w in numbers.integers(0, len(WORDS), size=int(numbers.integers(0, 7)))) + ["", "!", ", ok."][int(numbers.integers(0, 3))],
    }
    z = 0.05 * (cells["age"] - 41) + (cells["city"] == "Berlin") + (cells["member"] == "yes") - ("refund" in cells["note"]) + 0.0008 * (day - START).days - 1
    label = "stays" if numbers.uniform() < 1 / (1 + numpy.exp(-z)) else "goes"
    if held and numbers.uniform() < 0.2:
        cells["city"] = "Oslo"
    for name, share in [("age", 0.1), ("income", 0.15), ("score", 0.1), ("city", 0.08), ("joined", 0.05)]:
        if numbers.uniform() < share:
            cells[name] = ["", "NA"][int(numbers.integers(0, 2))]
    return cells, label


def text(rows, labels):
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS + ["y"])
    for cells, label in zip(rows, labels):
        writer.writerow([cells[c] for c in COLUMNS] + [label])
    return file.getvalue()


def is_missing(cell):
    return cell in ("", "NA")


def column(rows, name):
    return numpy.array([[numpy.nan if is_missing(r[name]) else float(r[name])] for r in rows])


def days(cell):
    if is_missing(cell):
        return numpy.nan
    date = datetime.datetime.fromisoformat(cell.replace("Z", "+00:00"))
    return (date.replace(tzinfo=datetime.timezone.utc).timestamp()) / 86400


def date(value):
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(days=float(value))


def one_of(values, choices):
    return OneHotEncoder(categories=[choices], handle_unknown="ignore", sparse_output=False).fit([[choices[0]]]).transform([[v] for v in values])


training, held = [[row(part == 1) for _ in range(n)] for part, n in enumerate([TRAINING, HELD])]
(train_rows, train_y), (held_rows, held_y) = [zip(*part) for part in (training, held)]

age = make_pipeline(SimpleImputer(strategy="mean"), StandardScaler()).fit(column(train_rows, "age"))
income = make_pipeline(SimpleImputer(strategy="median"), RobustScaler()).fit(numpy.clip(column(train_rows, "income"), 5000, 90000))
score = make_pipeline(SimpleImputer(strategy="constant", fill_value=0.5), MinMaxScaler()).fit(column(train_rows, "score"))
elapsed = SimpleImputer(strategy="mean").fit([[days(r["joined"])] for r in train_rows])
scaled = StandardScaler().fit(elapsed.transform([[days(r["joined"])] for r in train_rows]))
grams = HashingVectorizer(n_features=32, ngram_range=(1, 2), token_pattern=r"(?u)\w+", alternate_sign=False, norm=None)
weigh = TfidfTransformer().fit(grams.transform([r["note"] for r in train_rows]))
cities = sorted({r["city"] for r in train_rows if not is_missing(r["city"])})


def features(rows):
    joined = elapsed.transform([[days(r["joined"])] for r in rows])
    known = one_of([r["city"] for r in rows], cities)
    gap = numpy.array([[float(is_missing(r["city"]))] for r in rows])
    return numpy.hstack([
        age.transform(column(rows, "age")),
        income.transform(numpy.clip(column(rows, "income"), 5000, 90000)),
        score.transform(column(rows, "score")),
        known, 1 - known.sum(1, keepdims=True) - gap, gap,
        FeatureHasher(n_features=16, input_type="string", alternate_sign=False).transform([[r["code"]] for r in rows]).toarray(),
        [[float(r["member"] == "yes")] for r in rows],
        scaled.transform(joined),
        one_of([date(d[0]).month for d in joined], list(range(1, 13))),
        one_of([date(d[0]).weekday() for d in joined], list(range(7))),
        weigh.transform(grams.transform([r["note"] for r in rows])).toarray(),
    ])


x, z = features(train_rows), features(held_rows)
y = numpy.array([label == "stays" for label in train_y])
model = LogisticRegression(C=1 / (PENALTY * TRAINING), solver="newton-cholesky", tol=1e-12).fit(x, y)
probability = model.predict_proba(z)[:, 1]
truth = numpy.array([label == "stays" for label in held_y])
document = {
    "penalty": PENALTY, "training": text(train_rows, train_y), "held": text(held_rows, held_y), "x": x.tolist(), "z": z.tolist(),
    "w": model.coef_[0].tolist(), "b": float(model.intercept_[0]), "probability": probability.tolist(),
    "figures": {"loss": log_loss(truth, probability), "accuracy": accuracy_score(truth, probability >= 0.5), "auc": roc_auc_score(truth, probability)},
}
file = pathlib.Path(__file__).with_suffix(".json")
file.write_text(json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n")
print(file, file.stat().st_size, x.shape, document["figures"])

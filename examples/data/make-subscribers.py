"""Makes subscribers.csv, a mixed table with a known rule behind it: python3 examples/data/make-subscribers.py

Whether a subscriber stays is drawn with the log-odds of `score` below. Some cells are left empty, as they are in real tables.
"""
import csv
import datetime
import math
import pathlib
import random

draw = random.Random(2026)
CITIES = ["Aachen", "Bremen", "Essen", "Hamburg", "Jena", "Ulm"]
NOTES = ["asked for a refund", "called twice, very friendly", "moved house", "no answer", "pays by invoice", "wants the big plan", ""]
START = datetime.date(2023, 1, 1)


def row():
    joined = START + datetime.timedelta(days=draw.randrange(1000))
    cells = {
        "age": str(round(draw.gauss(44, 14))),
        "income": str(round(math.exp(draw.gauss(10.4, 0.7)), -2)),
        "city": draw.choices(CITIES, weights=[5, 4, 3, 8, 1, 2])[0],
        "plan": draw.choices(["small", "medium", "large"], weights=[5, 3, 2])[0],
        "newsletter": draw.choice(["yes", "no"]),
        "joined": joined.isoformat(),
        "note": draw.choice(NOTES),
    }
    score = (0.03 * (int(cells["age"]) - 44) + {"small": -0.6, "medium": 0.1, "large": 1.1}[cells["plan"]] + (0.8 if cells["newsletter"] == "yes" else -0.4)
             + (0.9 if cells["city"] == "Hamburg" else 0) - (2.2 if "refund" in cells["note"] else 0) + 0.001 * (500 - (joined - START).days) + 0.3)
    cells["stays"] = "yes" if draw.random() < 1 / (1 + math.exp(-score)) else "no"
    for name, share in [("age", 0.06), ("income", 0.12), ("city", 0.04)]:
        if draw.random() < share:
            cells[name] = ""
    return cells


rows = [row() for _ in range(600)]
with open(pathlib.Path(__file__).with_name("subscribers.csv"), "w", newline="", encoding="utf-8") as file:
    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)

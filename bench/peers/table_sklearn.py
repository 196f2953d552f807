"""pandas and scikit-learn's logistic regression by L-BFGS on a CSV file, without a penalty. Argument: the file. Prints the seconds
from opening it to the fitted model, and the model: a coefficient per feature, then the intercept."""
import json
import sys
import time

import arithmetic
import pandas
from sklearn.linear_model import LogisticRegression

began = time.perf_counter()
table = pandas.read_csv(sys.argv[1])
labels = table.pop("label").to_numpy()
fitted = LogisticRegression(penalty="none", max_iter=200).fit(table.to_numpy(), labels)
seconds = time.perf_counter() - began
print(json.dumps({"seconds": seconds, "model": [*fitted.coef_[0].tolist(), fitted.intercept_[0]], "arithmetic": arithmetic.of_numpy()}), flush=True)

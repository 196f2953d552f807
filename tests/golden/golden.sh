#!/usr/bin/env bash
# Makes every golden number under tests/golden again, from nothing. Needs Debian's python3-torch, python3-numpy and python3-sklearn,
# and the .NET SDK.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-/usr/bin/python3}
"$python" curves.py inputs
GRANARY_GOLDEN=write dotnet test --project ../Model.Tests -- --filter-class "*GoldenPlanTests"
"$python" curves.py losses
"$python" optima.py
"$python" evaluation.py
"$python" regression.py
"$python" classes.py
"$python" columns.py
"$python" folds.py
"$python" weights.py
"$python" multilabel.py
"$python" importance.py

#!/bin/sh
# Builds the environments of the public harnesses below $HARNESSES, from packages alone.
# Two, because latex2sympy2 1.9.1 and math-verify need different ANTLR runtimes.
set -eu
PYTHON=${PYTHON:-python3}
HARNESSES=${HARNESSES:-.venv-harnesses}

for name in latex2sympy2 math-verify; do
    [ -x "$HARNESSES/$name/bin/python" ] || "$PYTHON" -m venv "$HARNESSES/$name"
done
pip="-m pip install -q --disable-pip-version-check"

# lmms-eval without its dependencies: its scoring needs neither torch nor a model.
"$HARNESSES/latex2sympy2/bin/python" $pip latex2sympy2==1.9.1 antlr4-python3-runtime==4.7.2 tqdm loguru
"$HARNESSES/latex2sympy2/bin/python" $pip --no-deps lmms-eval==0.7.3

"$HARNESSES/math-verify/bin/python" $pip math-verify==0.9.0 latex2sympy2-extended==1.11.0 \
    antlr4-python3-runtime==4.13.2 openai numpy pandas pyyaml loguru
"$HARNESSES/math-verify/bin/python" $pip --no-deps lmms-eval==0.7.3

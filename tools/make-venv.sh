#!/bin/sh
# Builds $VENV and installs waywiser with its extras, versions from constraints.txt.
set -eu
PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "waywiser needs Python 3.11 or later; '$PYTHON' is not. Try: make PYTHON=python3.12 ..." >&2
    exit 2
}
if ! "$PYTHON" -m venv "$VENV" >/dev/null 2>&1; then
    # Debian and Ubuntu ship venv without pip unless python3-venv is there.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq python3-venv
        "$PYTHON" -m venv "$VENV"
    elif "$PYTHON" -m pip --version >/dev/null 2>&1; then
        "$PYTHON" -m venv --without-pip "$VENV"
        "$PYTHON" -m pip --python "$VENV/bin/python" install -q pip
    else
        echo "This Python has neither venv nor pip. Run: sudo apt-get install python3-venv" >&2
        exit 2
    fi
fi
# torch first and alone, so that nothing else chooses its build.
torch=$(grep '^torch==' constraints.txt)
"$VENV/bin/python" -m pip install -q --disable-pip-version-check "$torch" -c constraints.txt
"$VENV/bin/python" -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[train,dev,video,curate,scale,track]'
# Weights in 4 bits: one package of 43 MB, without which their tests are skipped.
"$VENV/bin/python" -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[quantize]' ||
    echo "the extra 'quantize' is not installed: see above; all else works" >&2
# The procedural families bring 37 packages (98 MB), one of them C source: without a compiler their tests are skipped.
"$VENV/bin/python" -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[families]' ||
    echo "the extra 'families' is not installed: see above; all else works" >&2

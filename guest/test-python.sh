#!/bin/sh
# Tests of guest/qlib and guest/python with the real pyqlib, LightGBM and
# pandas: sh guest/test-python.sh [DIR]. DIR keeps the virtual environment for
# the next time; without it one is made and thrown away. PYTHON names a Python
# 3.11, EDGESIGNAL a built program.
set -eu
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
venv=${1:-$work/venv}
want=$(sha256sum guest/qlib/requirements.txt)
if [ ! -f "$venv/made-from" ] || [ "$(cat "$venv/made-from")" != "$want" ]; then
    rm -rf "$venv"
    "${PYTHON:-python3.11}" -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r guest/qlib/requirements.txt
    echo "$want" >"$venv/made-from"
fi
if [ -z "${EDGESIGNAL:-}" ]; then
    EDGESIGNAL=$work/edgesignal
    CGO_ENABLED=0 go build -buildvcs=false -o "$EDGESIGNAL" ./cmd/edgesignal
fi
export EDGESIGNAL
(cd guest/python && "$venv/bin/python" -m unittest)
(cd guest/qlib && "$venv/bin/python" -m unittest)

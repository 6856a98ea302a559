#!/bin/sh
# Makes rule.wasm. Needs node, AssemblyScript 0.28.20 (npm install, once) or its asc in ASC, and
# edgesignal in PATH or in EDGESIGNAL.
set -eu
cd "$(dirname "$0")"
"${ASC:-node_modules/.bin/asc}" risk_tilt.ts -O3 --runtime stub --use abort= --exportStart _initialize -o rule.wasm
"${EDGESIGNAL:-edgesignal}" rule meta rule.wasm meta.json

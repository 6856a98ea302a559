#!/bin/sh
# Makes rule.wasm. Needs clang-19 and wasm-ld-19 (Debian: apt-get install clang-19 lld-19; others
# by CC and LD), and edgesignal in PATH or in EDGESIGNAL.
set -eu
cd "$(dirname "$0")"
"${CC:-clang-19}" --target=wasm32 -mcpu=mvp -mbulk-memory -std=c17 -Os -ffp-contract=off -nostdlib \
  -Wall -Wextra -Werror -c risk_tilt.c -o risk_tilt.o
"${LD:-wasm-ld-19}" --no-entry --strip-all --stack-first -z stack-size=16384 --fatal-warnings risk_tilt.o -o rule.wasm
rm risk_tilt.o
"${EDGESIGNAL:-edgesignal}" rule meta rule.wasm meta.json

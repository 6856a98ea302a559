#!/bin/sh
# Makes rule.wasm. Needs Go 1.24 or later, and edgesignal in PATH or in EDGESIGNAL.
set -eu
cd "$(dirname "$0")"
GOWORK=off GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -trimpath -buildvcs=false -ldflags="-s -w" -o rule.wasm .
"${EDGESIGNAL:-edgesignal}" rule meta rule.wasm meta.json

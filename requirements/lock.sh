#!/usr/bin/env bash
# Resolves all lock files anew (argument: uv). Versions and hashes only: no index address is ever written.
set -euo pipefail
uv=$1
compile() { "$uv" pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate "$@"; }
compile requirements/bootstrap.in -o requirements/bootstrap.lock
compile pyproject.toml requirements/build.in -o requirements/runtime.lock
compile --extra test pyproject.toml requirements/build.in -c requirements/runtime.lock -o requirements/test.lock
compile --extra test --extra bench pyproject.toml requirements/build.in -c requirements/test.lock -o requirements/bench.lock
compile --no-deps requirements/local-llm.in -o requirements/local-llm.lock

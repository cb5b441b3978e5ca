# Everything a newcomer needs. `make run` and `make test` install what is missing; a second time they install nothing.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Byte code is worth a second of every start; some machines switch it off for all programs.
unexport PYTHONDONTWRITEBYTECODE

# The recipes below are the commands docker-compose.yml runs.
.PHONY: help install run worker test check eval bench screenshots fuzz format lock docs clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

install: $(VENV)/.runtime ## install what `run` needs

run: $(VENV)/.runtime ## install, prepare the database, serve on http://127.0.0.1:8400
	@$(BIN)/vierklang serve --with-worker

worker: $(VENV)/.runtime ## run a worker of the job queue
	@$(BIN)/vierklang worker

test: $(VENV)/.test ## run all tests
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m pytest -n 2

check: $(VENV)/.test ## lint, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

eval: $(VENV)/.runtime ## draft and measure the gold cases: eval/latest/report.html and .json in the data folder
	@$(BIN)/vierklang eval latest eval/suites/dev.yaml

.PHONY: eval-gate
eval-gate: $(VENV)/.runtime ## the same, gated with the committed baseline (exit code 1: worse, 3: undecided)
	@$(BIN)/vierklang eval latest eval/suites/dev.yaml --baseline eval/baseline/dev.jsonl --gate eval/suites/gate.yaml

bench: $(VENV)/.bench ## measure the figures the README states
	@$(BIN)/python -m eval.bench

screenshots: $(VENV)/.test ## make pictures of the console in build/screenshots, and the two the README shows
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.browser.screenshots

FUZZ_EXAMPLES ?= 20000
fuzz: $(VENV)/.test ## throw any text at the checks: FUZZ_EXAMPLES (20000) a property, then 1 MB of every worst case
	@FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/python -m pytest --hypothesis-profile=long tests/unit/guards/test_hardening.py
	@$(BIN)/python -m eval.bench worst

format: $(VENV)/.test ## format the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

docs: $(VENV)/.runtime ## write docs/rules.md from the policies
	@$(BIN)/vierklang rules > docs/rules.md

lock: $(VENV)/.uv ## resolve the dependencies anew, with hashes
	@bash requirements/lock.sh $(BIN)/uv

clean: ## remove the environment and caches (the data folder stays)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache build *.egg-info

$(VENV)/.uv: requirements/bootstrap.lock
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || python3 -m venv $(VENV)
	@$(BIN)/python -c 'import sys; assert sys.version_info >= (3, 11), "Vierklang needs Python 3.11 or newer"'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@touch $@

$(VENV)/.runtime: requirements/runtime.lock pyproject.toml $(VENV)/.uv
	@bash requirements/install.sh $(VENV) requirements/runtime.lock
	@touch $@

# What only benches compare with; a second file, so that tests need not install it.
$(VENV)/.bench: requirements/bench.lock $(VENV)/.test
	@bash requirements/install.sh $(VENV) requirements/bench.lock
	@touch $@

$(VENV)/.test: requirements/test.lock requirements/local-llm.lock $(VENV)/.runtime
	@bash requirements/install.sh $(VENV) requirements/test.lock requirements/local-llm.lock
	@touch $@

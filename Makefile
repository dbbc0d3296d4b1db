# Every chore of this project. People, the pre-commit hooks and CI call these and nothing else.
# On a machine with only Python 3.11-3.13, make and git, each target does all of its own set-up, and is quick the second time.

PYTHON ?= python3
VENV ?= .venv
SHARED ?= ../shared

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
RUN_READY := $(VENV)/.ready-to-run
DEV_READY := $(VENV)/.ready-to-develop
LOCAL_SLACK_READY := node_modules/.ready

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check format format-check lint types imports bench eval lock local-slack clean

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

# ---- what people and CI run ----------------------------------------------------------------------------------------------

run: $(RUN_READY) local-slack ## Start the bot against a local Slack (or a real one, when SLACK_BOT_TOKEN is set)
	@$(BIN)/attackbot demo

test: $(DEV_READY) local-slack ## Run every test
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

check: format-check lint types imports test ## Everything CI holds against a change

format: $(DEV_READY) ## Rewrite the sources in the one format
	@$(BIN)/ruff check --select I --fix --quiet .
	@$(BIN)/ruff format .

format-check: $(DEV_READY)
	@$(BIN)/ruff format --check .

lint: $(DEV_READY)
	@$(BIN)/ruff check .

types: $(DEV_READY)
	@$(BIN)/mypy

imports: $(DEV_READY)
	@$(BIN)/lint-imports --no-cache

bench: $(DEV_READY) ## Measure: every bench/bench_*.py, one after the other
	@set -e; for script in bench/bench_*.py; do echo "== $$script"; $(BIN)/python $$script; done

eval: $(DEV_READY) ## Score look-up and alert mapping on labelled sets (SHARED names the folder that holds them)
	@if [ ! -d "$(SHARED)/eval" ]; then \
	  echo "make eval: there is no $(SHARED)/eval; name the folder with the labelled sets: make eval SHARED=DIR" >&2; exit 1; fi
	@set -e; home=$$(mktemp -d); trap 'rm -rf "$$home"' EXIT; export ATTACKBOT_HOME="$$home"; \
	  $(BIN)/attackbot sync --from "$(SHARED)/attack"; \
	  $(BIN)/python "$(SHARED)/eval/score_lookup.py" "$(SHARED)/eval/lookup_dev.jsonl" -- $(BIN)/attackbot lookup --json
	@$(BIN)/python bench/eval_mapping.py "$(SHARED)"

# ---- set-up ---------------------------------------------------------------------------------------------------------------

# One virtual environment. `make run` puts in what the bot needs, the rest of the targets what its developers need too.
$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "make: there is no $(PYTHON) here; install Python 3.11, 3.12 or 3.13, \
	or name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit((3, 11) > v or v >= (3, 14))' || { \
	  echo "make: $$($(PYTHON) --version 2>&1) is not Python 3.11, 3.12 or 3.13; name one that is: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(RUN_READY): $(BIN)/python requirements.lock pyproject.toml
	@if [ ! $(DEV_READY) -nt requirements-dev.lock ]; then echo "Installing the locked dependencies"; \
	  $(PIP) install --require-hashes --requirement requirements.lock; fi
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_READY): $(BIN)/python requirements-dev.lock pyproject.toml
	@echo "Installing the locked dependencies, those for development among them"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(RUN_READY)

# The local Slack is a program of its own that comes over npm. The bot works without it.
local-slack:
	@if command -v npm >/dev/null 2>&1; then $(MAKE) --no-print-directory $(LOCAL_SLACK_READY); \
	  else echo "npm is not here, so there is no local Slack: install Node.js 18 or newer for it. Everything else works."; fi

$(LOCAL_SLACK_READY): package-lock.json
	@echo "Installing the local Slack"
	@if npm ci --no-audit --no-fund --loglevel=error; then mkdir -p node_modules && touch $@; \
	  else echo "npm could not install the local Slack (its own words are above). Everything else works."; fi

# ---- locks ----------------------------------------------------------------------------------------------------------------

COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-config

lock: $(DEV_READY) ## Resolve the dependencies again: one lock for Python 3.11-3.13 on Linux, macOS and Windows
	@rm -f requirements.lock requirements-dev.lock
	@$(COMPILE) --extra build pyproject.toml --output-file requirements.lock >/dev/null
	@$(COMPILE) --extra build --extra dev pyproject.toml --constraints requirements.lock --output-file requirements-dev.lock >/dev/null
	@# Beside an installed node_modules npm would copy from there and leave the hashes out.
	@if command -v npm >/dev/null 2>&1; then set -e; empty=$$(mktemp -d); trap 'rm -rf "$$empty"' EXIT; \
	  cp package.json .npmrc "$$empty"; npm install --prefix "$$empty" --package-lock-only --loglevel=error; \
	  cp "$$empty/package-lock.json" .; fi

clean: ## Remove everything that was made here
	@rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks .import_linter_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

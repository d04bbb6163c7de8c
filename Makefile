# Two commands do everything on a fresh machine: `make run` and `make test`.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
.DEFAULT_GOAL := help
.PHONY: help run test lint format coverage bench load audit lock screenshots clean

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 14

run: $(VENV)/.installed ## set up and start everything; Ctrl-C stops it
	@$(PY) -m halobridge.environment
	@exec $(PY) manage.py serve

test: $(VENV)/.installed-dev ## run the test suite
	@$(PY) -m tests.run $(ARGS)

lint: $(VENV)/.installed-dev ## check style, types and migrations
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy .
	HALOBRIDGE_TESTING=1 $(PY) manage.py makemigrations --check --dry-run --settings tests.settings

format: $(VENV)/.installed-dev ## put the code into shape
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

coverage: $(VENV)/.installed-dev ## run the fast tests and show what they leave out
	$(VENV)/bin/pytest -q -n 2 -m "not browser and not faults" --cov --cov-report=term-missing:skip-covered

bench: $(VENV)/.installed-dev ## measure; ratios within one run, nothing fails
	$(PY) -m tests.benchmarks $(ARGS)

load: $(VENV)/.installed-dev ## press a real installation with 50 clients for a minute
	$(PY) -m tests.benchmarks.load $(ARGS)

screenshots: $(VENV)/.installed-dev ## take pictures of the pages (needs Chromium)
	HALOBRIDGE_SCREENSHOTS=1 $(VENV)/bin/pytest -q tests/browser

audit: $(VENV)/.installed-dev ## look for known vulnerabilities in the pinned dependencies (needs internet)
	$(VENV)/bin/uv tool run pip-audit==2.10.1 --disable-pip --require-hashes -r requirements.txt

lock: $(VENV)/.installed-dev ## pin all versions again
	$(VENV)/bin/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 requirements.in -o requirements.txt
	$(VENV)/bin/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt

clean: ## remove the environment and all local data (asks first)
	@printf 'This deletes %s and var/ with its database. Go on? [y/N] '; read answer; [ "$$answer" = y ] && rm -rf $(VENV) var staticfiles || echo 'Nothing was deleted.'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "HaloBridge needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11 run")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo 'Python cannot make a virtual environment. On Debian and Ubuntu: sudo apt-get install python3-venv'; exit 1; }

# The lock names everything, so pip has nothing to choose (--no-deps): old ones reject a lock with extras.
$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	@echo 'Installing the pinned dependencies (half a minute) ...'
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt | $(VENV)/bin/python
	@echo 'Installing the pinned development dependencies (a minute) ...'
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.installed

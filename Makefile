# make demo | test | check | evidence | bench | docs. Needs Python 3.11+ and make; everything else goes into .venv.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# errors only (twice quiet), and not compiled: what the demo imports is compiled then, the rest never
PIP    := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-compile --editable

.PHONY: demo test check evidence bench docs
.DEFAULT_GOAL := demo

## start everything on this machine: pretend ERP, microservice, adapter (ONCE=1: make some calls and stop; TOUR=1: move a feature)
demo: $(VENV)/run.stamp
	$(BIN)/adapter demo $(if $(ONCE),--once) $(if $(TOUR),--tour)

## all tests (ARGS='-k customers' for some)
test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest $(ARGS)

## style, types, and the fences between the rooms
check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q tests/test_architecture.py

## what the project promises, measured (WHAT=main-job, LIST=1, LONG=1)
evidence: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.evidence $(if $(WHAT),--what $(WHAT)) $(if $(LIST),--list) $(if $(LONG),--long)

## how fast it is, beside others, on this machine; keeps the result (ROUNDS=5, SECONDS=3, LONG=1)
bench: $(VENV)/dev.stamp
	@$(if $(ROUNDS),ROUNDS=$(ROUNDS)) $(if $(SECONDS),SECONDS=$(SECONDS)) $(BIN)/python -m tests.bench $(if $(LONG),--long)

## write the generated pages
docs: $(VENV)/dev.stamp
	$(BIN)/python -m tests.generated

$(VENV)/run.stamp: setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	$(PIP) '.[test,check]'
	@touch $@

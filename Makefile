# The commands a person has to know: build, test, ui, evaluate, bench, lint.
SHELL := /bin/bash
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV ?= .venv
SEEDS ?= $(or $(VARIORUM_SEEDS),seeds/raw)
REFERENCE ?= $(or $(VARIORUM_REFERENCE),seeds/reference)
SHARED ?= ../shared
DATA ?= $(or $(VARIORUM_DATA),data)
PORT := 3000
PUBLISH := $(or $(PUBLISH),$(VARIORUM_PUBLISH))
export VARIORUM_SEEDS := $(SEEDS)
export VARIORUM_REFERENCE := $(REFERENCE)
export VARIORUM_DATA := $(DATA)
# Tests and measurements publish nothing.
export VARIORUM_PUBLISH :=
build ui: export VARIORUM_PUBLISH := $(PUBLISH)
export DAGSTER_HOME ?= $(CURDIR)/.dagster
export DO_NOT_TRACK := 1
BIN := $(VENV)/bin
READY := $(VENV)/.ready $(if $(findstring s3://,$(SEEDS) $(REFERENCE) $(PUBLISH)),$(VENV)/.ready-s3)

.PHONY: build test ui evaluate bench faults fuzz lint docs help

help:
	@echo "make build     build the dataset from $(SEEDS) into $(DATA)"
	@echo "make ui        the Dagster UI with its daemon on http://127.0.0.1:$(PORT)"
	@echo "make test      every test"
	@echo "make evaluate  accuracy against gold data"
	@echo "make bench     the benchmarks"
	@echo "SEEDS=, REFERENCE= and DATA= name other folders; the first two, and PUBLISH=, may be s3://bucket/folder"

build: $(READY) .dagster/dagster.yaml
	@$(BIN)/python -m pipelines.build

ui: $(READY) .dagster/dagster.yaml
	@$(BIN)/python -m pipelines.ui --port $(PORT)

# By several processes, a file by one of them; `pytest tests/test_x.py` is one process.
test: $(VENV)/.ready-dev
	@.ci/debian-packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

# Who is not root mounts the small disks in a user namespace, where the machine allows it.
UNSHARE = $(shell [ "$$(id -u)" = 0 ] || ! unshare --map-root-user --mount true 2>/dev/null || echo unshare --map-root-user --mount)
faults: $(VENV)/.ready-dev
	VARIORUM_KILLS=50 $(UNSHARE) $(BIN)/python -m pytest tests/faults

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

evaluate: $(VENV)/.ready-peers
	@$(BIN)/python -m pipelines.evaluate_builds $(SHARED) --errors evaluation
	@test ! -d $(SHARED)/eval || $(BIN)/python -m pipelines.evaluate $(SHARED)/eval --errors evaluation/matching.csv
	@test ! -d $(SHARED)/eval || $(BIN)/python -m pipelines.evaluate_find $(SHARED) --errors evaluation/finding.csv
	@test ! -d $(SHARED)/eval || $(BIN)/python -m pipelines.evaluate_text $(SHARED)

fuzz: $(VENV)/.ready-dev
	@$(BIN)/python benchmarks/fuzz_readers.py

bench: $(VENV)/.ready-peers
	@$(BIN)/python -m benchmarks

.dagster/dagster.yaml: dagster.yaml
	@mkdir -p $(@D) && cp $< $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Variorum needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Object storage, for those who name some.
$(VENV)/.ready-s3: requirements-s3.lock $(VENV)/.ready
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-s3.lock
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# The tools that are measured beside ours.
$(VENV)/.ready-peers: requirements-peers.lock $(VENV)/.ready-dev
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.lock
	@touch $@

docs: $(VENV)/.ready
	@$(BIN)/python -m schemas

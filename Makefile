# make run   sets up and publishes a dataset from the bundled example
# make test  sets up and runs the linters and all tests

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
INSTALL := $(PIP) install --constraint constraints.txt --no-build-isolation
EXAMPLE := schemas/examples/jiaozuo-2016-digest.txt

.PHONY: setup run test lint expected clean

setup: .venv/installed

run: setup
	@$(BIN)/baogao run $(EXAMPLE)

# What failed is tried once more: on a busy machine a server or a schedule of the slow tests can come too late.
test: .venv/installed-test lint
	$(BIN)/python -m pytest || $(BIN)/python -m pytest --last-failed --last-failed-no-failures none

lint: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/mypy

# what schemas/expected.csv has of the reports of ../shared/corpus, after a change of the extractor
expected: .venv/installed-test
	$(BIN)/python tests/benchmarks/planted_errors.py --baseline schemas/expected.csv

clean:
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache

# A Python without ensurepip (Debian without python3-venv) can still lend its own pip to the new environment.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Baogao needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)' >&2; exit 1; }
	@$(PYTHON) -m venv .venv 2>/dev/null || { rm -rf .venv && $(PYTHON) -m venv --without-pip .venv && \
	  $(PYTHON) -m pip --python .venv/bin/python --quiet install pip; } || \
	  { rm -rf .venv; echo 'Cannot make .venv: install your system'"'"'s python3-venv or python3-pip package.' >&2; exit 1; }

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo 'Installing Baogao and what it needs into .venv (a minute or two, once) …'
	@$(PIP) install --constraint constraints.txt hatchling
	@$(INSTALL) --editable .
	@touch $@

.venv/installed-test: .venv/installed
	@echo 'Installing what the tests need …'
	@$(PIP) install --constraint constraints.txt setuptools
	@$(INSTALL) --editable '.[test,dask,s3]'
	@touch $@

# make run   sets up and publishes a dataset from the bundled example
# make test  sets up and runs the linters and all tests
# make fast  compiles the extraction, and installs that in .venv instead of the checkout (see docs/operations.md)

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
INSTALL := $(PIP) install --constraint constraints.txt --no-build-isolation
EXAMPLE := schemas/examples/jiaozuo-2016-digest.txt
HAS_COMPILER := import os, shutil, sys, sysconfig as python; compiler = python.get_config_var("CC").split()[0]; \
  sys.exit(not (shutil.which(compiler) and os.path.isfile(python.get_path("include") + "/Python.h")))

.PHONY: setup run test lint fast expected clean

setup: .venv/installed

run: setup
	@$(BIN)/baogao run $(EXAMPLE)

# Two processes share the files: one alone takes nearly twice as long. What failed (status 1) is tried once more, by
# one alone: on a busy machine a server or a schedule of the slow tests can come too late.
test: .venv/installed-test lint
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder || \
	  { [ $$? -eq 1 ] && $(BIN)/python -m pytest --last-failed --last-failed-no-failures none; }

lint: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/mypy

# The wheel is made from an sdist, so that nothing compiled comes to lie in the checkout. It holds a copy of the
# checkout as it is now: without the stamps the next setup, run or test installs the checkout itself again.
fast: .venv/installed
	@$(BIN)/python -c '$(HAS_COMPILER)' || \
	  { echo 'There is no C compiler, or no Python.h: install gcc and python3-dev. Nothing was changed.' >&2; exit 1; }
	@$(PIP) install --constraint constraints.txt hatch-mypyc
	@echo 'Compiling the extraction (a minute or two) …'
	@rm -f dist/baogao-*
	@$(BIN)/python -m hatchling build --target sdist
	@HATCH_BUILD_HOOKS_ENABLE=1 $(PIP) wheel --no-cache-dir --no-build-isolation --no-deps --wheel-dir dist \
	  dist/baogao-*.tar.gz
	@$(PIP) install --no-deps --force-reinstall dist/baogao-*.whl
	@rm -f .venv/installed .venv/installed-test
	@echo 'Installed, compiled. Back to the checkout: make setup'

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

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo sample-image test chaos lint types check clean

help:
	@echo "make demo   set up and run the main job offline on the bundled sample"
	@echo "make sample-image  make the image in which paydag demo --sandbox docker grades"
	@echo "make test   set up, then lint, check types and run the tests"
	@echo "make chaos  kill, fill and cut off everything, 15 minutes (SIZE=ci: a part of each kind)"
	@echo "make clean  remove the virtual environment and caches"

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("paydag needs Python 3.11 or newer; say which with: make PYTHON=python3.11 " if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@$(BIN)/python -m tasks.prefect_template
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/paydag demo

sample-image:
	@.ci/sample-image paydag/sample:1

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(STAMP)
	$(BIN)/mypy

test: lint types
	$(BIN)/pytest -n 3 --dist worksteal

SIZE ?= full

chaos: $(STAMP)
	PAYDAG_CHAOS=$(SIZE) $(BIN)/pytest tests/chaos -m chaos -n 3 --dist loadgroup --durations 5

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

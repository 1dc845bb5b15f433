# Everything a developer or an operator does with the portal from a checkout.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
HOST   ?= 127.0.0.1
PORT   ?= 8000

.DEFAULT_GOAL := help
.PHONY: help install install-dev run test lint check migrate demo format lock messages bench bench-search screens clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

install: $(VENV)/.installed ## Make .venv with the locked dependencies

install-dev: $(VENV)/.installed-dev ## The same with the development tools

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "The portal needs Python 3.11 or newer; set PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { \
	  echo "Python's venv module is missing; installing python3-venv."; \
	  rm -rf $(VENV); \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; \
	  else echo "Please run: sudo apt-get install python3-venv"; exit 1; fi; \
	  $(PYTHON) -m venv $(VENV); }

$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing the locked dependencies into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing the locked development tools …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

run: install ## Set up everything, load the demo on the first start, serve on http://127.0.0.1:8000
	@$(BIN)/portal migrate
	@$(BIN)/portal demo --if-empty
	@$(BIN)/portal serve --host $(HOST) --port $(PORT)

migrate: install ## Bring the database to the newest schema
	$(BIN)/portal migrate

demo: install ## Load the demo into an empty database
	$(BIN)/portal migrate
	$(BIN)/portal demo

test: install-dev ## Run the whole test suite on SQLite and PostgreSQL (arguments: ARGS="-k vote")
	@PYTHON=$(BIN)/python sh tests/set-up.sh
	$(BIN)/python -m pytest $(ARGS)

lint: install-dev ## Style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check: lint ## Lint, types, architecture, migrations, translations
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n 0 tests/test_migrations.py tests/test_translations.py

format: install-dev ## Put the code into the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: install-dev ## Collect the messages of code and templates into locales/
	$(BIN)/pybabel -q extract -F babel.cfg -k _ -k N_ -k translate:1 -k translate_plural:1,2 -k ngettext:1,2 --no-location --no-wrap --sort-output --msgid-bugs-address=CONTRIBUTING.md -o locales/messages.pot .
	$(BIN)/pybabel -q update -i locales/messages.pot -d locales -l vi --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@rm -f locales/messages.pot

lock: install-dev ## Lock the dependencies anew, with hashes and without index lines
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --group build pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --group build --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt

bench: install-dev ## Measure the moderation queue with little and with much waiting (minutes)
	$(BIN)/python -m benchmarks.queue $(ARGS)

bench-search: install-dev ## Measure searches among a thousand and among 100,000 proposals (minutes)
	$(BIN)/python -m benchmarks.search $(ARGS)

screens: install-dev ## Take the pictures in docs/screens anew
	@PYTHON=$(BIN)/python sh tests/set-up.sh
	$(BIN)/python -m tests.browser.take_screens

clean: ## Remove what the tools made; keeps the database
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache *.egg-info

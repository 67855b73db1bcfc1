# Every target does its own set-up: a machine with Python 3.11 or later and make is enough.
# Variables: PYTHON (which Python makes .venv), HOST and PORT (where `make run` listens), ARGS (for pytest, uv, benchmarks).

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=

export HOST PORT

BIN := .venv/bin

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: access revision help run test coverage lint format bench assets lock clean python environment environment-dev system system-dev

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: environment system assets ## install, migrate, demonstration data on an empty database, then web and worker
	@exec $(BIN)/python -m tools.run

test: environment-dev system-dev assets ## every test, on SQLite and on PostgreSQL (ARGS="..." go to pytest)
	@$(BIN)/python -m tools.tests_on_both $(ARGS)

coverage: environment-dev system-dev assets ## which branches of the app the tests reach, on SQLite; it takes half as long again
	@$(BIN)/python -m pytest -n 2 --cov $(ARGS)

lint: environment-dev ## style, types, imports between packages, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

format: environment-dev ## let ruff put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: environment-dev system assets ## measure, each figure beside its floor
	@$(BIN)/python -m benchmarks $(ARGS)

assets: environment ## front-end packages into app/static/vendor
	@$(PYTHON) -m tools.assets

lock: environment-dev ## pin the requirements (ARGS=--upgrade for the newest versions)
	@$(BIN)/python -m tools.lock $(ARGS)

access: environment ## write docs/access.md anew: who may open what
	@$(BIN)/flask --app wsgi access > docs/access.md

revision: environment ## draft a migration from the models (MESSAGE="add the fax number of an institution")
	@$(BIN)/flask --app wsgi db revision --autogenerate --message "$(MESSAGE)"

clean: ## remove what the other targets made, but never the data in var/
	rm -rf .venv node_modules app/static/vendor htmlcov .coverage .coverage.* .hypothesis .import_linter_cache
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'muster: Python 3.11 or later is needed; name one with PYTHON=, e.g. make run PYTHON=python3.12' >&2; exit 1; }

environment: python
	@$(PYTHON) -m tools.environment

environment-dev: python
	@$(PYTHON) -m tools.environment dev

system: environment
	@$(PYTHON) -m tools.system

system-dev: environment
	@$(PYTHON) -m tools.system browser

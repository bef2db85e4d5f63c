# Needs only git, make and python3 with pip: it brings its own uv, and uv finds or fetches Python 3.10.
SHELL := /bin/bash
.DEFAULT_GOAL := help
UV := .uv/bin/uv
RUN := $(UV) run --frozen --no-sync
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export OMP_NUM_THREADS ?= 1
# Compiled files halve the time to start.
export PYTHONDONTWRITEBYTECODE :=
# A pyenv shim named python3.10 may stand on PATH and fail; uv then needs the real one.
PYENV_PYTHON := $(lastword $(sort $(wildcard $(HOME)/.pyenv/versions/3.10.*/bin/python)))
PYTHON_OPTION := $(if $(PYENV_PYTHON),--python $(PYENV_PYTHON),)

.PHONY: help
help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

.PHONY: setup
setup: .venv/.ready ## install what running needs into .venv

.PHONY: setup-dev
setup-dev: .venv/.ready-dev ## install what tests and checks need too

$(UV):
	@echo "Installing uv ..."
	@python3 -m venv .uv
	@.uv/bin/pip install --quiet --disable-pip-version-check 'uv>=0.8,<1'

.venv/.ready: pyproject.toml uv.lock .python-version standins/tensorflow/pyproject.toml | $(UV)
	@echo "Installing the project's packages ..."
	@$(UV) sync --quiet --frozen --no-dev --inexact $(PYTHON_OPTION)
	@touch $@

.venv/.ready-dev: .venv/.ready
	@$(UV) sync --quiet --frozen $(PYTHON_OPTION)
	@touch $@

.venv/.ready-browser: .venv/.ready-dev
	@$(UV) sync --quiet --frozen --inexact --group browser $(PYTHON_OPTION)
	@test -x /usr/bin/chromium || $(RUN) playwright install chromium
	@touch $@

.PHONY: run
run: setup ## set up, train if the content changed, and serve at http://localhost:5005/
	@$(RUN) backtalk serve

.PHONY: shell
shell: setup ## set up, train if the content changed, and talk to the assistant here
	@$(RUN) backtalk shell

.PHONY: train
train: setup ## train if the content changed
	@$(RUN) backtalk train

.PHONY: test
test: setup-dev ## set up and run all tests
	@$(RUN) backtalk train
	@$(RUN) pytest --numprocesses auto --maxprocesses 4 --dist loadfile

.PHONY: test-browser
test-browser: .venv/.ready-browser ## run the tests of the chat widget and the staff page in Chromium
	@$(RUN) pytest tests/browser

.PHONY: screenshots
screenshots: .venv/.ready-browser ## take the pictures in docs/images anew
	@$(RUN) pytest tests/browser/screenshots.py

.PHONY: check
check: setup-dev ## style, types, content, and Rasa's own validation
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(RUN) backtalk check
	@$(RUN) rasa data validate --fail-on-warnings --data data --config config.yml --domain domain.yml 2>&1 | tail -n 5; exit $${PIPESTATUS[0]}

.PHONY: audit
audit: $(UV) ## ask the OSV database for known faults of the locked packages; needs the internet
	@$(UV) audit --frozen

.PHONY: bench-workers
bench-workers: setup-dev ## two workers on PostgreSQL and Redis beside one: how much faster
	@$(RUN) python bench/workers.py

.PHONY: bench
bench: setup-dev ## measure speed and size beside an empty Rasa and others (BENCH=--full: for an hour)
	@$(RUN) python -m bench $(BENCH)

.PHONY: clinical
clinical: setup ## write the clinician's pages in docs/clinical anew
	@$(RUN) backtalk review clinical

.PHONY: clean
clean: ## remove the environment, models and caches
	@rm -rf .venv .uv .bench models .rasa .pytest_cache .mypy_cache .ruff_cache

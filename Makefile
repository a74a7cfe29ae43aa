# Only make and Python 3.11 or newer are assumed; everything else is installed into the venv or taken from wheels.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first interpreter that is new enough, so that a system whose python3 is old still works without an argument.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	if $$p -c '$(NEW_ENOUGH)' 2>/dev/null; then echo $$p; exit; fi; done; echo python3)
VENV ?= .venv
PORT ?= 8080
DEMO_HOME ?= var/demo
# How many test processes; each has a database of its own on one pair of servers.
JOBS ?= 2
# What make test runs, for example: make test TESTS=tests/infra JOBS=0
TESTS ?= tests
UV := uv==0.13.9

PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
COMPILE = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: help install demo stop test check format assets lock bench clean

help: ## Say what every target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(RUNTIME) ## Make the venv with everything the platform needs to run

# `--no-deps --no-build-isolation`: the lock has setuptools already, so nothing is fetched besides what is locked.
$(RUNTIME): requirements/runtime.lock pyproject.toml setup.cfg
	@$(PYTHON) -c '$(NEW_ENOUGH)' 2>/dev/null || { \
		echo "需要 Python 3.11 或更高版本，而 $(PYTHON) 不是：请安装后执行 make PYTHON=python3.12 …"; exit 1; }
	@$(PY) -c '$(NEW_ENOUGH)' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV) || { \
		echo "无法建立虚拟环境：请安装 venv 模块（Debian：apt-get install python3-venv）。"; exit 1; }
	@echo "正在安装依赖（首次约一分钟）……"
	@$(PIP) -r requirements/runtime.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/dev.lock $(RUNTIME)
	@$(PIP) -r requirements/dev.lock
	@touch $@

assets: $(RUNTIME) ## Fetch the browser libraries that pages load (npm registry, checked by hash)
	@$(PY) -m infra.assets

demo: assets ## Run the platform on this machine: make demo PORT=8080 DEMO_HOME=var/demo; Ctrl-C stops it
	@exec $(PY) -m infra.demo --port $(PORT) --home $(DEMO_HOME)

stop: $(RUNTIME) ## Stop the servers that a killed demo left running: make stop DEMO_HOME=var/demo
	@$(PY) -m infra.servers stop --home $(DEMO_HOME)

# The suite starts a hundred processes of the platform. Where bytecode is not kept, each would compile it all again.
test: $(DEV) assets ## Run the whole suite against real servers: make test TESTS=tests/cases JOBS=0
	@PYTHONDONTWRITEBYTECODE= $(PY) -m pytest --numprocesses $(JOBS) --dist loadgroup $(TESTS)

check: $(DEV) ## Check style, types and the direction of imports
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

format: $(DEV) ## Let ruff format the code and sort the imports
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

bench: $(DEV) ## Measure this machine against the figures in docs (takes minutes)
	@$(PY) -m bench

lock: $(RUNTIME) ## Resolve requirements/*.in and package.json to exact versions and hashes
	@$(PIP) $(UV)
	@$(COMPILE) requirements/runtime.in requirements/embedded.in --output-file requirements/runtime.lock
	@$(COMPILE) requirements/runtime.in requirements/embedded.in requirements/dev.in \
		--constraint requirements/runtime.lock --output-file requirements/dev.lock
	@if command -v npm >/dev/null; then npm install --package-lock-only --ignore-scripts; fi

clean: ## Remove the venv, fetched assets and caches; data under var/ stays
	@rm -rf $(VENV) platform/web/static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info

# `make demo` and `make test` are all a newcomer needs: make and a Python 3.11 to 3.13.
# Both make .venv on first need. PYTHON=/path/to/python chooses the Python.

.DEFAULT_GOAL := help
.PHONY: help demo test setup check format lint types contracts spelling lock screenshots

bin := .venv/bin
lock_options := --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --custom-compile-command 'make lock' --no-config --no-build --quiet \
    $(if $(UPGRADE),--upgrade)

help: ## Show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup ## Try it: a local Slack in your browser, with crews that need no key
	@./countersign demo

test: .venv/dev ## Run the tests
	@$(bin)/python -m pytest -n auto --dist loadfile $(ARGS)

setup: ## Make .venv with what `./countersign` needs
	@PYTHON="$(PYTHON)" .ci/environment requirements.lock

.PHONY: .venv/dev
.venv/dev:
	@PYTHON="$(PYTHON)" .ci/environment requirements-dev.lock

check: lint types contracts spelling test ## All that CI runs: style, types, imports, tests

format: .venv/dev ## Lay the code out and mend what can be mended
	@$(bin)/ruff format
	@$(bin)/ruff check --fix

lint: .venv/dev
	@$(bin)/ruff format --check
	@$(bin)/ruff check

types: .venv/dev
	@$(bin)/mypy

contracts: .venv/dev
	@PYTHONPATH=.:crews/runner $(bin)/lint-imports --no-logo

spelling: .venv/dev
	@$(bin)/codespell

lock: .venv/dev ## Write both lock files; UPGRADE=1 takes the newest versions
	@$(bin)/uv pip compile $(lock_options) pyproject.toml -o requirements.lock
	@$(bin)/uv pip compile $(lock_options) pyproject.toml --group dev \
	    -c requirements.lock -o requirements-dev.lock

screenshots: .venv/dev ## Take the README's pictures from the running demo
	@$(bin)/python docs/screenshots.py

# Two commands matter: `make demo` and `make test`. Everything else is for who builds on this.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3

.PHONY: demo test check proof benchmarks lock wheel install-check clean

demo: $(VENV)/.demo-ready
	$(BIN)/auditor demo --out demo

test: $(VENV)/.test-ready check
	$(BIN)/python -m pytest -n 2 -q

check: $(VENV)/.test-ready
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/interrogate -c pyproject.toml auditor connectors matrices reports
	$(BIN)/python -m docs.generate --check

# Proofs that take long: full sweeps, many kills, many seeds.
proof: $(VENV)/.test-ready
	$(BIN)/python -m pytest -n 2 --maxschedchunk 1 -q -m proof

benchmarks: $(VENV)/.test-ready
	$(BIN)/python -m tests.benchmarks

wheel: $(VENV)/.test-ready
	$(BIN)/python -m build --no-isolation --wheel

# The wheel in an empty environment with the lock, and a scan by a user without rights under umask 077.
install-check: $(VENV)/.test-ready
	sh deploy/install-check

# Locks hold hashes for every platform; run after a change of pyproject.toml, with uv installed.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --group build pyproject.toml -o requirements-build.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --group dev pyproject.toml -o requirements-dev.lock

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo-ready: requirements-build.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-build.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test-ready: requirements-dev.lock pyproject.toml tests/system-packages | $(BIN)/python
	sh tests/system-packages
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf $(VENV) build dist demo *.egg-info

SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
UV_VERSION := 0.13.9
PY := .venv/bin/python
export UV_PYTHON_DOWNLOADS := never
export PORT
# Where it is set, every start compiles every library again.
unexport PYTHONDONTWRITEBYTECODE
# What a deployed site must be given, with values that are none: for checks that start the project as one.
DEPLOYED := env -u DEVELOPMENT SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))') \
	PRIVATE_DATA_KEYS=$$($(PY) -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())') \
	SITE_URL=https://rasr.example DATABASE_URL=postgres://rasr@127.0.0.1:1/rasr

.PHONY: run test check bench messages lock clean

run: .venv/.ok  ## The whole site on http://127.0.0.1:8000, with demo data
	@DEVELOPMENT=1 exec $(PY) -m rasr.development

test: .venv/.ok  ## The whole test suite, in parallel, on real PostgreSQL
	@# One more than there are processors: tests of races and browsers wait a lot.
	DEVELOPMENT=1 $(PY) -m pytest -q -n $$($(PY) -c 'import os; print((os.cpu_count() or 1) + 1)')

check: .venv/.ok  ## Everything that can be checked without running a test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --target-version 5.2 --check
	DEVELOPMENT=1 .venv/bin/mypy .
	DEVELOPMENT=1 $(PY) manage.py makemigrations --check
	DEVELOPMENT=1 $(PY) -m pytest -q tests/test_project.py tests/test_architecture.py  # texts marked, directions kept
	$(DEPLOYED) $(PY) manage.py check --deploy --fail-level WARNING

bench: .venv/.ok  ## How fast the agenda is, beside what the same server can do at all; a few minutes
	$(PY) -m tests.bench

messages:  ## Bring the catalogues up to date and compile them; needs GNU gettext
	DEVELOPMENT=1 $(PY) manage.py makemessages --all --no-wrap --no-obsolete --add-location file
	DEVELOPMENT=1 $(PY) manage.py compilemessages --ignore .venv

lock:  ## Write the lock file anew; only pypi.org may be named in it
	env -u UV_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS UV_NO_CONFIG=1 UV_DEFAULT_INDEX=https://pypi.org/simple .venv/bin/uv lock

clean:  ## Forget the demo database, what it wrote and the virtual environment
	-DEVELOPMENT=1 $(PY) -m rasr.embedded.server destroy
	rm -rf .venv var staticfiles

.venv/.ok: uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@test -x $(PY) || $(PYTHON) -m venv .venv || { echo 'On Debian: apt-get install python3-venv'; rm -rf .venv; exit 1; }
	@# Without a home directory that can be written there is no place for a cache.
	@if [ ! -w "$${HOME:-/nonexistent}" ]; then export UV_NO_CACHE=1 PIP_NO_CACHE_DIR=1; fi; \
	$(PY) -m pip install -q --disable-pip-version-check uv==$(UV_VERSION) && .venv/bin/uv sync -q --frozen --inexact
	@touch $@

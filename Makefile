SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
UV_VERSION := 0.13.9
PY := .venv/bin/python
export UV_PYTHON_DOWNLOADS := never
# Where it is set, every start compiles every library again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: lock
.venv/.ok: uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@test -x $(PY) || $(PYTHON) -m venv .venv || { echo 'On Debian: apt-get install python3-venv'; rm -rf .venv; exit 1; }
	@$(PY) -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)
	.venv/bin/uv sync -q --frozen --inexact
	@touch $@

lock:  ## Write the lock file anew; only pypi.org may be named in it
	env -u UV_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS UV_NO_CONFIG=1 UV_DEFAULT_INDEX=https://pypi.org/simple .venv/bin/uv lock

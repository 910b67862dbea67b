# La seule porte d'entrée du projet : « make help » dit ce qu'elle ouvre.

VENV := $(CURDIR)/.venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.8
PYTHON ?= python3
PORT ?= 8000
BENCH ?= full
PYTEST_WORKERS ?= 2
export PORT
export UV_NO_PROGRESS ?= 1
# Behind a filtering proxy, only the system's certificates know its authority.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt),)
export UV_SYSTEM_CERTS ?= true
endif

RUN_STAMP := $(VENV)/.ready
DEV_STAMP := $(VENV)/.ready-dev
COMPILE := $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url \
	--no-emit-find-links --python-version 3.11 pyproject.toml --group tools
# --no-deps : tout ce qui est installé vient du verrou, avec son empreinte.
SYNC := $(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes
INSTALL := $(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation --no-index --editable .

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-database check lint lint-ruff lint-format lint-types lint-templates lint-slope lint-migrations e2e bench lock db-where clean-venv

help: ## Affiche cette aide
	@echo "Ozéli. Commandes :"; echo
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'
	@echo; echo "Variables : PORT=8001, OZELI_HOME=dossier des données, DATABASE_URL=serveur PostgreSQL existant."

setup: $(RUN_STAMP) ## Prépare .venv (les autres commandes le font d’elles-mêmes)
	@echo "L’environnement est prêt. Ensuite : make demo"

demo: $(RUN_STAMP) ## Ouvre la démonstration sur http://127.0.0.1:8000
	@exec $(BIN)/ozeli demo

serve: $(RUN_STAMP) ## Lance le portail et ses tâches de fond
	@exec $(BIN)/ozeli serve

test: $(DEV_STAMP) ## Lance tous les tests qui n’ont besoin d’aucun paquet du système
	@exec $(BIN)/pytest -q -n $(PYTEST_WORKERS) --dist worksteal -m "not e2e"

test-database: $(DEV_STAMP) ## Relance les tests qui touchent la base (avec DATABASE_URL : sur ce serveur)
	@exec $(BIN)/pytest -q -n $(PYTEST_WORKERS) --dist worksteal -m "not e2e and not infra" --touching-database

check: lint ## Style, types, pente des applications, migrations, tests : ce que vérifie l’intégration
	$(BIN)/pytest -q -n $(PYTEST_WORKERS) --dist worksteal -m "not e2e" --cov --cov-report=term:skip-covered

lint: $(DEV_STAMP) ## Comme « check », sans les tests
	@$(MAKE) --no-print-directory --keep-going lint-ruff lint-format lint-types lint-templates lint-slope lint-migrations

lint-ruff:
	$(BIN)/ruff check .

lint-format:
	$(BIN)/ruff format --check .

lint-types:
	$(BIN)/mypy

lint-templates:
	$(BIN)/djlint --quiet --lint ozeli

lint-slope:
	$(BIN)/lint-imports --no-logo

lint-migrations:
	$(BIN)/ozeli makemigrations --check --dry-run

e2e: $(DEV_STAMP) ## Lance les parcours dans un vrai navigateur (chromium du système)
	@exec $(BIN)/pytest -q -n $(PYTEST_WORKERS) --dist worksteal -m e2e tests/e2e

bench: $(DEV_STAMP) ## Mesure la vitesse et écrit var/bench.json (BENCH=quick : en bref)
	@exec $(BIN)/python -m bench $(BENCH)

lock: $(BIN)/uv ## Recalcule les verrous d’après pyproject.toml
	$(COMPILE) -o requirements.lock
	$(COMPILE) --group dev -o requirements-dev.lock
	@! grep -n '://' requirements.lock requirements-dev.lock

db-where: $(RUN_STAMP) ## Dit où se trouve la base embarquée et si elle tourne
	@$(BIN)/python -m ozeli.embedded_postgres where "$${OZELI_HOME:-$(CURDIR)/var}"

# --- Installation -------------------------------------------------------------------
# Un « python3 -m venv » qui échoue laisse un .venv sans pip : seul uv, installé en dernier, fait foi.

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Il faut Python 3.11 ou plus récent ($(PYTHON) ne convient pas). Indiquez-le : make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip; ensurepip.version()' 2>/dev/null || { \
	  echo "Le module venv de Python est incomplet. Sous Debian ou Ubuntu : sudo apt install python3-venv" >&2; exit 1; }
	@echo "Création de l’environnement Python…"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION) || { \
	  rm -rf $(VENV); echo "L’installation de uv a échoué : pip atteint-il un index de paquets ?" >&2; exit 1; }

$(RUN_STAMP): pyproject.toml requirements.lock | $(BIN)/uv
	@if [ -e $(DEV_STAMP) ]; then $(MAKE) --no-print-directory $(DEV_STAMP); else \
	  echo "Installation des dépendances…"; $(SYNC) requirements.lock && $(INSTALL); fi
	@touch $@

$(DEV_STAMP): pyproject.toml requirements-dev.lock | $(BIN)/uv
	@echo "Installation des dépendances et des outils de développement…"
	@$(SYNC) requirements-dev.lock
	@$(INSTALL)
	@touch $(RUN_STAMP) $@

clean-venv: ## Efface .venv (elle sera refaite à la demande)
	rm -rf $(VENV)

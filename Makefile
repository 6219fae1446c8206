# Alles wat een nieuwkomer nodig heeft. Alleen Python (3.11 of nieuwer) en make moeten er zijn; uv komt zo nodig uit PyPI.

.DEFAULT_GOAL := help
.PHONY: help run test lint types contracts fault sabotage golden secrets test-compose bench schoon

UV_VERSIE := 0.13.9
EIGEN_UV := .lokaal/uv
export UV_PYTHON_DOWNLOADS := never
GEREED := .venv/.gereed

help: ## Toon wat er te doen is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

run: $(GEREED) ## Start Banenspoor met de demo; Ctrl-C stopt het, de gegevens blijven (in .lokaal)
	@exec .venv/bin/banenspoor run

test: $(GEREED) ## Draai alle proeven, op een echte Kafka en PostgreSQL
	@exec .venv/bin/pytest

lint: $(GEREED) ## Controleer stijl en de grenzen tussen de rooms
	.venv/bin/ruff check .
	.venv/bin/lint-imports

types: $(GEREED) ## Controleer de types (mypy, strict)
	.venv/bin/mypy

contracts: $(GEREED) ## Bouw het contractpakket en laad het in een lege omgeving
	@.venv/bin/python -m deploy.contractproef

fault: $(GEREED) ## Draai de storingsproeven, elk vele malen (BANENSPOOR_FAULT=n, standaard 10)
	@BANENSPOOR_FAULT=$${BANENSPOOR_FAULT:-10} exec .venv/bin/pytest tests/fault --timeout=3600

sabotage: $(GEREED) ## Zet elke sabotage van het protocol in een kopie van de code en kijk welke proef haar ziet
	@exec .venv/bin/python -m tests.fault.sabotage

golden: $(GEREED) ## Vergelijk de demo met de gepubliceerde cijfers en maak docs/demo.md en docs/beeld (BANENSPOOR_DEMO_SCHAAL=50)
	@BANENSPOOR_DEMO_BLAD=docs/demo.md BANENSPOOR_BEELD=docs/beeld exec .venv/bin/pytest tests/golden -s

secrets: ## Maak de geheimen voor docker compose in geheimen/; wat er al is blijft
	@mkdir -p -m 700 "$${BANENSPOOR_GEHEIMEN:-geheimen}"
	@docker compose build --quiet geheimen
	@docker compose --progress quiet run --rm --user "$$(id -u):$$(id -g)" geheimen

test-compose: $(GEREED) ## Beproef docker compose van niets tot cijfer, en weer na down en up (Docker, of ../shared/lab)
	@set -e; lab=../shared/lab; \
	if [ -x $$lab/images/build ]; then \
	  docker -H "unix://$${LAB:-/tmp/compose-lab}/docker.sock" version >/dev/null 2>&1 || trap '$$lab/engine stop' EXIT; \
	  eval "$$($$lab/images/build)"; \
	elif ! docker compose version >/dev/null 2>&1; then echo "Nodig is Docker met Compose 2.20 of nieuwer." >&2; exit 2; fi; \
	.venv/bin/pytest tests/compose --timeout=900

bench: $(GEREED) ## Meet de snelheid, als er metingen zijn
	@if [ -f bench/__main__.py ]; then exec .venv/bin/python -m bench; \
	else echo "Er zijn nog geen metingen (bench/__main__.py ontbreekt)." >&2; exit 2; fi

schoon: ## Verwijder .venv en tussenresultaten; gegevens blijven (die wist: banenspoor lokaal wis)
	rm -rf .venv $(EIGEN_UV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# De omgeving: precies wat uv.lock zegt. Opnieuw als die verandert.
$(GEREED): uv.lock pyproject.toml shared/contracts/pyproject.toml
	@set -e; \
	for py in "$(PYTHON)" python3 python3.13 python3.12 python3.11; do \
	  if [ -n "$$py" ] && "$$py" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; py=; \
	done; \
	if [ -z "$$py" ]; then echo "Nodig is Python 3.11 of nieuwer; geef het met make PYTHON=pad." >&2; exit 2; fi; \
	if uv --version >/dev/null 2>&1; then uv=uv; \
	else \
	  if [ ! -x $(EIGEN_UV)/bin/uv ]; then \
	    echo "uv ontbreekt: het wordt in $(EIGEN_UV) gezet (alleen voor deze map)"; mkdir -p .lokaal; rm -rf $(EIGEN_UV); \
	    if "$$py" -m venv $(EIGEN_UV) 2>/dev/null; then $(EIGEN_UV)/bin/python -m pip install --quiet uv==$(UV_VERSIE); \
	    else "$$py" -m pip install --quiet --target $(EIGEN_UV) uv==$(UV_VERSIE) || { \
	      echo "Installeer uv of de onderdelen venv of pip van Python (Debian: python3-venv)." >&2; exit 2; }; fi; \
	  fi; uv=$(EIGEN_UV)/bin/uv; \
	fi; \
	echo "Pakketten installeren volgens uv.lock (de eerste keer ruim 200 MB)"; \
	"$$uv" sync --frozen --extra lokaal --compile-bytecode --python "$$(command -v "$$py")"; \
	touch $@

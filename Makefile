# 借梯 Jieti. `make up` starts everything, `make test` tests it; nothing else is needed but Python 3.11+.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: up install test check prove elasticsearch cluster bench china soak relevance pictures audit translations lock clean

up: $(STAMP)
	@exec $(BIN)/jieti up

install: $(STAMP)

test: $(STAMP)
	$(BIN)/python -m pytest tests --ignore=tests/journeys --ignore=tests/prove --ignore=tests/bench -n 2 --dist worksteal

prove: $(STAMP)
	$(BIN)/python -m pytest tests/journeys tests/prove -p no:xdist

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m config.commands.check_migrations
	$(BIN)/python -m config.commands.translations check

elasticsearch: $(STAMP)
	@exec $(BIN)/jieti elasticsearch

cluster: $(STAMP)
	$(BIN)/python -m pytest tests/prove/test_elasticsearch_cluster.py -p no:xdist -s

bench: $(STAMP)
	$(BIN)/python -m pytest tests/bench -p no:xdist -s -q

china: $(STAMP)
	@$(BIN)/python -m tests.china

soak: $(STAMP)
	@$(BIN)/python -m tests.soak

relevance: $(STAMP)
	@$(BIN)/python -m tests.relevance $(DATA)

pictures: $(STAMP)
	$(BIN)/python -m tests.journeys.pictures

audit: $(STAMP)
	@PYTHONPATH=platform $(BIN)/python -m config.commands.audit_dependencies

translations: $(STAMP)
	$(BIN)/python -m config.commands.translations update

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "需要 Python 3.11 或更新，现在的 $(PYTHON) 不合适；可用 make PYTHON=python3.12 up 指定。"; \
	    echo "Python 3.11 or newer is needed; name another with make PYTHON=python3.12 up."; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "这个 Python 缺少 venv；在 Debian 或 Ubuntu 上请先运行 apt install python3-venv。"; \
	    echo "This Python lacks venv; on Debian or Ubuntu run: apt install python3-venv"; exit 2; }
	@test -x $(BIN)/python && $(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@echo "正在安装依赖，一两分钟，网慢要久些…… installing from the lock file, a minute or two, longer on a slow line"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock & pip=$$!; \
	  trap 'kill $$pip' INT TERM; while kill -0 $$pip 2>/dev/null; do printf .; sleep 2; done; echo; wait $$pip
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(STAMP)

clean:
	rm -rf var/test-cluster .pytest_cache .mypy_cache .ruff_cache

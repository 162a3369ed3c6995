# Everything starts here: `make demo` and `make test` build .venv on first use and start at once afterwards.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
STAMP = $(VENV)/.installed
DEMO_OUT ?= demo-report
SEED ?= 0

HARNESSES ?= .venv-harnesses

.PHONY: demo test lint format clean client-harnesses help

help:
	@echo "make demo    rooms, training, evaluation and a page, small, on this machine (SEED=0 DEMO_OUT=demo-report)"
	@echo "make test    style, types and tests"
	@echo "make client-harnesses  profiles against lmms-eval's own functions, in environments of their own"
	@echo "make format  let ruff rewrite the style"
	@echo "make clean   remove .venv and caches (not what you made)"

$(STAMP): pyproject.toml constraints.txt tools/make-venv.sh
	PYTHON="$(PYTHON)" VENV="$(VENV)" sh tools/make-venv.sh
	@touch $(STAMP)

demo: $(STAMP)
	$(BIN)/waywiser demo --out $(DEMO_OUT) --json $(DEMO_OUT)/demo.json --seed $(SEED)

test: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

client-harnesses: $(STAMP)
	PYTHON="$(PYTHON)" HARNESSES="$(HARNESSES)" sh tools/make-harness-venvs.sh
	$(BIN)/python benchmarks/harness_agreement.py --harnesses $(HARNESSES)

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(HARNESSES) .pytest_cache .ruff_cache .hypothesis

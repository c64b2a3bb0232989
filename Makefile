# The two commands that matter first: `make demo`, then `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The labelled texts that quality is measured on; they are never trained on.
DEV_SET ?= ../shared/eval/dev.jsonl

.PHONY: demo test lint types check schema bench-quality bench-quality-dev bench-ablation bench-acts bench-stream bench-events bench bench-stream-speed bench-rules bench-backtest bench-latency bench-polling bench-training bench-habit chaos fuzz background likeness clean help

help: ## what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

$(VENV)/.run: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tocsin needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 2; }
	@echo "Setting up $(VENV) (once, about a minute) ..."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo "Adding what tests and checks need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(VENV)/.run ## set up everything and run the whole pipeline on a recorded morning
	@$(BIN)/tocsin demo

test: $(VENV)/.dev ## the tests, two at a time
	@$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/.dev ## ruff: style and imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev ## mypy --strict
	@$(BIN)/mypy --strict

check: lint types test ## everything that must pass before a commit

schema: $(VENV)/.run ## data/tocsin.schema.json for editors, from the models and the docs
	@$(BIN)/python -m alerts.schema docs/configuration.md > data/tocsin.schema.json

bench-quality-dev: $(VENV)/.run ## topics and policy on labelled texts that nothing was trained on
	@$(BIN)/tocsin evaluate --data $(DEV_SET)

bench-quality: $(VENV)/.run ## the engine on published collections, beside published figures
	@$(BIN)/python tests/benchmarks/quality_benchmarks.py $(if $(COLLECTIONS),--data $(COLLECTIONS))

bench-ablation: $(VENV)/.run ## what each part of the classifier is worth (about half an hour)
	@$(BIN)/python tests/benchmarks/ablation.py

bench-acts: $(VENV)/.run ## precision and recall of what is read from a text
	@$(BIN)/python tests/benchmarks/acts.py

bench-stream: $(VENV)/.run ## false tags and alerts on a real stream at natural prevalence
	@$(BIN)/python tests/benchmarks/stream_quality.py $(if $(STREAM),--stream $(STREAM))

bench-events: $(VENV)/.run ## how well posts are grouped into acts: repeats, look-alikes, order, cost
	@$(BIN)/python tests/benchmarks/events.py

$(VENV)/.bench: $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	@touch $@

bench: $(VENV)/.bench ## all that is fast: posts a second beside other ways (writes docs/performance.md), then the next five
	@$(BIN)/python tests/benchmarks/performance.py --write docs/performance.md
	@$(MAKE) --no-print-directory bench-stream-speed bench-rules bench-latency bench-polling bench-training

bench-stream-speed: $(VENV)/.dev ## posts a second through the whole pipeline, stage by stage
	@$(BIN)/python tests/benchmarks/end_to_end.py

bench-rules: $(VENV)/.run ## microseconds a post for 1, 10, 100 and 1,000 rules
	@$(BIN)/python tests/benchmarks/rules.py

bench-latency: $(VENV)/.run ## seconds from a source's answer to the webhook's receipt
	@$(BIN)/python tests/benchmarks/delivery_latency.py

bench-polling: $(VENV)/.run ## what 1,000 feeds a minute cost, beside one that never answers
	@$(BIN)/python tests/benchmarks/polling.py

bench-training: $(VENV)/.run ## seconds that `tocsin train` takes on the shipped corpus and on 100,000 rows
	@$(BIN)/python tests/benchmarks/training.py

bench-backtest: $(VENV)/.run ## past posts a second, stored and scored again
	@$(BIN)/python tests/benchmarks/backtest.py

bench-habit: $(VENV)/.run ## false notices of silence a year, and how soon a real one is told
	@$(BIN)/python tests/benchmarks/habit_years.py

chaos: $(VENV)/.dev ## delivery under a thousand crashes, power cuts and stalls (about an hour)
	@$(BIN)/python -m tests.chaos

fuzz: $(VENV)/.dev ## 100,000 mutated feeds and every costly shape, the whole way (an hour or so)
	@$(BIN)/python -m tests.fuzz $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED))

background: $(VENV)/.run ## data/background.tsv anew, after a change of the corpus or of how texts are read
	@$(BIN)/python tests/benchmarks/count_background.py > data/background.new
	@mv data/background.new data/background.tsv

likeness: $(VENV)/.dev ## fit the trees of alerts/likeness.py anew to the labelled streams
	@$(BIN)/python tests/benchmarks/fit_likeness.py

clean: ## remove what the targets above made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

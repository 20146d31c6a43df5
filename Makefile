# Everything a person needs: make run, make test. The rest is for those who work on it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
endif
# A card that answers gets ONNX Runtime for CUDA; the two kinds must never be installed together.
COMPUTE := $(shell nvidia-smi -L >/dev/null 2>&1 && echo gpu || echo cpu)
# The recommended model comes along unless MODELS=small.
MODELS ?= recommended
STAMP := $(VENV)/.coveshot-$(COMPUTE)
TEST_STAMP := $(VENV)/.coveshot-test
TEST_MODELS := $(CURDIR)/.data/models
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run setup test test-db test-setup lint words bench quality models clean

run: setup
	@$(BIN)/coveshot web

# The small model is required; the better one is tried once, and the page offers it later, too.
setup: $(STAMP)
	@$(BIN)/coveshot models get u2netp
	@test "$(MODELS)" = small -o -f $(VENV)/.coveshot-tried \
	  || $(BIN)/coveshot models get recommended \
	  || echo "Going on with the small model."
	@test -f $(VENV)/.coveshot-tried || $(BIN)/coveshot models get realesr-animevideov3 \
	  || echo "Going on without the network for upscaling."
	@touch $(VENV)/.coveshot-tried

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Coveshot needs Python 3.11 or newer; this is $$($(PYTHON) -V). Try: make run PYTHON=python3.12"; exit 1; }
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV) \
	  || { echo "Python cannot make an environment here. On Debian: apt install python3-venv"; exit 1; }
	@echo "Setting up ($(COMPUTE)); this is done once ..."
	@$(PIP) install -c constraints.txt -e '.[$(COMPUTE)]'
	@touch $@

# Tests bring what they need: the small model into a folder of this checkout, and a browser.
$(TEST_STAMP): $(STAMP)
	@$(PIP) install -c constraints.txt -e '.[$(COMPUTE),torch,cloud,test]'
	@touch $@

test-setup: $(TEST_STAMP)
	@COVESHOT_MODELS=$(TEST_MODELS) $(BIN)/coveshot models get u2netp
	@COVESHOT_MODELS=$(TEST_MODELS) $(BIN)/coveshot models get realesr-animevideov3
	@sh tests/install.sh $(BIN)/python
	@sh tests/clients/install.sh $(BIN)/python .data/clients
	@sh tests/clients/install.sh $(BIN)/python .data/axe tests/axe
	@sh tests/ground/install.sh $(BIN)/python || echo "Going on without Postgres."

test: export COVESHOT_MODELS := $(TEST_MODELS)
test: test-setup lint
	@$(BIN)/pytest -m "not browser and not ground"
	@$(BIN)/pytest -m ground
	@$(BIN)/pytest -m browser

# The tests of the database, on a Postgres that they start themselves, and each of its protections
# taken away once: some test must see it.
test-db: $(TEST_STAMP)
	@sh tests/ground/install.sh $(BIN)/python
	@COVESHOT_STEPS=5000 $(BIN)/pytest -m ground tests/ground tests/test_ports.py tests/test_objects.py
	@$(BIN)/python -m tests.ground.mutants

lint: $(TEST_STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

# The texts of the program, for translators.
words: $(TEST_STAMP)
	@$(BIN)/python -m tests.words

models: $(STAMP)
	@$(BIN)/coveshot models get recommended
	@$(BIN)/coveshot models get u2net

# rembg runs beside us, in an environment of its own, on the same weights.
.venv-rembg: bench/constraints-rembg.txt
	@$(PYTHON) -m venv $@
	@$@/bin/pip install --disable-pip-version-check --quiet -c $< 'rembg[cpu,cli]==2.0.86'
	@touch $@

# imgly's package of npm, with the sharp that has a build for each platform.
bench/.work/imgly/node_modules: bench/imgly/package-lock.json
	@mkdir -p $(@D)
	@cp bench/imgly/package.json bench/imgly/package-lock.json bench/imgly/.npmrc $(@D)
	@(cd $(@D) && npm ci --silent && touch node_modules) || echo "Going on without imgly."

bench: export COVESHOT_MODELS := $(TEST_MODELS)
bench: test-setup .venv-rembg bench/.work/imgly/node_modules
	@for model in isnet-fp16 u2net; do $(BIN)/coveshot models get $$model || true; done
	@$(BIN)/python -m bench

# Scores beside rembg's, as in docs/quality.md; COVESHOT_MATTES names a set of photos.
quality: export COVESHOT_MODELS := $(TEST_MODELS)
quality: test-setup .venv-rembg
	@for model in isnet-fp16 u2net; do $(BIN)/coveshot models get $$model || true; done
	@$(BIN)/python -m bench.scores
	@$(BIN)/python -m bench.doubts

clean:
	rm -rf $(VENV) .venv-rembg .data bench/.work build dist

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
# What no signal interrupts ends the run and says what each thread was doing.
BOUNDED := -o faulthandler_timeout=420 -o faulthandler_exit_on_timeout=true
# A file of tests stays with one of two processes; one that dies is not begun again.
TWO := $(BOUNDED) --numprocesses 2 --dist loadfile --max-worker-restart 0
TEST_MODELS := $(CURDIR)/.data/models
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run setup test test-db test-setup lint words bench quality models bundle bundle-twice desktop-setup test-desktop clean

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
	@sh tests/runpod/install.sh $(BIN)/python .data/runpod || echo "Going on without Runpod's SDK."

test: export COVESHOT_MODELS := $(TEST_MODELS)
test: test-setup lint
	@$(BIN)/pytest $(TWO) -m "not browser and not ground and not desktop"
	@$(BIN)/pytest $(TWO) -m ground
	@$(BIN)/pytest $(TWO) -m browser

# The tests of the database, on a Postgres that they start themselves, and each of its protections
# taken away once: some test must see it.
test-db: $(TEST_STAMP)
	@sh tests/ground/install.sh $(BIN)/python
	@COVESHOT_STEPS=5000 $(BIN)/pytest -m ground tests/ground tests/ports tests/test_objects.py
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

# What is installed as a program: a folder in dist/, of packages that nothing else is installed
# beside. COMPUTE=gpu builds the variant for graphics cards.
BUNDLE_VENV := .venv-desktop-$(COMPUTE)
BUNDLE_STAMP := $(BUNDLE_VENV)/.coveshot
BUNDLE_RUNTIME := onnxruntime$(if $(filter gpu,$(COMPUTE)),-gpu)
BUNDLED := $(shell git ls-files main.py ui inference storage auth assets bundle pyinstaller.spec LICENSE NOTICE | sed 's/ /\\ /g')

# Made anew, so that nothing of before is in it; PyInstaller compiles what it takes, and what About
# shows of us has the README in it.
$(BUNDLE_STAMP): pyproject.toml constraints.txt README.md
	@$(PYTHON) -m venv --clear $(BUNDLE_VENV)
	@$(BUNDLE_VENV)/bin/pip --disable-pip-version-check --quiet install --no-compile \
	  -c constraints.txt -e '.[cloud,desktop]' onnx $(BUNDLE_RUNTIME) pyinstaller
	@touch $@

# The same sources give the same files: the order of sets and the times in archives are fixed.
dist/coveshot/coveshot: $(BUNDLED) $(BUNDLE_STAMP)
	@COVESHOT_HOME=$(CURDIR)/build/home COVESHOT_MODELS=$(TEST_MODELS) \
	  $(BUNDLE_VENV)/bin/coveshot models get u2netp
	@$(BUNDLE_VENV)/bin/python -m bundle.icons build/icons
	@COVESHOT_MODELS=$(TEST_MODELS) PYTHONHASHSEED=1 SOURCE_DATE_EPOCH=1700000000 \
	  PYINSTALLER_CONFIG_DIR=$(CURDIR)/build/pyinstaller-cache \
	  $(BUNDLE_VENV)/bin/python -m PyInstaller --noconfirm --log-level ERROR pyinstaller.spec
	@touch $@

bundle: dist/coveshot/coveshot
	@du -sm dist/coveshot | awk '{print "dist/coveshot: " $$1 " MB"}'

# What is committed, once more at another place from nothing: the same files, byte by byte.
bundle-twice: bundle
	@there=$$(mktemp -d) && git clone --quiet . $$there/again \
	  && $(MAKE) -C $$there/again TEST_MODELS=$(TEST_MODELS) COMPUTE=$(COMPUTE) bundle \
	  && diff -r --no-dereference dist/coveshot $$there/again/dist/coveshot \
	  && echo "Both are the same." && rm -rf $$there

desktop-setup:
	@sh tests/desktop/install.sh

# The bundle on a screen of its own. What it takes is installed where we may; else it is named.
test-desktop: export COVESHOT_MODELS := $(TEST_MODELS)
test-desktop: test-setup desktop-setup bundle
	@$(BIN)/pytest $(BOUNDED) -m desktop tests/desktop

clean:
	rm -rf $(VENV) .venv-rembg .venv-desktop-* .data bench/.work build dist

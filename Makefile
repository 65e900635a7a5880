# Songwright needs Python 3.11 or newer and make; everything else comes from PyPI into .venv.
#
#   make song PROMPT="..." OUT=dir [SEED=1]   set up and compose a piece
#   make test                                 set up and run all checks
#   make fuzz                                 property tests with new examples
#   make bench                                obedience, speed and memory tables (long)
#   make styles                               examples of all styles with pictures for docs/styles.md

PYTHON ?= python3
PROMPT ?= cinematic ambient in D minor, 90 BPM, sparse percussion, evolving pad layers, 75 seconds
OUT ?= out/first-song
SEED ?= 1
JOBS ?= 2
ROUNDS ?= 5

BIN := .venv/bin
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
endif

.PHONY: song test lint types layers unit fuzz bench bench-prompts bench-judge bench-models bench-instruments bench-sound bench-palette bench-scaling bench-session bench-speed critics styles clean

song: .venv/.run
	$(BIN)/songwright compose "$(PROMPT)" --out "$(OUT)" --seed $(SEED)

test: lint types layers unit

lint: .venv/.dev
	$(BIN)/ruff check src tests bench training
	$(BIN)/ruff format --check src tests bench training

types: .venv/.dev
	$(BIN)/mypy

layers: .venv/.dev
	$(BIN)/lint-imports

unit: .venv/.dev
	$(BIN)/python -m pytest -n $(JOBS)

# The property tests with new random examples, as often as ROUNDS says.
fuzz: .venv/.dev
	for round in $$(seq $(ROUNDS)); do \
	  $(BIN)/python -m pytest -n $(JOBS) -m hypothesis --hypothesis-profile=fuzz || exit 1; \
	done

bench: bench-prompts bench-speed

bench-prompts: .venv/.dev
	$(BIN)/python -m bench.prompts --jobs $(JOBS)

# The judge against corrupted human music; CORPORA is a folder with the corpora that
# docs/evaluation.md names (they are not part of the repository).
bench-judge: .venv/.dev
	$(BIN)/python -m bench.discrimination --corpora $(CORPORA)
	$(BIN)/python -m bench.sound_discrimination --corpora $(CORPORA)
	$(BIN)/python -m bench.sound_against_ffmpeg --corpora $(CORPORA)
	$(BIN)/python -m bench.tone --corpora $(CORPORA)

# The models against held-out human music; SCRATCH is the folder that training.corpora.prepare filled.
bench-models: .venv/.dev
	$(BIN)/python -m pip install --quiet --editable ".[train]"
	OMP_NUM_THREADS=1 $(BIN)/python -m bench.models --scratch $(SCRATCH)

# The fitted instruments against recordings; needs FluidSynth and the soundfonts that
# docs/instruments.md names, and a scratch folder.
bench-instruments: .venv/.dev
	OMP_NUM_THREADS=1 $(BIN)/python -m bench.instruments --scratch $(SCRATCH) --card

# All styles produced and measured: rewrites the tables of docs/sound.md.
bench-sound: .venv/.dev
	$(BIN)/python -m bench.sound

# Whether brighter is brighter: every macro of every patch.
bench-palette: .venv/.dev
	$(BIN)/python -m bench.palette_macros

bench-scaling: .venv/.dev
	$(BIN)/python -m bench.session_scaling

# After every export of a model: what tells its samples from people's music.
critics: .venv/.dev
	$(BIN)/python -m pip install --quiet --editable ".[train]"
	OMP_NUM_THREADS=1 $(BIN)/python -m bench.models_critics --scratch $(SCRATCH)

bench-session: .venv/.dev
	$(BIN)/python -m bench.session_store --kills 200 --nodes 10000
	$(BIN)/python -m bench.session_variants
	$(BIN)/python -m bench.session_refine --no-audio

bench-speed: .venv/.dev
	$(BIN)/python -m bench.speed

styles: .venv/.dev
	$(BIN)/python -m bench.styles --out docs/styles --jobs $(JOBS)

# Two stamps: what a piece needs, and what the checks need on top. The sound engine is compiled
# once, at install time, so that the first piece does not wait for it.
.venv/.run: pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Songwright needs Python 3.11 or newer; set PYTHON=')"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	$(BIN)/songwright warm-up
	touch $@

.venv/.dev: pyproject.toml .venv/.run
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@

clean:
	rm -rf .venv out build dist

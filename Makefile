# make book · make test · make serve · make lab · make chapter NAME=attention · make tidy · make clean
# make seeds · make colab · make newest · make bench: longer checks, not part of make test
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Chapters run side by side; threads that fight for cores make small models 20 times slower.
export OMP_NUM_THREADS := 1
SITE := _build/html
PREVIEW := _build/preview
CORES := $(shell getconf _NPROCESSORS_ONLN)
# Every cell of every chapter, a kernel for each chapter; compares outputs of cells tagged nbval-check-output.
NBVAL := --nbval-lax --nbval-cell-timeout=60 -n $(CORES) --dist loadfile -p no:cacheprovider chapters
JUPYTER_BOOK := jupyter-book build --warningiserror --keep-going .

.PHONY: book test seeds colab newest bench serve lab chapter tidy clean install

book: install
	$(JUPYTER_BOOK)
	@echo "Open file://$(CURDIR)/$(SITE)/index.html or run: make serve"

test: install
	ruff check .
	ruff format --check .
	pytest --quiet tests/test_chapters.py tests/test_terms.py
	$(MAKE) book
	$(PYTHON) tests/offline.py pytest $(NBVAL)
	pytest -n $(CORES) tests

# Every chapter with five other random seeds: assertions about experiments hold for each. NAME=… runs one chapter.
seeds: install
	$(BIN)/python tests/seeds.py $(NAME)

# Every cell with the versions that Colab has.
colab: .venv-colab/installed
	.venv-colab/bin/pytest $(NBVAL)

# The versions of today, instead of the pinned ones. For the weekly job in .github/workflows.
newest: .venv-newest/installed
	.venv-newest/bin/pytest $(NBVAL)

# Time and bytes against the book's targets, beside a stock Jupyter Book of the same chapters; writes BENCHMARK.md.
bench: install
	$(BIN)/python tests/bench.py

serve:
	$(PYTHON) -m http.server --bind 127.0.0.1 --directory $(SITE) 8000

lab: install
	jupyter lab chapters

# For writers: a preview, in which this chapter is executed and the others are not. The first takes half a minute more
# for reading them; then prose takes seconds, code the time that the chapter takes.
chapter: install
	@test -f chapters/$(NAME).ipynb || { echo "usage: make chapter NAME=linear_models (chapters/$(NAME).ipynb is not there)"; exit 2; }
	BOOK_CHAPTER=$(NAME) $(JUPYTER_BOOK) --path-output $(PREVIEW)
	@echo "Open file://$(CURDIR)/$(PREVIEW)/$(SITE)/chapters/$(NAME).html"

# Before a commit: formats notebooks and code, and removes the outputs that Jupyter left in the notebooks.
tidy: install
	python -m book.tidy
	ruff check --fix .
	ruff format .

clean:
	rm -rf _build

install: .venv/installed

.venv/installed: requirements.txt book/package.json
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	mkdir -p .venv/vendor && cp book/package.json .venv/vendor/
	$(BIN)/npm install --prefix .venv/vendor --no-package-lock --ignore-scripts --no-audit --no-fund --silent
	touch $@

.venv-colab/installed: tests/colab.txt
	test -d .venv-colab || $(PYTHON) -m venv .venv-colab
	.venv-colab/bin/pip install --quiet --disable-pip-version-check -r tests/colab.txt
	touch $@

.venv-newest/installed: requirements.txt
	test -d .venv-newest || $(PYTHON) -m venv .venv-newest
	sed -e '/--- build/,/--- test/d' -e 's/[=#].*//' requirements.txt > .venv-newest/packages.txt
	.venv-newest/bin/pip install --quiet --disable-pip-version-check --upgrade -r .venv-newest/packages.txt
	touch $@

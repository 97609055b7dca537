# make book · make test · make serve · make lab · make chapter NAME=attention · make tidy · make clean
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Chapters run side by side; threads that fight for cores make small models 20 times slower.
export OMP_NUM_THREADS := 1
SITE := _build/html
CORES := $(shell getconf _NPROCESSORS_ONLN)
JUPYTER_BOOK := jupyter-book build --warningiserror --keep-going .

.PHONY: book test serve lab chapter tidy clean install

book: install
	$(JUPYTER_BOOK)
	@echo "Open file://$(CURDIR)/$(SITE)/index.html or run: make serve"

test: book
	ruff check .
	ruff format --check .
	$(PYTHON) tests/offline.py pytest --nbval-lax --nbval-cell-timeout=60 -n $(CORES) --dist loadfile chapters
	pytest -n $(CORES) tests

serve:
	$(PYTHON) -m http.server --bind 127.0.0.1 --directory $(SITE) 8000

lab: install
	jupyter lab chapters

# For writers: reads this chapter again and no other. Prose only: seconds; code: the time the chapter takes.
chapter: install
	@test -f chapters/$(NAME).ipynb || { echo "usage: make chapter NAME=linear_models (chapters/$(NAME).ipynb is not there)"; exit 2; }
	BOOK_CHAPTER=$(NAME) $(JUPYTER_BOOK)
	@echo "Open file://$(CURDIR)/$(SITE)/chapters/$(NAME).html"

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

"""Executes notebooks into the jupyter-cache that MyST-NB reads: side by side, with book.frozen in the kernel.

As a Sphinx extension it runs before documents are read and executes those that changed. MyST-NB then finds
all of them in the cache and executes nothing itself.
"""

import hashlib
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.read import create_nb_reader
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.output_widget import OutputWidget
from sphinx.errors import ExtensionError
from sphinx.util import logging

ROOT = Path(__file__).parent.parent
CACHE = ROOT / "_build/.jupyter_cache"
# `make chapter`: the only chapter that is executed. All others are read without outputs, into a site of their own.
PREVIEWED = os.environ.get("BOOK_CHAPTER")
CELL_TIMEOUT = 300  # seconds; a widget's cell draws up to 400 states
JOBS = os.cpu_count() or 1

# Besides a chapter's own code cells, its outputs depend on these.
LIBRARIES = [
    "numpy",
    "torch",
    "matplotlib",
    "ipywidgets",
    "scikit-learn",
    "gymnasium",
    "ipython",
    "ipykernel",
]
BUILDERS = [
    Path(__file__),
    *sorted((ROOT / "book/frozen").glob("*.py")),
    ROOT / "book/theme/matplotlibrc",
]
BUILDERS.remove(ROOT / "book/frozen/page.py")  # works on pages, not in kernels

logger = logging.getLogger(__name__)


class ChapterError(Exception):
    """A notebook that cannot be executed; the message names the notebook, the cell and the cause."""


def kernel_environment() -> dict[str, str]:
    """Environment of a chapter's kernel: the book's figure style, and none of the user's own settings."""
    ipython = ROOT / "_build/ipython"
    ipython.mkdir(parents=True, exist_ok=True)
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])
        ),
        "IPYTHONDIR": str(ipython),
        "MATPLOTLIBRC": str(ROOT / "book/theme/matplotlibrc"),
        # One thread a chapter: chapters run side by side, and threads that fight for cores take 20 times longer.
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",  # the order of a set is the same in every build
    }


def describe(cells: list, index: int) -> str:
    """Where a cell is, for a message: its number among the code cells and its first line."""
    number = sum(cell.cell_type == "code" for cell in cells[: index + 1])
    first = cells[index].source.strip().partition("\n")[0]
    return f"code cell {number} ({first!r})"


class _SilentOutput(OutputWidget):
    """An Output widget that keeps what it captures to itself.

    nbclient's own tells the kernel, through the socket on which it waits for the cell's reply, and now and then
    misses that reply for ever (https://github.com/jupyter/nbclient/issues/312).
    """

    def sync_state(self):
        pass


def make_client(
    notebook: nbformat.NotebookNode, folder: str, extensions: tuple[str, ...] = ()
) -> NotebookClient:
    """A client that can execute `notebook` in `folder`, with IPython `extensions` loaded into its kernel."""
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,  # timings in the cells' metadata would change the cache's key
        coalesce_streams=True,  # else a printed text comes in pieces, now these, now others
        extra_arguments=[
            "--log-level=ERROR",
            *(f"--ext={name}" for name in extensions),
        ],
        resources={"metadata": {"path": folder}},
    )
    client.widget_registry = {"@jupyter-widgets/output": {"OutputModel": _SilentOutput}}
    return client


def execute(
    notebook: nbformat.NotebookNode,
    name: str,
    extensions: tuple[str, ...] = ("book.frozen.kernel",),
) -> float:
    """Execute `notebook` in place in a fresh kernel and return the seconds it took. Raises `ChapterError`."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:  # a chapter reads no file beside it
        client = make_client(notebook, folder, extensions)
        index = 0
        try:
            with client.setup_kernel(env=kernel_environment()):
                for index, cell in enumerate(notebook.cells):
                    client.execute_cell(cell, index)
        except CellExecutionError as error:
            where = f"{name}, {describe(notebook.cells, index)}"
            raise ChapterError(
                f"{where}: {error.ename}: {error.evalue}\n{error.traceback}"
            ) from None
        except (CellTimeoutError, DeadKernelError) as error:
            where = f"{name}, {describe(notebook.cells, index)}"
            raise ChapterError(f"{where}: {type(error).__name__}: {error}") from None
    return time.monotonic() - started


def environment_digest() -> str:
    """Changes when anything but a chapter's own cells changes what executing it gives."""
    versions = [sys.version, *(version(library) for library in LIBRARIES)]
    digest = hashlib.sha256("".join(versions).encode())
    for file in BUILDERS:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def open_cache(path: Path):
    """The jupyter-cache at `path`, emptied if the environment is not the one it was filled in."""
    cache = get_cache(path)
    stamp, digest = path / "environment", environment_digest()
    if not stamp.exists() or stamp.read_text() != digest:
        cache.clear_cache()
        path.mkdir(parents=True, exist_ok=True)
        stamp.write_text(digest)
    return cache


def _is_cached(cache, notebook) -> bool:
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def _execute(notebook, name):
    """Runs in a process of its own; one chapter's kernel does not wait for another's."""
    return notebook, execute(notebook, name)


def fill_cache(cache, notebooks: dict[str, nbformat.NotebookNode]) -> None:
    """Execute the notebooks (by name) that `cache` does not hold, `JOBS` at a time.

    All are tried before `ChapterError` is raised, so that one run tells of every broken chapter.
    """
    missing = {name: nb for name, nb in notebooks.items() if not _is_cached(cache, nb)}
    errors = []
    with ProcessPoolExecutor(JOBS) as pool:
        names = {pool.submit(_execute, nb, name): name for name, nb in missing.items()}
        for count, future in enumerate(as_completed(names), 1):
            progress = f"executed {count} of {len(missing)}: {names[future]}"
            try:
                notebook, seconds = future.result()
            except (
                Exception
            ) as error:  # also a kernel that does not start, a process that dies
                named = isinstance(error, ChapterError)
                errors.append(
                    str(error)
                    if named
                    else f"{names[future]}: {type(error).__name__}: {error}"
                )
                logger.info("%s FAILED", progress)
                continue
            bundle = CacheBundleIn(
                notebook, names[future], data={"execution_seconds": seconds}
            )
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
            logger.info("%s in %.1f s", progress, seconds)
    if errors:
        raise ChapterError("\n\n".join(errors))


_texts: dict[str, str] = {}  # what was executed, by document


def _parse(env, docname: str, text: str) -> nbformat.NotebookNode | None:
    """The notebook that MyST-NB makes of a document's text; None where the document is not one."""
    path = env.doc2path(docname)
    reader = create_nb_reader(path, env.myst_config, env.mystnb_config, text)
    return reader and reader.read(text)


def executed(env, docname: str) -> nbformat.NotebookNode:
    """The notebook of a document with its outputs, from the cache that the build has filled."""
    text = _texts.get(docname) or Path(env.doc2path(docname)).read_text()
    return open_cache(_cache_path(env)).merge_match_into_notebook(
        _parse(env, docname, text)
    )[1]


def _cache_path(env) -> Path:
    return Path(env.mystnb_config.execution_cache_path)


def _is_executed(docname: str) -> bool:
    return PREVIEWED is None or docname == f"chapters/{PREVIEWED}"


def _configure(app, config) -> None:
    if PREVIEWED:
        config.nb_execution_cache_path = config.nb_execution_cache_path or str(CACHE)
        config.nb_execution_mode = "off"


def _outdated(app, env, added, changed, removed) -> list[str]:
    """A previewed chapter may have been read before as one of the others, without outputs."""
    return [f"chapters/{PREVIEWED}"] if PREVIEWED else []


def _before_read(app, env, docnames) -> None:
    notebooks = {}
    for docname in filter(_is_executed, docnames):
        text = _texts[docname] = Path(env.doc2path(docname)).read_text()
        if (notebook := _parse(env, docname, text)) is not None:
            notebooks[env.doc2path(docname, base=False)] = notebook
    try:
        fill_cache(open_cache(_cache_path(env)), notebooks)
    except ChapterError as error:
        raise ExtensionError(str(error)) from None


def _source_read(app, docname, source) -> None:
    """A chapter that was edited while the chapters ran is shown as it ran; the next build takes the edit up."""
    source[0] = _texts.get(docname, source[0])
    if PREVIEWED and _is_executed(docname):
        source[0] = nbformat.writes(executed(app.env, docname))


def setup(app):
    app.connect("config-inited", _configure)
    app.connect("env-get-outdated", _outdated)
    # As a configuration value, a changed environment makes Sphinx read all documents again.
    app.add_config_value("book_environment", environment_digest(), "env")
    app.connect("env-before-read-docs", _before_read)
    app.connect("source-read", _source_read)
    return {"parallel_read_safe": True}

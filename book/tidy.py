"""`make tidy`: notebooks as they are committed.

Outputs are removed, save those of cells tagged `nbval-check-output`, which are made afresh by running the notebook in
a plain kernel, if it is not as it was committed. Metadata that editors add is removed, and the first use of each term
is linked to the glossary.
"""

from pathlib import Path

import nbformat

from .address import git
from .execute import ROOT, execute
from .terms.links import Linker
from .terms.parse import parse_terms

GLOSSARY = ROOT / "chapters/glossary.ipynb"
CHECKED = "nbval-check-output"
CELL_METADATA = ("tags", "alt")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def is_committed(path: Path) -> bool:
    """Whether the file is as the last commit has it; False where there is no git."""
    changed = ("status", "--porcelain", "--", str(path))
    return bool(git("rev-parse", "HEAD")) and not git(*changed)


def tidy(path: Path, linker: Linker) -> None:
    """Rewrite the notebook at `path`. Raises `ChapterError` where a notebook with checked outputs does not run."""
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    checked = any(CHECKED in cell.metadata.get("tags", []) for cell in code)
    if checked and not is_committed(path):
        execute(notebook, path.name, extensions=())
    for cell in code:
        if CHECKED not in cell.metadata.get("tags", []):
            cell.outputs, cell.execution_count = [], None
    if path != GLOSSARY:
        linker.link(notebook)
    for cell in notebook.cells:
        cell.metadata = {
            key: value for key, value in cell.metadata.items() if key in CELL_METADATA
        }
    notebook.metadata = METADATA
    nbformat.write(notebook, path)


if __name__ == "__main__":
    glossary = nbformat.read(GLOSSARY, as_version=4)
    linker = Linker(parse_terms(glossary, GLOSSARY.name))
    for chapter in sorted((ROOT / "chapters").glob("*.ipynb")):
        print(f"tidy {chapter.relative_to(ROOT)}", flush=True)
        tidy(chapter, linker)

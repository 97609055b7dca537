"""The rules of a chapter that a machine can check. Each takes a notebook and yields what is wrong with it."""

import ast
import re
import sys
from itertools import pairwise
from pathlib import Path

from nbformat.v4 import new_markdown_cell

from book.claims.parse import ClaimError, parse_claims

CHECKED = "nbval-check-output"
LIBRARIES = {"numpy", "torch", "matplotlib", "ipywidgets", "sklearn", "gymnasium"}
ALLOWED = LIBRARIES | set(sys.stdlib_module_names)
MAX_LINES, MAX_SOLUTION, MAX_DATA = 25, 30, 60
MIN_QUESTIONS, MIN_EXERCISES = 6, 4
LAST_SECTIONS = ["Interview questions", "Exercises", "References"]

DIRECTIVE = re.compile(r"^(```\{|:::)|\{[a-z-]+\}`", re.M)
MACHINE_PATH = re.compile(r"(?<![\w.])(/home/|/root/|/Users/|/tmp/|/work/|[A-Z]:\\)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
NOT_INLINE = re.compile(r"\$\$.*?\$\$|```.*?```|`[^`\n]*`|\\\$", re.S)
NAMELESS_COLUMN = re.compile(r"^\|(?:[^\n]*\|)??[ \t]*\|[^\n]*\n\|[-:| \t]+\|$", re.M)
FORBIDDEN_LATEX = re.compile(r"\\(label|eqref|tag|newcommand|def|require|href|url)\b")


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def markdown_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def tags(cell):
    return cell.metadata.get("tags", [])


def first_line(cell):
    return cell.source.strip().partition("\n")[0]


def imports(notebook):
    for cell in code_cells(notebook):
        try:
            tree = ast.parse(cell.source)
        except SyntaxError as error:
            yield f"{first_line(cell)!r}: not plain Python (a magic?): {error.msg}"
            continue
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or "."]
            for name in names:
                if name.partition(".")[0] not in ALLOWED:
                    yield f"imports {name}, which a reader in Colab may not have"


def plain_markdown(notebook):
    for cell in markdown_cells(notebook):
        for match in DIRECTIVE.finditer(cell.source):
            yield f"{match[0]!r}: a directive or role, which Colab shows as litter"
        for match in CONTROL.finditer(cell.source):
            yield f"{match[0]!r}: a control character (an escape that Python ate?)"
        lines = NOT_INLINE.sub("", cell.source).splitlines()
        if torn := next((line for line in lines if line.count("$") % 2), None):
            yield f"{torn[-60:]!r}: a formula must end on the line where it starts"
        for match in NAMELESS_COLUMN.finditer(cell.source):
            yield f"{match[0].splitlines()[0]!r}: a table column without a name"
        for match in FORBIDDEN_LATEX.finditer(cell.source):
            yield f"{match[0]!r}: LaTeX that KaTeX and MathJax do not both know"


def outputs(notebook):
    for cell in code_cells(notebook):
        if CHECKED not in tags(cell):
            if cell.outputs or cell.execution_count is not None:
                yield f"{first_line(cell)!r}: has outputs; run make tidy"
        elif not cell.outputs or cell.execution_count is None:
            yield f"{first_line(cell)!r}: tagged {CHECKED}, but nothing to compare with"
        elif any(
            set(output.get("data", {})) - {"text/plain"} for output in cell.outputs
        ):
            yield f"{first_line(cell)!r}: its checked output is not plain text"


def machine_paths(notebook):
    for cell in notebook.cells:
        for match in MACHINE_PATH.finditer(cell.source):
            yield f"{match[0]!r}: a path of one machine"


def parts(notebook):
    cells = notebook.cells
    if not re.match(r"# \S", cells[0].source):
        yield "the first cell does not start with a title"
    if "**What you need first:**" not in cells[0].source:
        yield "the first cell does not say what the reader needs first"
    text = "\n".join(cell.source for cell in markdown_cells(notebook))
    headings = re.findall(r"^## (.+)$", text, re.M)
    if headings[-3:] != LAST_SECTIONS:
        yield f"it does not end with {', '.join(LAST_SECTIONS)}, but {headings[-3:]}"
        return
    questions = section(notebook, "Interview questions")
    count = sum(cell.source.count("<summary>") for cell in questions)
    if count < MIN_QUESTIONS:
        yield f"{count} interview questions, fewer than {MIN_QUESTIONS}"
    references = "\n".join(cell.source for cell in section(notebook, "References"))
    if "](https://" not in references:
        yield "no linked reference"


def section(notebook, heading):
    """The cells from `## heading` to the next heading of that level; a cell with both is split there."""
    inside, chosen = False, []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            chosen += [cell] * inside
            continue
        for text in re.split(r"^(?=## )", cell.source, flags=re.M):
            if found := re.match(r"## (.+)", text):
                inside = found[1].strip() == heading
            if inside and text.strip():
                chosen.append(new_markdown_cell(text))
    return chosen


def exercises(notebook):
    cells = section(notebook, "Exercises")
    statements = [
        i
        for i, cell in enumerate(cells)
        if cell.cell_type == "markdown" and "### " in cell.source
    ]
    if len(statements) < MIN_EXERCISES:
        yield f"{len(statements)} exercises, fewer than {MIN_EXERCISES}"
    for start, end in pairwise([*statements, len(cells)]):
        solutions = [c for c in cells[start:end] if c.cell_type == "code"]
        title = re.search(r"### (.+)", cells[start].source)[1]
        if not solutions:
            yield f"exercise {title!r}: no solution"
        if any("hide-cell" not in tags(cell) for cell in solutions):
            yield f"exercise {title!r}: its solution is not folded (tag hide-cell)"


def links(notebook, folder: Path):
    for cell in markdown_cells(notebook):
        for target in LINK.findall(cell.source):
            if re.match(r"https?://|#", target):
                continue
            if not (folder / target.partition("#")[0]).is_file():
                yield f"link to {target}, which is not there"


def cell_length(notebook):
    for cell in code_cells(notebook):
        limit = MAX_LINES
        if "hide-cell" in tags(cell):
            limit = MAX_SOLUTION
        if "data" in tags(cell):  # a table in code, folded on the site
            limit = MAX_DATA
        if (count := len(cell.source.splitlines())) > limit:
            yield f"{first_line(cell)!r}: {count} lines, more than {limit}"


def style(notebook):
    for cell in code_cells(notebook):
        if "rcParams" in cell.source or "style.use" in cell.source:
            yield f"{first_line(cell)!r}: sets a figure style, which is the book's"


def claims(notebook, name):
    try:
        if not parse_claims(notebook, name):
            yield "no claim"
    except ClaimError as error:
        yield str(error)


def problems(notebook, path: Path) -> list[str]:
    """All that is wrong with the notebook at `path`, one line each."""
    return [
        *imports(notebook),
        *plain_markdown(notebook),
        *outputs(notebook),
        *machine_paths(notebook),
        *parts(notebook),
        *exercises(notebook),
        *links(notebook, path.parent),
        *cell_length(notebook),
        *style(notebook),
        *claims(notebook, path.name),
    ]

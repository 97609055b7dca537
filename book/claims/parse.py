"""Claims as chapters write them: a quote with the claim, cells that test it, a quote with the verdict.

> **Claim.** Dividing by $\\sqrt{d_k}$ keeps the variance of the logits at 1.

> **Verdict: holds if** the entries of $q$ and $k$ are independent with variance 1.
"""

import ast
import re
from dataclasses import dataclass

CLAIM = re.compile(r"^> \*\*Claim\.\*\*\s*(.*)", re.S)
VERDICT = re.compile(r"^> \*\*Verdict: (holds if|holds|wrong)[.,]?\*\*\s*(.*)", re.S)
ANY = re.compile(r"\*\*(Claim|Verdict)\b")

KINDS = {"wrong": "wrong", "holds if": "conditional", "holds": "holds"}


class ClaimError(Exception):
    """A claim or verdict that is not as it should be; the message says where and why."""


@dataclass(frozen=True)
class Claim:
    """One claim of a chapter; `text` and `verdict` are Markdown, `kind` is one of `KINDS`' values."""

    number: int  # from 1, in the order of the chapter; its anchor is claim-<number>
    text: str
    kind: str
    verdict: str


def _quotes(markdown: str) -> list[str]:
    """The block quotes of a Markdown cell, each with all its lines."""
    return re.findall(r"^>.*(?:\n>.*)*", markdown, re.M)


def _plain(quoted: str) -> str:
    return re.sub(r"\n> ?", "\n", quoted).strip()


def asserts(source: str) -> bool:
    """Whether a cell's code asserts something, by statement or by a library's assert_… function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name.startswith("assert_"):
                return True
    return False


def parse_claims(notebook, name: str) -> list[Claim]:
    """All claims of a notebook in their order.

    Raises `ClaimError`, which names the notebook and the claim: one without a verdict, without an asserting cell
    between the two, a verdict without a claim, or a quote that is neither but looks like one.
    """
    claims: list[Claim] = []
    open_claim, tested = None, False
    for cell in notebook.cells:
        if cell.cell_type == "code":
            tested = tested or (open_claim is not None and asserts(cell.source))
            continue
        for quote in _quotes(cell.source):
            if claim := CLAIM.match(quote):
                if open_claim is not None:
                    raise ClaimError(f"{name}: claim without a verdict: {open_claim!r}")
                open_claim, tested = _plain(claim[1]), False
            elif verdict := VERDICT.match(quote):
                text = _plain(verdict[2])
                if open_claim is None:
                    raise ClaimError(f"{name}: verdict without a claim: {text!r}")
                if not tested:
                    raise ClaimError(
                        f"{name}: no cell asserts anything between claim and verdict: {open_claim!r}"
                    )
                claims.append(
                    Claim(len(claims) + 1, open_claim, KINDS[verdict[1]], text)
                )
                open_claim = None
            elif ANY.search(quote):
                raise ClaimError(
                    f"{name}: neither '> **Claim.** …' nor '> **Verdict: holds|holds if|wrong** …': {quote!r}"
                )
    if open_claim is not None:
        raise ClaimError(f"{name}: claim without a verdict: {open_claim!r}")
    return claims

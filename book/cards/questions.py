"""The question bank as its notebook writes it: a heading, the question in bold, the answer folded, perhaps a proof.

### Q016 · mid · metrics

**Which threshold maximises F1 for a calibrated classifier?**

<details><summary>Answer</summary>

Half of the best F1 itself, so never above ½.

**Common wrong answer.** "0.5." …

**See also.** [Loss functions](loss_functions.ipynb)

</details>

The proof is the code cell below it, decorated with `@prove("Q016")`.
"""

import re
from dataclasses import dataclass, replace

LEVELS = ("screen", "mid", "senior", "staff")
HEADING = re.compile(
    rf"### (Q\d{{3}}) · ({'|'.join(LEVELS)}) · ([a-z_]+(?:, [a-z_]+)*)"
)
BODY = re.compile(
    r"\n\n\*\*(?P<question>[^\n]+)\*\*\n\n<details><summary>Answer</summary>\n\n"
    r"(?P<answer>.+)\n\n\*\*Common wrong answer\.\*\* (?P<wrong>.+)\n\n"
    r"\*\*See also\.\*\* (?P<see>[^\n]+)\n\n</details>\s*",
    re.S,
)
PROOF = re.compile(r'^@prove\("(Q\d{3})"\)$', re.M)


class QuestionError(Exception):
    """A question that is not as it should be; the message says which and why."""


@dataclass(frozen=True)
class Question:
    """One question of the bank. The texts are Markdown; `proof` is the proof's code, `proved` what it printed."""

    id: str
    level: str
    topics: tuple[str, ...]
    question: str
    answer: str
    wrong: str
    see: str
    proof: str = ""
    proved: str = ""


def _question(block: str, name: str) -> Question:
    first = block.partition("\n")[0]
    heading = HEADING.fullmatch(first)
    if heading is None:
        raise QuestionError(f"{name}, {first!r}: not '### Q001 · level · topic, topic'")
    body = BODY.fullmatch(block[len(first) :])
    if body is None:
        raise QuestionError(
            f"{name}, {heading[1]}: not a question in bold, then folded: answer, 'Common wrong answer', 'See also'"
        )
    if block.count("$") % 2:
        raise QuestionError(f"{name}, {heading[1]}: a torn formula")
    if "](" not in body["see"]:
        raise QuestionError(f"{name}, {heading[1]}: 'See also' links nothing")
    return Question(
        heading[1], heading[2], tuple(heading[3].split(", ")), **body.groupdict()
    )


def _printed(cell) -> str:
    return "".join(o.text for o in cell.outputs if o.output_type == "stream").strip()


def parse_questions(notebook, name: str) -> list[Question]:
    """All questions of the bank in their order.

    Raises `QuestionError`, which names the notebook and the question: one that is not of the form above, an id that
    comes twice, or a proof that does not follow its question.
    """
    questions: list[Question] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for block in re.split(r"^(?=#{1,3} )", cell.source, flags=re.M):
                if block.startswith("### Q"):
                    questions.append(_question(block.rstrip(), name))
        elif proof := PROOF.search(cell.source):
            if not questions or questions[-1].id != proof[1] or questions[-1].proof:
                raise QuestionError(f"{name}: the proof of {proof[1]} is not below it")
            questions[-1] = replace(
                questions[-1], proof=cell.source, proved=_printed(cell)
            )
    ids = [question.id for question in questions]
    if twice := {i for i in ids if ids.count(i) > 1}:
        raise QuestionError(f"{name}: {', '.join(sorted(twice))} comes twice")
    return questions

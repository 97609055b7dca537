"""The site shows what Jupyter shows: states drawn at random, run live, compared with their frozen frames."""

import ast
import os
import random
import re

import nbformat
import pytest
from conftest import CHAPTERS
from jupyter_cache import get_cache
from nbformat.v4 import new_code_cell

from book.execute import CACHE, kernel_environment, make_client
from book.frozen import payload
from book.frozen.capture import to_html
from book.frozen.svg import UNNAMED

ROUNDS = 2  # states per widget

# Before the chapter: figures as the SVG that the site shows. Nothing else of book.frozen is loaded.
BEFORE = """
from matplotlib_inline.config import InlineBackend
from book.frozen.svg import render
get_ipython().display_formatter.mimebundle_formatter.for_type_by_name(
    "matplotlib.figure", "Figure", lambda figure: {"text/html": render(figure)})
InlineBackend.instance(parent=get_ipython()).figure_formats = set()
"""

# After it, once per round: moves the controls of each widget, as a hand would. ipywidgets does the rest.
MOVE = """
from random import Random as _Random
from ipywidgets import interactive as _interactive
from ipywidgets.widgets.widget import _instances
from book.frozen.controls import read_controls as _read, states as _states

_random, _moved = _Random({seed}), []
for _widget in [w for w in _instances.values() if type(w) is _interactive]:
    _grid = _states(_read(_widget)[0])
    _index = _random.randrange(len(_grid))
    for _control in _widget.kwargs_widgets:
        if _control._kwarg in _grid[_index]:
            _control.value = _grid[_index][_control._kwarg]
    _moved.append((_widget.out.model_id, _index))
print(_moved)
"""


def frozen_widgets(path) -> list[list[str]]:
    """The frames of each widget of a chapter, as the last build left them in the cache."""
    notebook = nbformat.read(path, as_version=4)
    _, executed = get_cache(CACHE).merge_match_into_notebook(notebook)
    outputs = [
        output["data"].get("text/html", "")
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    blobs = [
        blob for html in outputs for blob in re.findall(r'x-frozen">([^<]+)<', html)
    ]
    return [payload.unpack(blob) for blob in blobs]


def live_frame(outputs) -> str:
    """What an Output widget holds, written like a frozen frame."""
    parts = [
        ("text", output["text"])
        if output["output_type"] == "stream"
        else ("data", output["data"])
        for output in outputs
    ]
    return to_html(parts)


def comparable(frame: str) -> str:
    """Without what freezing adds on purpose: a label for each figure, a prefix for its ids."""
    frame = re.sub(r' role="img" aria-label="[^"]*"', "", frame)
    return re.sub(rf'(?<=["#])(?:{UNNAMED}|f[0-9a-f]{{6}}-)', "", frame)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_frozen_frames_equal_live_ones(path, tmp_path):
    frozen = frozen_widgets(path)
    notebook = nbformat.read(path, as_version=4)
    seeds = [random.randrange(10**6) for _ in range(ROUNDS)]
    notebook.cells.insert(0, new_code_cell(BEFORE))
    notebook.cells += [new_code_cell(MOVE.format(seed=seed)) for seed in seeds]
    client = make_client(notebook, os.fspath(tmp_path))
    with client.setup_kernel(env=kernel_environment()):
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
            if index < len(notebook.cells) - ROUNDS:
                continue
            moved = ast.literal_eval(cell.outputs[-1]["text"])
            assert len(moved) == len(frozen)
            for number, (output, state) in enumerate(moved):
                live = live_frame(client.widget_state[output]["outputs"])
                assert comparable(live) == comparable(frozen[number][state]), (
                    f"widget {number + 1} of {path.name}, state {state}"
                )

"""Frozen widgets, without a browser: grids, payloads, figures, and what a kernel makes of an interact."""

import gzip
import re
import textwrap

import ipywidgets as w
import nbformat
import pytest
from ipywidgets import fixed, interactive
from nbformat.v4 import new_code_cell, new_notebook

from book.execute import ChapterError, execute
from book.frozen import payload, svg
from book.frozen.controls import FreezeError, read_controls, start_state, states

# ------------------------------------------------------------------ controls


def control(abbreviation):
    (only,), _ = read_controls(interactive(lambda x: None, x=abbreviation))
    return only


def test_every_kind_of_control():
    cases = {
        "range": [
            ((0, 3), (0, 1, 2, 3)),
            ((1, 7, 3), (1, 4, 7)),
            ((0.0, 0.3, 0.1), (0.0, 0.1, 0.2, 0.3)),
            (w.FloatLogSlider(value=1, min=-1, max=1, step=1), (0.1, 1.0, 10.0)),
            (w.SelectionSlider(options=["a", "b"]), ("a", "b")),
        ],
        "select": [
            (["a", "b"], ("a", "b")),
            ({"one": 1, "two": 2}, (1, 2)),
            ([("one", 1), ("two", 2)], (1, 2)),
            (w.Select(options=["a", "b"]), ("a", "b")),
        ],
        "radio": [
            (w.ToggleButtons(options=["a", "b"]), ("a", "b")),
            (w.RadioButtons(options=[("A", 1), ("B", 2)]), (1, 2)),
        ],
        "checkbox": [(True, (False, True)), (w.Checkbox(), (False, True))],
    }
    for kind, pairs in cases.items():
        for abbreviation, values in pairs:
            found = control(abbreviation)
            assert (found.kind, found.values) == (kind, values)
            assert len(found.readouts) == len(values)


def test_labels_of_options_are_what_the_reader_sees():
    assert control({"one": 1, "two": 2}).readouts == ("one", "two")
    assert control((0.0, 0.2, 0.1)).readouts == ("0.00", "0.10", "0.20")


def test_start_values():
    assert control((0, 10)).start == 5
    assert control(w.IntSlider(value=7, min=1, max=9, step=2)).start == 3
    assert control(w.Dropdown(options=["a", "b"], value="b")).start == 1
    assert control(w.FloatLogSlider(value=10, min=-1, max=1, step=1)).start == 2
    (only,), _ = read_controls(interactive(lambda x=0.3: None, x=(0.0, 1.0, 0.1)))
    assert only.values[only.start] == 0.3


def test_grid_and_fixed_arguments():
    widget = interactive(
        lambda a, b, c: None, a=(0, 2), b=fixed(5), c=w.Checkbox(value=True)
    )
    controls, constant = read_controls(widget)
    assert constant == {"b": 5}
    grid = states(controls)
    assert grid[:3] == [
        {"a": 0, "c": False},
        {"a": 0, "c": True},
        {"a": 1, "c": False},
    ]
    assert grid[start_state(controls)] == {"a": 1, "c": True}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": w.IntText()}, "control 'x': IntText cannot be frozen"),
        ({"x": w.IntRangeSlider()}, "control 'x': IntRangeSlider cannot be frozen"),
        ({"x": (0, 400)}, r"401 states \(x: 401\)"),
        ({"x": (0, 20), "y": (0, 20)}, r"441 states \(x: 21 × y: 21\)"),
        ({"x": w.FloatSlider(value=0.25, min=0, max=1)}, "control 'x': its start"),
        ({"x": fixed(1)}, "no control"),
        ({"x": w.IntSlider(description="$x$")}, "control 'x': .* has math"),
    ],
)
def test_controls_that_cannot_be_frozen(arguments, message):
    with pytest.raises(FreezeError, match=message):
        read_controls(interactive(lambda **_: None, **arguments))


def test_manual_interact_cannot_be_frozen():
    with pytest.raises(FreezeError, match="interact_manual"):
        read_controls(interactive(lambda x: None, {"manual": True}, x=(0, 1)))


# ------------------------------------------------------------------- payload


def test_payload_round_trip():
    frames = ["a\nb\nc", "a\nx\nc", "", "a\nb\nc", 'π "quoted" </script>\n\na']
    assert payload.unpack(payload.pack(frames)) == frames


def test_payload_is_the_same_every_time_and_shares_lines():
    shared = "\n".join(f"<path d='M{i} {i * i}'/>" for i in range(4000))
    frames = [f"{shared}\n<g>{i}</g>" for i in range(50)]
    blob = payload.pack(frames)
    assert blob == payload.pack(frames)
    plain = len(gzip.compress("\n".join(frames).encode()))
    assert payload.size(blob) < plain / 10


# ----------------------------------------------------------------------- svg


def figure(**style):
    from matplotlib.figure import Figure

    made = Figure(figsize=(4, 3))
    made.subplots().plot([0, 1, 2], [0, 1, 0.123456789], **style)
    return made


def test_svg_follows_the_mode_of_the_page():
    text = svg.render(figure(color="#0072B2"), alt='a "line"')
    assert "var(--figure-c0)" in text
    assert "#0072b2" not in text
    assert "var(--figure-ink)" in svg.render(figure(color="k"), "x")
    assert "#123456" in svg.render(figure(color="#123456"), "x")
    assert 'role="img" aria-label="a &quot;line&quot;"' in text


def test_svg_is_small_and_clean():
    text = svg.render(figure())
    assert "<style" not in text
    assert "metadata" not in text
    assert not re.search(r'd="[^"]*\d\.\d{3}', text)
    assert "scale(0.015625)" in text  # glyphs keep the digits of their scale
    assert text == svg.render(figure())


def test_ids_of_two_figures_do_not_meet():
    one, two = (svg.name_ids([svg.render(figure(color=c))])[0] for c in "rb")
    ids = [set(re.findall(r'\bid="([^"]+)"', text)) for text in (one, two)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for text, own in zip((one, two), ids, strict=True):
        assert set(re.findall(r"(?:href=\"|url\()#([^\")]+)", text)) <= own


# ------------------------------------------------------------------- a kernel


def run(*cells: str) -> nbformat.NotebookNode:
    """Execute cells in a kernel that has the extension loaded."""
    sources = [textwrap.dedent(cell).strip() for cell in cells]
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    execute(notebook, "sample.ipynb")
    return notebook


def html(cell) -> str:
    (output,) = cell.outputs
    return output["data"]["text/html"]


def frames(text: str) -> list[str]:
    blob = re.search(r'x-frozen">([^<]+)<', text)[1]
    return payload.unpack(blob)


SETUP = """
    import os, random, sys, warnings
    import ipywidgets
    import matplotlib.pyplot as plt
    from IPython.display import HTML, Markdown, clear_output, display
    from ipywidgets import fixed, interact
"""


def test_call_and_decorator_several_widgets_and_mixed_frames():
    notebook = run(
        SETUP,
        """
        def f(k, kind="b", unit=1):
            "A line."
            print("before", k, kind, unit)
            plt.plot([0, k])
            plt.show()
            display(HTML("<b>bold</b>"))
            print("<after>")

        interact(f, k=(0, 2), kind=["a", "b"], unit=fixed(3));
        """,
        """
        @interact(n=(0, 3))
        def g(n):
            "A number."
            return n
        """,
        "plt.plot([1, 2]);",
    )
    first = html(notebook.cells[1])
    assert 'data-states="6"' in first
    assert 'data-sizes="3,2"' in first
    shown = frames(first)
    assert len(shown) == 6
    assert shown[3] in first  # the start state: k=1, kind="b"
    order = [
        shown[3].index(x) for x in ("before 1 b 3", "<svg", "<b>bold", "&lt;after")
    ]
    assert order == sorted(order)
    assert 'aria-label="A line."' in shown[0]
    assert frames(html(notebook.cells[2])) == [f"<pre>{n}</pre>" for n in range(4)]
    assert "<svg" in notebook.cells[3].outputs[-1]["data"]["text/html"]


def test_clear_output_and_figures_shown_without_show():
    notebook = run(
        SETUP,
        """
        def f(k):
            "A line."
            print("gone")
            clear_output()
            plt.plot([0, k])

        interact(f, k=(0, 1));
        """,
    )
    for frame in frames(html(notebook.cells[1])):
        assert "gone" not in frame
        assert "<svg" in frame


def test_callbacks_do_not_change_the_notebook():
    notebook = run(
        SETUP,
        """
        seen = []

        def f(k):
            "Text."
            seen.append(k)
            print(k)

        interact(f, k=(0, 9));
        """,
        "print(len(seen) <= 1)  # the first, live call of interact itself",
    )
    assert notebook.cells[2].outputs[0].text == "True\n"


def test_formulas_in_figures_survive_the_fork():
    """Formulas that the notebook has drawn are drawn by all workers: they must not read one font file together."""
    notebook = run(
        SETUP,
        """
        def f(k):
            "Digits."
            for digit in range(10):
                plt.plot(range(k + 9), range(k + 9), marker=f"${digit}$")
            plt.show()

        f(0)
        interact(f, k=(0, 39));
        """,
    )
    assert len(set(frames(notebook.cells[1].outputs[-1]["data"]["text/html"]))) == 40


FAILURES = {
    "def f(k):\n    'x'\n    print(1 / (k - 2))": "state k=2: ZeroDivisionError",
    "def f(k):\n    'x'\n    if k < 3: print(k)": "state k=3: it shows nothing",
    "def f(k):\n    print(k)": "no docstring",
    "def f(k):\n    'x'\n    warnings.warn('careful')": "writes to stderr: .*careful",
    "def f(k):\n    'x'\n    display(Markdown('*k*'))": "shows text/markdown",
    "def f(k):\n    'x'\n    display(ipywidgets.IntSlider())": "IntSlider is shown",
    "def f(k):\n    'x'\n    print(random.Random(k).randbytes(200_000).hex())": "payload is .* kB",
    "def f(k):\n    'x'\n    print(random.random())": "it is not pure",
    "def f(k):\n    'x'\n    display(k, display_id='one').update(k + 1)": "changes what it has shown",
    "own = os.getpid()\ndef f(k):\n    'x'\n    print(k) if os.getpid() == own else os._exit(1)": "draws it died",
}


@pytest.mark.parametrize("source", FAILURES)
def test_a_state_that_fails_stops_the_build_and_is_named(source):
    with pytest.raises(ChapterError) as error:
        run(SETUP, source + "\n\ninteract(f, k=(0, 4));")
    message = str(error.value)
    assert message.startswith("sample.ipynb, code cell 2")
    assert re.search(r"interact\(f\): .*" + FAILURES[source], message, re.S)


def test_a_widget_outside_of_interact_stops_the_build():
    with pytest.raises(ChapterError, match="IntSlider is shown outside of interact"):
        run(SETUP, "ipywidgets.IntSlider()")


def test_a_failing_cell_stops_the_build_and_is_named():
    with pytest.raises(ChapterError, match=r"sample.ipynb, code cell 2 \('1 / 0'\)"):
        run("x = 1", "1 / 0")

"""From an `ipywidgets.interactive` to its controls: which kind, which values, where it starts."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import ipywidgets as w

MAX_STATES = 400


class FreezeError(BaseException):
    """A widget cannot be frozen; the message says which control or state and why.

    IPython swallows every `Exception` that a formatter raises. A `BaseException` passes, reaches the cell that
    showed the widget, and makes it fail like any other error.
    """


@dataclass(frozen=True)
class Control:
    """One control: `values[i]` is what the callback gets, `readouts[i]` what the reader sees."""

    name: str
    label: str
    kind: str  # "range", "select", "radio" or "checkbox"
    values: tuple[Any, ...]
    readouts: tuple[str, ...]
    start: int


def _linear(widget) -> list:
    """The values min, min + step, … of a slider, without the dust of binary fractions."""
    steps = int((widget.max - widget.min) / widget.step + 1e-9)
    values = [widget.min + i * widget.step for i in range(steps + 1)]
    return (
        values if isinstance(widget.min, int) else [float(f"{v:.12g}") for v in values]
    )


def _int_slider(widget):
    values = _linear(widget)
    return "range", values, [format(v, widget.readout_format) for v in values]


def _log_slider(widget):
    values = [float(f"{widget.base**e:.12g}") for e in _linear(widget)]
    return "range", values, [format(v, widget.readout_format) for v in values]


def _options(kind):
    def read(widget):
        return kind, list(widget._options_values), list(widget._options_labels)

    return read


def _checkbox(widget):
    return "checkbox", [False, True], ["off", "on"]


KINDS = {
    w.IntSlider: _int_slider,
    w.FloatSlider: _int_slider,
    w.FloatLogSlider: _log_slider,
    w.SelectionSlider: _options("range"),
    w.Dropdown: _options("select"),
    w.Select: _options("select"),
    w.ToggleButtons: _options("radio"),
    w.RadioButtons: _options("radio"),
    w.Checkbox: _checkbox,
}


def _start(value, values) -> int | None:
    """Index of `value` in `values`; numbers may differ by rounding."""
    for i, candidate in enumerate(values):
        if isinstance(candidate, float) and isinstance(value, (int, float)):
            if abs(candidate - value) <= 1e-9 * max(1.0, abs(candidate)):
                return i
        elif candidate is value or (
            type(candidate) is type(value) and candidate == value
        ):
            return i
    return None


def read_control(widget) -> Control:
    """One widget of an `interactive` as a `Control`; raises `FreezeError` for a kind that cannot be frozen."""
    name = widget._kwarg
    read = KINDS.get(type(widget))
    if read is None:
        known = ", ".join(kind.__name__ for kind in KINDS)
        raise FreezeError(
            f"control {name!r}: {type(widget).__name__} cannot be frozen; use one of {known}, or fixed()"
        )
    kind, values, readouts = read(widget)
    start = _start(widget.value, values)
    if start is None:
        raise FreezeError(
            f"control {name!r}: its start value {widget.value!r} is not one of its values {values!r}"
        )
    for text in (widget.description, *readouts):
        if "$" in text:
            raise FreezeError(
                f"control {name!r}: {text!r} has math, which only a live widget typesets: use Unicode"
            )
    return Control(
        name, widget.description, kind, tuple(values), tuple(readouts), start
    )


def read_controls(interactive) -> tuple[list[Control], dict[str, Any]]:
    """All controls of an `interactive`, and the arguments that stay fixed.

    Raises `FreezeError` for an unsupported control, a manual `interact`, or more than `MAX_STATES` states.
    """
    if interactive.manual:
        raise FreezeError(
            "interact_manual cannot be frozen: there is no button to press on the page; use interact"
        )
    fixed = {
        x._kwarg: x.value for x in interactive.kwargs_widgets if isinstance(x, w.fixed)
    }
    controls = [
        read_control(x)
        for x in interactive.kwargs_widgets
        if not isinstance(x, w.fixed)
    ]
    if not controls:
        raise FreezeError("it has no control: every argument is fixed")
    count = len(states(controls))
    if count > MAX_STATES:
        sizes = " × ".join(f"{c.name}: {len(c.values)}" for c in controls)
        raise FreezeError(
            f"it has {count} states ({sizes}), more than {MAX_STATES}: make a grid coarser"
        )
    return controls, fixed


def states(controls: list[Control]) -> list[dict[str, Any]]:
    """Every combination of values as keyword arguments; the last control varies fastest."""
    return [
        dict(zip((c.name for c in controls), combo, strict=True))
        for combo in product(*(c.values for c in controls))
    ]


def start_state(controls: list[Control]) -> int:
    """The index in `states(controls)` of the combination that the reader sees first."""
    index = 0
    for control in controls:
        index = index * len(control.values) + control.start
    return index

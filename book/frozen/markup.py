"""The HTML of a frozen widget: native controls, the picture of the start state, the payload."""

from html import escape

from . import payload, svg
from .controls import Control, FreezeError, start_state

MAX_PAYLOAD = 300_000  # bytes, compressed


def _label(control: Control) -> str:
    return f'<span class="frozen-label">{escape(control.label)}</span>'


def _select(control: Control, name: str) -> str:
    options = "".join(
        f"<option{' selected' if i == control.start else ''}>{escape(readout)}</option>"
        for i, readout in enumerate(control.readouts)
    )
    return f'<label>{_label(control)}<select name="{name}">{options}</select></label>'


def _range(control: Control, name: str) -> str:
    readouts = escape("\n".join(control.readouts))
    shown = escape(control.readouts[control.start])
    return (
        f"<label>{_label(control)}"
        f'<input type="range" name="{name}" min="0" max="{len(control.values) - 1}" value="{control.start}"'
        f' aria-valuetext="{shown}" data-readouts="{readouts}"><output aria-hidden="true">{shown}</output></label>'
    )


def _radio(control: Control, name: str) -> str:
    options = "".join(
        f'<label><input type="radio" name="{name}" value="{i}"{" checked" if i == control.start else ""}>'
        f"{escape(readout)}</label>"
        for i, readout in enumerate(control.readouts)
    )
    legend = f'<legend class="frozen-label">{escape(control.label)}</legend>'
    return f'<fieldset class="frozen-radio">{legend}{options}</fieldset>'


def _checkbox(control: Control, name: str) -> str:
    checked = " checked" if control.start else ""
    return f'<label><input type="checkbox" name="{name}"{checked}>{_label(control)}</label>'


CONTROLS = {"select": _select, "range": _range, "radio": _radio, "checkbox": _checkbox}


def fragment(controls: list[Control], frames: list[str], alt: str) -> str:
    """One widget; `frames[i]` belongs to `states(controls)[i]`, which player.js finds by the controls' lengths.

    The controls are disabled until player.js takes over: a page without scripts does not pretend. Raises
    `FreezeError` where the payload is larger than `MAX_PAYLOAD`.
    """
    frames = svg.name_ids(frames)
    blob = payload.pack(frames)
    if payload.size(blob) > MAX_PAYLOAD:
        kilobytes = (
            f"{payload.size(blob) / 1000:.0f} kB, more than {MAX_PAYLOAD // 1000} kB"
        )
        raise FreezeError(
            f"its payload is {kilobytes} compressed: use fewer states or points"
        )
    prefix = blob[
        -24:-8
    ]  # holds gzip's checksum: tells the radio groups of a page apart
    markup = "".join(CONTROLS[c.kind](c, f"{prefix}-{c.name}") for c in controls)
    sizes = ",".join(str(len(c.values)) for c in controls)
    return (
        f'<div class="frozen" role="group" aria-label="{escape(alt)}"'
        f' data-states="{len(frames)}" data-sizes="{sizes}">\n'
        f'<form class="frozen-controls" autocomplete="off">'
        f'<fieldset disabled class="frozen-all">{markup}</fieldset></form>\n'
        f'<div class="frozen-output">{frames[start_state(controls)]}</div>\n'
        f'<script type="application/x-frozen">{blob}</script>\n</div>'
    )

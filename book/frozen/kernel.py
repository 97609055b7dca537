"""The IPython extension that the site build loads into a chapter's kernel.

It changes how two things are displayed and nothing else: an `interact` becomes a frozen widget, a figure
becomes inline SVG. Chapters do not know of it.
"""

from inspect import getdoc

from . import svg
from .capture import capture, capture_all
from .controls import FreezeError, read_controls, states
from .markup import fragment

# The text alternative of the widget that is being frozen: its figures carry it. Empty outside of widgets.
_alternative: list[str] = []


def freeze(interactive) -> str:
    """An `ipywidgets.interactive` as HTML. Raises `FreezeError`, which names the callback, control or state."""
    name = getattr(interactive.f, "__name__", repr(interactive.f))
    try:
        controls, fixed = read_controls(interactive)
        alt = " ".join((getdoc(interactive.f) or "").split())
        if not alt:
            raise FreezeError(
                "it has no docstring, which is the text alternative of its pictures"
            )
        grid = states(controls)

        def frame(index: int) -> str:
            try:
                return capture(
                    lambda: interactive.f(**fixed, **grid[index]),
                    interactive.auto_display,
                )
            except FreezeError as error:
                state = ", ".join(f"{k}={v!r}" for k, v in grid[index].items())
                raise FreezeError(f"in state {state}: {error}") from error

        # The last and the first state once more, in another order: a pure callback shows the same.
        order = [*range(len(grid)), len(grid) - 1, 0]
        _alternative.append(alt)
        try:
            *frames, last, first = capture_all(lambda i: frame(order[i]), len(order))
        finally:
            _alternative.pop()
        if (first, last) != (frames[0], frames[-1]):
            raise FreezeError(
                "it is not pure: the same arguments give another picture the second time"
            )
        return fragment(controls, frames, alt)
    except FreezeError as error:
        raise FreezeError(f"interact({name}): {error}") from error


def show_figure(figure) -> str:
    """A figure as inline SVG: labelled inside a widget; elsewhere `page.py` labels it."""
    if _alternative:
        return svg.render(figure, _alternative[-1])
    return svg.name_ids([svg.render(figure)])[0]


def refuse(widget) -> None:
    """Takes the place of a widget's own display. Raises `FreezeError`."""
    raise FreezeError(
        f"{type(widget).__name__} is shown outside of interact: it would be dead on the page"
    )


def load_ipython_extension(ip) -> None:
    """What `ipython --ext=book.frozen.kernel` calls."""
    import ipywidgets
    from matplotlib_inline.config import InlineBackend

    bundles = ip.display_formatter.mimebundle_formatter
    bundles.for_type(ipywidgets.Widget, refuse)
    bundles.for_type(
        ipywidgets.interactive, lambda widget: {"text/html": freeze(widget)}
    )
    bundles.for_type_by_name(
        "matplotlib.figure", "Figure", lambda figure: {"text/html": show_figure(figure)}
    )
    InlineBackend.instance(parent=ip).figure_formats = set()  # no PNG beside it

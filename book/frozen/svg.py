"""A matplotlib figure as a small inline SVG whose colours follow the page's light or dark mode."""

import hashlib
import io
import re
from html import escape
from xml.etree import ElementTree

# The colours of matplotlibrc and those that people type ("k", "white", "0.5") become CSS variables, which
# theme/figures.css defines for both modes. Any other colour stays as it is.
CYCLE = [
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
    "#8c6bb1",
    "#a6761d",
]
VARIABLES = {
    "#000000": "--figure-ink",
    "#ffffff": "--figure-paper",
    "#dddddd": "--figure-grid",
    "#808080": "--figure-grey",
    "#7f7f7f": "--figure-grey",
    **{colour: f"--figure-c{i}" for i, colour in enumerate(CYCLE)},
}

# Stands in ids until `name_ids` knows a prefix: two figures on one page must not share ids.
UNNAMED = "\ue000"  # in no text: for private use

# A path with more numbers than this is a curve, for which 0.1 pt is exact enough.
CURVE = 60

# An image with fewer rows and columns is stored as it is and enlarged by the browser.
SMALL_IMAGE = 120

NUMBER = re.compile(r"-?\d+\.\d+")
COLOUR = re.compile(r"#[0-9a-f]{6}\b")
REFERENCE = re.compile(r"#(?=[A-Za-z])")


def _shorten(text: str, digits: int) -> str:
    def rounded(match: re.Match) -> str:
        number = f"{float(match[0]):.{digits}f}".rstrip("0").rstrip(".")
        return "0" if number == "-0" else number

    return NUMBER.sub(rounded, text)


def _attribute(name: str, value: str) -> str:
    """One attribute of matplotlib's SVG, shortened and recoloured."""
    if name == "href":
        return f'href="{value if value.startswith("data:") else REFERENCE.sub("#" + UNNAMED, value)}"'
    if name == "id":
        return f'id="{UNNAMED}{value}"'
    if name == "d":
        value = " ".join(value.split())
        value = _shorten(value, 1 if value.count(" ") > CURVE else 2)
        value = re.sub(r" ?([A-Za-z]) ?", r"\1", value)
    elif name == "style":
        value = COLOUR.sub(
            lambda m: f"var({VARIABLES[m[0]]})" if m[0] in VARIABLES else m[0], value
        ).replace(": ", ":")
        value = value.replace("; ", ";")
    elif name == "clip-path":
        value = value.replace("#", "#" + UNNAMED)
    elif name == "transform":
        # A scale of 0.015625 (glyphs) must keep its digits; a shift need not.
        value = re.sub(r"translate\([^)]*\)", lambda m: _shorten(m[0], 2), value)
    else:
        value = _shorten(value, 2)
    return f'{name}="{escape(value)}"'


def _write(element: ElementTree.Element, lines: list[str]) -> None:
    """Append `element` to `lines`, one line an element, without what a page does not need."""
    tag = element.tag.rpartition("}")[2]
    if tag in ("metadata", "style"):
        return
    attributes = {
        name.rpartition("}")[2]: value for name, value in element.attrib.items()
    }
    if tag in ("g", "image"):
        attributes.pop("id", None)
    if tag == "g" and not attributes:
        for child in element:
            _write(child, lines)
        return
    opening = " ".join(
        [tag, *(_attribute(name, value) for name, value in attributes.items())]
    )
    text = escape((element.text or "").strip())
    if len(element) == 0:
        lines.append(f"<{opening}>{text}</{tag}>" if text else f"<{opening}/>")
        return
    lines.append(f"<{opening}>{text}")
    for child in element:
        _write(child, lines)
    lines.append(f"</{tag}>")


def compact(svg: str, alt: str | None = None) -> str:
    """Matplotlib's SVG, ready to stand in a page; its ids still carry `UNNAMED`.

    `alt` is the text alternative. A static figure has none yet: `page.py` adds the one of its cell.
    """
    root = ElementTree.fromstring(svg)
    _, _, width, height = root.get("viewBox").split()
    label = f' role="img" aria-label="{escape(alt)}"' if alt else ""
    lines = [
        f'<svg class="figure"{label} width="{width}pt" viewBox="0 0 {width} {height}">'
    ]
    for child in root:
        _write(child, lines)
    return "\n".join([*lines, "</svg>"])


def name_ids(fragments: list[str]) -> list[str]:
    """Give the ids in `fragments`, which replace one another on the page, one prefix of their own."""
    digest = hashlib.sha256("\n".join(fragments).encode()).hexdigest()[:6]
    return [fragment.replace(UNNAMED, f"f{digest}-") for fragment in fragments]


def render(figure, alt: str | None = None) -> str:
    """Draw a `matplotlib.figure.Figure` once and return it as `compact` SVG."""
    from matplotlib import rc_context
    from matplotlib.image import AxesImage

    for image in figure.findobj(AxesImage):
        if max(image.get_size()) <= SMALL_IMAGE and image.get_interpolation() in (
            "nearest",
            "auto",
            "antialiased",
        ):
            image.set_interpolation("none")
    buffer = io.StringIO()
    with rc_context({"svg.hashsalt": "frozen", "svg.fonttype": "path"}):
        figure.savefig(buffer, format="svg", bbox_inches=None, metadata={"Date": None})
    return compact(buffer.getvalue(), alt)

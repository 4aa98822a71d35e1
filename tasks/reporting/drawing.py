"""Figures: their look, and what they become in a page or in a file of their own.

Matplotlib is imported when the first chart is drawn: it costs a second.
"""

import io
import re
from collections.abc import Callable
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH: Final = 6.1  # inches of 72 units
HEIGHT: Final = 3.5
INK: Final = "#1c2530"
SOFT: Final = "#5a6675"
LINE: Final = "#dde2e8"
PAGE: Final = "#ffffff"
# Told apart in shades of grey and by people who confuse red with green; tuned for white.
SERIES: Final = (
    *("#1f6f8b", "#c4571b", "#5b7f24", "#8a4fa3", "#b3284f"),
    *("#2d5fb8", "#8c6a10", "#0f8570", "#a8479a", "#6a6f78"),
)
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "h")
# What stands for each colour in a page, whose style has it for light and for dark.
_VARIABLES: Final = {
    INK: "ink",
    SOFT: "soft",
    LINE: "line",
    PAGE: "page",
    **{color: f"s{number}" for number, color in enumerate(SERIES)},
}
_STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.titlesize": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": SOFT,
    "ytick.labelcolor": SOFT,
    "legend.frameon": False,
    "legend.fontsize": 10.5,
    "lines.linewidth": 1.8,
    "lines.markersize": 5.5,
    "figure.facecolor": PAGE,
    "axes.facecolor": "none",
}
_NO_DATA: Final[dict[str, dict[str, None]]] = {
    "svg": dict.fromkeys(("Date", "Creator", "Format", "Type")),
    "png": {"Software": None},
}
_STYLES: Final = re.compile(r'style="([^"]*)"')
_IDS: Final = re.compile(r'((?:id="|url\(#|href="#))')
_FONT: Final = re.compile(r"(?:(?P<weight>\w+) )?(?P<size>[\d.]+)px .*")
_HEAD: Final = re.compile(
    r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL
)


class Drawing(NamedTuple):
    """How to fill a pair of axes, and the room around them in units of 1/72 inch.

    The room is said, not found out: finding it out draws everything several times.
    """

    paint: Callable[["Axes"], Any]
    left: float = 56
    top: float = 14
    bottom: float = 40
    right: float = 14
    height: float = HEIGHT


def draw(name: str, drawing: Drawing, kind: Literal["svg", "png"] = "svg") -> bytes:
    """The bytes of a picture; the same data gives the same bytes. PNG has 200 dots to the inch."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        made = Figure(figsize=(WIDTH, drawing.height))
        width, height = WIDTH * 72, drawing.height * 72
        made.subplots_adjust(
            left=drawing.left / width,
            right=1 - drawing.right / width,
            top=1 - drawing.top / height,
            bottom=drawing.bottom / height,
        )
        drawing.paint(made.subplots())
        held = io.BytesIO()
        made.savefig(held, format=kind, dpi=200 if kind == "png" else 72, metadata=_NO_DATA[kind])
    return held.getvalue()


def in_page(svg: str, name: str, title: str, says: str) -> str:
    """A drawn SVG as a part of a page: named and described, without inline styles (the page's
    policy forbids them), its colours those of the page's theme, its ids its own."""
    body = svg[svg.index("<svg") :]
    body = _STYLES.sub(lambda found: _attributes(found.group(1)), _HEAD.sub("", body))
    body = _IDS.sub(rf"\g<1>{name}-", body)
    for color, variable in _VARIABLES.items():
        body = body.replace(f'"{color}"', f'"var(--{variable})"')
    opening, rest = body.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', opening)
    return (
        f'<svg class="chart" {box.group() if box else ""} role="img" '
        f'aria-labelledby="{name}-title {name}-says" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-says">{escape(says)}</desc>{rest}'
    )


@cache
def _attributes(style: str) -> str:
    """`fill: none; stroke: #1c2530` → `fill="none" stroke="#1c2530"`; fonts are the page's."""
    kept = []
    for declaration in style.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font" and (font := _FONT.fullmatch(value)):
            kept.append(f'font-size="{font["size"]}"')
        elif name and name != "font-family":
            kept.append(f'{name}="{value}"')
    return " ".join(kept)

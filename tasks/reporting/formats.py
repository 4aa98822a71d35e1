"""Numbers and texts as people read them, for pages, Markdown and CSV alike."""

from typing import Any, Final

from tasks.domain.money import show_cents
from tasks.reporting.model import Cell, Kind
from tasks.reporting.texts import line

NOTHING: Final = "–"
_CENTS_BELOW: Final = 100  # below a dollar the fractions of a cent count
_CENTS_MATTER: Final = 10_000
_DOLLARS_FROM: Final = 10_000_000
NUMBERS: Final[frozenset[Kind]] = frozenset({"cents", "share", "count", "ratio", "days"})


def shown(kind: Kind, value: Any) -> str:
    """A value of a kind: `1234567` cents → `$12,345.67`, `0.415` → `41.5 %`; – for none."""
    if value is None:
        return NOTHING
    match kind:
        case "cents":
            return cents(float(value))
        case "share":
            return f"{100 * value:.1f} %"
        case "count":
            return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
        case "ratio":
            return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"
        case "days":
            return f"{value:,.1f}"
        case "month":
            return f"{value:%Y-%m}"
        case "ladder":
            return " → ".join(cents(float(rung)) for rung in value)
        case _:
            return line(value)


def cents(value: float) -> str:
    """`$1,250` or `$187.50`; what is less than a dollar and no whole cent as `$0.0123`, and from
    $100,000 on whole dollars: pages keep the exact number beside what they show."""
    if abs(value) >= _DOLLARS_FROM:
        return show_cents(round(value / 100) * 100)
    if abs(value) < _CENTS_BELOW and not value.is_integer():
        return f"${value / 100:.4f}"
    return show_cents(round(value))


def interval(kind: Kind, cell: Cell) -> str:
    """`38.1–44.9 %`; empty where there is none."""
    if cell.low is None or cell.high is None:
        return ""
    low, high = (shown(kind, _rounded(kind, end)) for end in (cell.low, cell.high))
    if kind == "share":
        low = low.removesuffix(" %")
    return f"{low}–{high}"


def _rounded(kind: Kind, end: float) -> float:
    """The ends of an interval are no truer than a dollar."""
    return round(end / 100) * 100.0 if kind == "cents" and abs(end) >= _CENTS_MATTER else end


def exact(value: Any) -> str:
    """A value so that it can be read back: what pages keep beside what they show."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(exact(one) for one in value)
    return repr(value) if isinstance(value, float) else str(value)

"""From a drawing to a chart of a report."""

from tasks.reporting.drawing import Drawing, draw
from tasks.reporting.model import Chart


def chart(name: str, title: str, says: str, drawing: Drawing) -> Chart:
    """The drawn chart; `name` tells it from the others of its page, and salts its ids."""
    svg = draw(name, drawing).decode()
    return Chart(name=name, title=title, says=says, svg=svg, drawing=drawing)

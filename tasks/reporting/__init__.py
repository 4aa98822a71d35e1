"""Reports: self-contained HTML, everything that was scraped or submitted escaped or sanitised."""

from tasks.reporting.answers import Turn, turns_of
from tasks.reporting.charting import chart
from tasks.reporting.charts import against, bars, groups, listed, ranking, stacks, steps
from tasks.reporting.diff_pages import write_diff
from tasks.reporting.drawing import Drawing
from tasks.reporting.formats_out import FORMATS, as_leaderboard, as_markdown, files_of, table_rows
from tasks.reporting.instances import Attempt, Rise, instance_page
from tasks.reporting.model import (
    Arrange,
    Cell,
    Chart,
    Column,
    Grid,
    Kind,
    Listing,
    Panel,
    Report,
    ReportRun,
    Section,
    Task,
)
from tasks.reporting.pages import REPORTS, index_page, is_current, report_file, write_file
from tasks.reporting.policy import made_live

__all__ = [
    "FORMATS",
    "REPORTS",
    "Arrange",
    "Attempt",
    "Cell",
    "Chart",
    "Column",
    "Drawing",
    "Grid",
    "Kind",
    "Listing",
    "Panel",
    "Report",
    "ReportRun",
    "Rise",
    "Section",
    "Task",
    "Turn",
    "against",
    "as_leaderboard",
    "as_markdown",
    "bars",
    "chart",
    "files_of",
    "groups",
    "index_page",
    "instance_page",
    "is_current",
    "listed",
    "made_live",
    "ranking",
    "report_file",
    "stacks",
    "steps",
    "table_rows",
    "turns_of",
    "write_diff",
    "write_file",
]

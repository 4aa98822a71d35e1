"""Pages: self-contained HTML, everything that was scraped or submitted escaped."""

from tasks.reporting.diff_pages import write_diff
from tasks.reporting.pages import (
    ReportItem,
    ReportRun,
    is_current,
    report_file,
    reports_file,
    write_page,
)

__all__ = [
    "ReportItem",
    "ReportRun",
    "is_current",
    "report_file",
    "reports_file",
    "write_diff",
    "write_page",
]

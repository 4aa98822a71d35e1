"""The kinds of files that results come in."""

from typing import Final

SOURCE_NAME: Final = "results"
RUN_REPORT: Final = "results.run_report"
INSTANCE_REPORT: Final = "results.instance_report"
PREDICTIONS: Final = "results.predictions"
PATCH: Final = "results.patch"
TABLE: Final = "results.table"

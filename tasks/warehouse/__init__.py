"""The warehouse: the one place that speaks to DuckDB."""

from tasks.warehouse.connect import FILES, FileName, Row, Session, Warehouse, query_text
from tasks.warehouse.migrate import ensure, run_checks

__all__ = ["FILES", "FileName", "Row", "Session", "Warehouse", "ensure", "query_text", "run_checks"]

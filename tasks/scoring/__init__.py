"""Estimators and intervals: arrays and models in, models out. Pure, and seeded throughout."""

from tasks.scoring.measuring import measure
from tasks.scoring.pairing import compare

__all__ = ["compare", "measure"]

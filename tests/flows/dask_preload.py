"""What a worker of the tests loads first: the solvers that behave as no bundled one does."""

from pathlib import Path

import tasks.solvers

tasks.solvers.__path__.append(str(Path(__file__).parent / "strange_solvers"))

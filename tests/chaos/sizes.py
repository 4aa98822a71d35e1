"""How much chaos: PAYDAG_CHAOS=full is what `make chaos` does, SIZE=ci a part of each kind."""

import os
from typing import Final

FULL: Final = os.environ.get("PAYDAG_CHAOS") == "full"
SEED: Final = int(os.environ.get("PAYDAG_CHAOS_SEED", "1"))
# So many kills of one stage on one home, then the undisturbed end.
KILLS_A_ROUND: Final = 5
KILLS: Final = 100 if FULL else 4
KILLS_OF_COMMANDS: Final = 5 if FULL else 1
COMMANDS: Final = ("land", "build", "prepare", "solve", "grade", "score", "report", "export")
KILLED_COMMANDS: Final = COMMANDS if FULL else ("build", "grade")
DISKS: Final = 4 if FULL else 1

"""How much chaos: PAYDAG_CHAOS=full is what `make chaos` does, CI does a part of each kind."""

import os
from typing import Final

FULL: Final = os.environ.get("PAYDAG_CHAOS") == "full"
SEED: Final = int(os.environ.get("PAYDAG_CHAOS_SEED", "1"))
# A round: so many kills of one stage in a row, then the undisturbed end.
KILLS_A_ROUND: Final = 5
KILLS: Final = 100 if FULL else 10
KILLS_OF_COMMANDS: Final = 5 if FULL else 1
DISKS: Final = 6 if FULL else 2

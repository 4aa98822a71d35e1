"""A disk that is full at any point of a stage is one clear fault, and no row is lost or torn."""

import random
from pathlib import Path

import pytest

from tests.chaos.arena import beside_of
from tests.chaos.conftest import MARKETS, STAGES, Trials
from tests.chaos.sizes import DISKS, SEED
from tests.chaos.small_disks import small_disk
from tests.chaos.soundness import assert_holds


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("stage", STAGES)
def test_a_full_disk_is_a_fault_and_with_room_the_stage_ends_as_if_undisturbed(
    stage: str, market: str, trials: Trials, tmp_path: Path
) -> None:
    """The home and the temporary folder are on the disk, and at times there is no byte left."""
    trial = trials(market, stage)
    chance = random.Random(f"{SEED} {stage} {market}")
    shares = [chance.uniform(0, 0.9) for _ in range(DISKS)]
    shares[0] *= market == "many"
    print(f"seed {SEED}: free are {shares} of {trial.grew} bytes")
    for number, share in enumerate(shares):
        with small_disk(tmp_path / f"disk{number}") as disk:
            home = trial.home(disk.folder)
            beside = beside_of(home)
            beside.temporary.mkdir()
            disk.leave(int(share * trial.grew))
            ended = trial.run(home)
            assert not ended.killed
            if not ended.finished:
                # A fault by name, in one sentence; not a traceback, and not the user's mistake.
                assert (ended.exit_code, ended.message.count("\n")) == (1, 0), ended
            disk.make_room()
            assert_holds(home, beside.told)
            trial.assert_ends_as_if_undisturbed(home)

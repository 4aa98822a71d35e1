"""A stage that is killed at any moment loses nothing, and the same call ends as if undisturbed."""

from itertools import islice
from pathlib import Path

import pytest

from tests.chaos.arena import beside_of, moments
from tests.chaos.conftest import MARKETS, STAGES, Trials
from tests.chaos.sizes import KILLS, KILLS_A_ROUND, SEED
from tests.chaos.soundness import assert_holds

# So many rounds a kill: a duration that was taken on a busy machine is too long on an idle one, and
# most moments then come after the end.
_PATIENCE = 20


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_killed_again_and_again_ends_as_if_undisturbed(
    stage: str, market: str, trials: Trials, tmp_path: Path
) -> None:
    """The kills of a stage are shared by the markets, a few in a row on one home."""
    trial = trials(market, stage)
    wanted = KILLS // len(MARKETS)
    when = moments(f"{stage} {market}", trial.seconds, SEED)
    killed: list[str] = []
    rounds = 0
    while len(killed) < wanted:
        rounds += 1
        assert rounds <= _PATIENCE * wanted, "it ends before anybody can kill it"
        home = trial.home(tmp_path / f"round{rounds}")
        beside = beside_of(home)
        for after_s in islice(when, min(KILLS_A_ROUND, wanted - len(killed))):
            ended = trial.run(home, after_s=after_s, alone=len(killed) % 3 == 2)
            assert ended.killed or ended.finished, ended
            assert_holds(home, beside.told)
            if ended.finished:
                break
            killed.append(f"{after_s:.3f}")
        trial.assert_ends_as_if_undisturbed(home)
    print(f"seed {SEED}: {stage} of {market}, {trial.seconds:.3f} s, killed after", *killed)

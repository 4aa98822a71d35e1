"""A split holds what its rule asks for, and never an id that another split has published."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tasks.domain.errors import UsageError
from tasks.freezing import Frozen, Ground, freeze
from tasks.specs import holdout_ids, load_spec, load_split
from tasks.specs.splits import published
from tasks.warehouse import Warehouse
from tests.build_homes import home_with
from tests.dataset_folders import WHOLE, build, market, write

RULES = """splits:
  holdout: {share: 0.4, seed: 1}
  diamond: {evidence: 2, lint: clean}
  rest: {without: [diamond]}
"""


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which all ten instances of `boats` can be graded, but for the one of issue 10."""
    folder = tmp_path_factory.mktemp("validated")
    home = home_with(folder / "home", market())
    write(folder, "boats", text=WHOLE)
    build(home, folder, "boats")
    with Warehouse(home).read("core") as session:
        rows = session.tuples("SELECT instance_id, instance_digest FROM core.version_instances")
    with Warehouse(home).write("eval") as session:
        session.insert(
            "eval.environments",
            [
                {
                    "instance_digest": digest,
                    "recipe_digest": "none",
                    "instance_id": name,
                    "sandbox": "none",
                    "status": "done",
                    "gradable": "-10-" not in name,
                    "reason": "it is broken" if "-10-" in name else "",
                    "expectation": "{}",
                    "evidence": "[]",
                    "takes": 1,
                    "prepared_at": datetime(2025, 1, 1, tzinfo=UTC),
                    "repeats": 1,
                }
                for name, digest in rows
            ],
        )
    return home


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    write(tmp_path, "boats", text=WHOLE + RULES)
    return _ground(tmp_path, "boats")


def _ground(root: Path, name: str) -> Ground:
    spec, folder = load_spec(name, [root])
    return Ground(spec, folder, [root])


def ids(*numbers: int) -> list[str]:
    return [f"ours__app-{number}-swe_manager" for number in numbers]


def frozen(home: Path, ground: Ground, split: str, *, overwrite: bool = False) -> Frozen:
    return freeze(Warehouse(home), ground, "boats", split, overwrite=overwrite)


def refusal(home: Path, ground: Ground, split: str) -> str:
    with pytest.raises(UsageError) as refused:
        frozen(home, ground, split)
    return str(refused.value)


def test_what_is_held_out_is_frozen_first_and_in_no_other_split(
    validated: Path, ground: Ground
) -> None:
    assert refusal(validated, ground, "diamond") == (
        "boats holds out ids that are not frozen yet; run `paydag freeze boats holdout` before "
        "diamond publishes any of them"
    )
    held = frozen(validated, ground, "holdout").instances
    assert list(held) == load_split(ground.folder, "holdout") == sorted(holdout_ids(ground.folder))
    assert 0 < len(held) < 9
    diamond = frozen(validated, ground, "diamond")
    assert set(diamond.instances) == set(ids(6, 7, 8, 9)) - set(held)
    reasons = {name: why for name, why in diamond.left_out.items() if name not in held}
    assert reasons == {
        ids(10)[0]: "it is broken",
        **dict.fromkeys(
            set(ids(1, 2, 3, 4, 5)) - set(held),
            "1 of 2 kinds of evidence for the acceptance (assignment)",
        ),
    }
    rest = frozen(validated, ground, "rest")
    assert sorted([*held, *diamond.instances, *rest.instances]) == sorted(ids(*range(1, 10)))


def test_an_id_that_was_published_never_moves(validated: Path, ground: Ground) -> None:
    splits = ground.folder / "splits"
    splits.mkdir()
    (splits / "holdout.txt").write_text("# nothing yet\n# once another\n", encoding="utf-8")
    (splits / "dev.txt").write_text(f"{ids(7)[0]}\n# once {ids(8)[0]}\n", encoding="utf-8")
    shown = ", ".join(ids(7, 8))
    assert refusal(validated, ground, "diamond") == (
        f"2 of the ids for diamond are published in the split dev ({shown}) and never move; "
        "`without: [dev]` in the rule of diamond leaves them there"
    )
    assert not (splits / "diamond.txt").exists()
    (splits / "holdout.txt").unlink()
    shutil.copy(splits / "dev.txt", splits / "other.txt")
    message = refusal(validated, ground, "holdout")
    assert "of the ids for holdout are published in the split dev" in message


def test_an_id_that_a_split_loses_stays_published(validated: Path, ground: Ground) -> None:
    frozen(validated, ground, "holdout")
    first = frozen(validated, ground, "diamond").instances
    stricter = WHOLE + RULES.replace("evidence: 2", "evidence: 2, share: 0.5")
    write(ground.folder.parent, "boats", text=stricter)
    again = _ground(ground.folder.parent, "boats")
    second = frozen(validated, again, "diamond", overwrite=True).instances
    assert set(second) < set(first)
    assert published(ground.folder)["diamond"] == set(first)


def test_what_is_held_out_above_is_left_out_below(validated: Path, ground: Ground) -> None:
    held = frozen(validated, ground, "holdout").instances
    write(ground.folder.parent, "ships", "splits: {holdout: {share: 0.1}}")
    below = _ground(ground.folder.parent, "ships")
    (below.folder / "splits").mkdir()
    (below.folder / "splits" / "holdout.txt").write_text("", encoding="utf-8")
    dev = frozen(validated, below, "dev")
    assert set(dev.instances) == set(ids(*range(1, 10))) - set(held)
    assert {dev.left_out[name] for name in held} == {"it is in the split holdout"}


def test_what_comes_to_the_share_of_the_holdout_later_is_in_no_other_split(
    validated: Path, ground: Ground
) -> None:
    first, *others = frozen(validated, ground, "holdout").instances
    (ground.folder / "splits" / "holdout.txt").write_text(f"{first}\n", encoding="utf-8")
    assert others
    rest = frozen(validated, ground, "rest")
    assert {rest.left_out[name] for name in [first, *others]} == {"it is in the split holdout"}


def test_how_much_is_held_out_must_be_said(validated: Path, tmp_path: Path) -> None:
    write(tmp_path, "boats", text=WHOLE)
    assert refusal(validated, _ground(tmp_path, "boats"), "holdout") == (
        "no rule says how much boats holds out; write `splits: {holdout: {share: 0.1}}` into its "
        "dataset.yaml"
    )


def test_a_rule_that_nothing_fits_freezes_nothing(validated: Path, tmp_path: Path) -> None:
    write(tmp_path, "boats", text=WHOLE + "splits: {dev: {evidence: 3}}\n")
    message = refusal(validated, _ground(tmp_path, "boats"), "dev")
    assert message.endswith(
        "is gradable and fits the rule of dev, so that there is nothing to freeze"
    )

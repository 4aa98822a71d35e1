"""What a dataset holds out: the frozen ids, and whatever else would give their issues away."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tasks.domain.sampling import falls_below
from tasks.specs import DatasetSpec, holdout_ids
from tasks.specs.splits import HOLDOUT, published


def held_out(
    spec: DatasetSpec, folder: Path, folders: Sequence[Path], issues: Mapping[str, str]
) -> frozenset[str]:
    """Of the instances `issues` (id → issue), those that are held out: the frozen ids, the other
    tasks of their issues, and those of issues in the share of the rule, which a freeze will take.

    What another split has published is not held out by the latter two: it stays where it is.
    """
    frozen = holdout_ids(folder, folders)
    # An id ends with its variant, and a held task may be of a variant that is not among these.
    stems = {_stem(name) for name in frozen}
    held = {issue for name, issue in issues.items() if name in frozen}
    rule = spec.splits.get(HOLDOUT)
    share = rule.share if rule is not None else None
    splits = published(folder).items()
    out = {name for split, ids in splits if split != HOLDOUT for name in ids}
    return frozen | {
        name
        for name, issue in issues.items()
        if name not in out
        and (
            issue in held
            or _stem(name) in stems
            or (rule is not None and share is not None and falls_below(share, rule.seed, issue))
        )
    }


def _stem(instance_id: str) -> str:
    return instance_id.rpartition("-")[0]

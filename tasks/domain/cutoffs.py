"""How far the training of models reached, as their makers state it."""

from collections.abc import Mapping
from datetime import datetime

from tasks.domain.scored import Reach


def reach_of_model(model: str, unseen_from: Mapping[str, datetime]) -> Reach | None:
    """The reach of `PROVIDER:NAME`; None where none is known.

    `unseen_from` maps names without a provider to the first moment that they cannot have seen. The
    longest one counts that the name is, or begins with before a further part: `gpt-4o` stands for
    `gpt-4o-2024-08-06`, and `gpt-4` does not.
    """
    name = model.rpartition(":")[2].rpartition("/")[2]
    fitting = [known for known in unseen_from if name == known or name.startswith(f"{known}-")]
    if not fitting:
        return None
    return Reach(model=model, unseen_from=unseen_from[max(fitting, key=len)])

"""What validation found of the instances of a dataset version."""

from collections.abc import Sequence
from typing import Any, Final, Literal

from pydantic import BaseModel

from tasks.choosing import Wanted
from tasks.domain.verdicts import Expectation
from tasks.warehouse import Row, Session

Result = Literal["gradable", "not gradable", "fault"]

RESULTS: Final[tuple[Result, ...]] = ("gradable", "not gradable", "fault")


class Validated(BaseModel, frozen=True, extra="forbid"):
    """One instance. `fail_to_pass` and `pass_to_pass` count tests, `flaky` names those that are
    not asked for because their results differ from one repetition to the next."""

    instance_id: str
    variant: str
    sandbox: str
    result: Result
    reason: str
    fail_to_pass: int
    pass_to_pass: int
    flaky: tuple[str, ...]
    repeats: int
    image: str | None


class Validation(BaseModel, frozen=True, extra="forbid"):
    """The instances of a version, by id. `notes` are sentences on how it was done."""

    dataset: str
    version: str
    instances: tuple[Validated, ...]
    notes: tuple[str, ...] = ()

    def count(self, result: Result) -> int:
        return sum(one.result == result for one in self.instances)

    def as_json(self) -> dict[str, Any]:
        counts = {result.replace(" ", "_"): self.count(result) for result in RESULTS}
        listed = [one.model_dump(mode="json") for one in self.instances]
        return {
            "dataset": self.dataset,
            "version": self.version,
            **counts,
            "notes": list(self.notes),
            "instances": listed,
        }


def validated(row: Row) -> Validated:
    """One row of eval.environments, with the instance's variant."""
    expectation = Expectation.model_validate_json(row["expectation"])
    result: Result = "fault"
    if row["status"] == "done":
        result = "gradable" if row["gradable"] else "not gradable"
    return Validated(
        instance_id=row["instance_id"],
        variant=row["variant"],
        sandbox=row["sandbox"],
        result=result,
        reason=row["reason"],
        fail_to_pass=len(expectation.fail_to_pass),
        pass_to_pass=len(expectation.pass_to_pass),
        flaky=expectation.flaky,
        repeats=row["repeats"],
        image=row["image_digest"],
    )


def read_environments(session: Session, wanted: Sequence[Wanted]) -> list[Validated]:
    """What is stored of these environments, by instance id. Reads core and eval."""
    recipes = {(one.instance_digest, one.recipe_digest) for one in wanted}
    digests = [one.instance_digest for one in wanted]
    with session.values("wanted_digests", "instance_digest", digests):
        rows = session.query("environments_of")
    return [
        validated(row) for row in rows if (row["instance_digest"], row["recipe_digest"]) in recipes
    ]

"""Which environment an instance is to have: its sandbox, its recipe, and which one a run uses."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache

from pydantic import BaseModel

from tasks.domain.digests import digest
from tasks.domain.instances import TaskInstance
from tasks.domain.sandboxes import Because, Choice, choose_sandbox
from tasks.sandbox.engine import check_address, engine_version
from tasks.warehouse import Row, Session


class Wanted(BaseModel, frozen=True, extra="forbid"):
    """The environment that an instance is to have. `repeats` is how often validation runs all
    tests without and with the gold patch, at least. What is `pooled` shares its sandbox."""

    instance_digest: str
    instance_id: str
    recipe_digest: str
    sandbox: str
    because: Because
    repeats: int
    pooled: bool = False

    @property
    def runs_code(self) -> bool:
        return self.sandbox != "none"


def recipe_digest(instance: TaskInstance, sandbox: str) -> str:
    """Names how an instance's environment comes to be; a pure judge needs no sandbox.

    Keys at their default are left out, so that an optional key added later changes no recipe; how
    often it is validated, and what only a solver may use, is no part of it.
    """
    if instance.environment.kind == "none":
        return digest(["none"])
    recipe = instance.environment.model_dump(
        mode="json", exclude={"repeats", "user_tool"}, exclude_defaults=True
    )
    return digest([recipe, instance.base, sandbox])


def is_pooled(instance: TaskInstance) -> bool:
    """Whether many submissions of such instances share a container, one after the other."""
    return instance.environment.kind == "programs"


def wanted_environments(
    instances: Iterable[TaskInstance],
    asked: str | None,
    *,
    kept: Mapping[str, Choice] | None = None,
    repeats: int | None = None,
) -> list[Wanted]:
    """What each instance wants, in their order. `kept` is instance_digest → the run's choice.

    Raises UsageError where an engine is wanted and DOCKER_HOST is no address.
    """
    answers = cache(lambda: engine_version()[0] is not None)

    def wanted(instance: TaskInstance) -> Wanted:
        before = (kept or {}).get(instance.instance_digest)
        # The engine is asked where its absence would change something, and once.
        decides = instance.environment.trusted and asked is None and before is None
        choice = choose_sandbox(
            instance.environment, asked, kept=before, engine=not decides or answers()
        )
        often = repeats or instance.environment.repeats
        return Wanted(
            instance_digest=instance.instance_digest,
            instance_id=instance.instance_id,
            recipe_digest=recipe_digest(instance, choice.sandbox),
            sandbox=choice.sandbox,
            because=choice.because,
            repeats=1 if choice.sandbox == "none" or is_pooled(instance) else often,
            pooled=is_pooled(instance),
        )

    found = [wanted(instance) for instance in instances]
    if any(one.sandbox == "docker" for one in found):
        check_address()
    return found


def unfinished(session: Session, wanted: Sequence[Wanted]) -> list[Wanted]:
    """Those without a finished environment that was validated as often as it is to be."""
    done = session.tuples(
        "SELECT instance_digest, recipe_digest, repeats FROM eval.environments "
        "WHERE status = 'done'"
    )
    often = {(row[0], row[1]): row[2] for row in done}
    return [w for w in wanted if often.get((w.instance_digest, w.recipe_digest), 0) < w.repeats]


def use_environments(
    session: Session, run_id: str, wanted: Sequence[Wanted], now: datetime
) -> None:
    """Note which environments the run uses from now on; what it uses already is left alone.

    What was collected in another environment counts no longer, until the run returns to it.
    """
    used = {
        row[0]: row[1:]
        for row in session.tuples(
            "SELECT instance_digest, recipe_digest, sandbox, because FROM eval.run_environments "
            "WHERE run_id = $run",
            {"run": run_id},
        )
    }
    rows: list[Row] = [
        {
            "run_id": run_id,
            "instance_digest": one.instance_digest,
            "recipe_digest": one.recipe_digest,
            "sandbox": one.sandbox,
            "because": one.because,
            "chosen_at": now,
        }
        for one in wanted
        if used.get(one.instance_digest) != (one.recipe_digest, one.sandbox, one.because)
    ]
    if not rows:
        return
    fresh = session.rows_as_arrow("eval.run_environments", rows)
    with session.registered("chosen_environments", fresh):
        session.execute(
            "INSERT OR REPLACE INTO eval.run_environments BY NAME SELECT * FROM chosen_environments"
        )

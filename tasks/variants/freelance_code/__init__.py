"""Small programs from real postings: graded by hidden cases, many to a container."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar, Final, Literal

from tasks.domain.coding import CodingReference, CodingTask
from tasks.domain.comparing import same
from tasks.domain.instances import Offer, Reference, Rejection, TaskInstance, instance_id
from tasks.domain.posting_context import PostingContext
from tasks.domain.postings import Posting
from tasks.domain.protocols import Bench
from tasks.domain.rollouts import Submission
from tasks.domain.verdicts import EnvironmentCheck, Evidence, Expectation, Judgement
from tasks.domain.wording import fill
from tasks.variants.freelance_code.authoring import authored_draft
from tasks.variants.freelance_code.choosing import (
    Draft,
    Prices,
    Refusal,
    all_prices,
    refuse,
    screen,
)
from tasks.variants.freelance_code.families import families
from tasks.variants.freelance_code.making import family_draft
from tasks.variants.freelance_code.running import case_name, run_program

_EXAMPLE: Final = """
Example {number}

{inputs}
{output}
"""


# (family, wrong solution) → number of the case that told the last one of them.
_telling: Final[dict[tuple[str, str], int]] = {}


class FreelanceCode:
    name: ClassVar[str] = "freelance_code"
    cost: ClassVar[Literal["cheap", "pooled", "sandboxed"]] = "pooled"

    def from_postings(
        self, postings: Sequence[Posting], context: PostingContext
    ) -> list[TaskInstance | Rejection]:
        """Refused as hourly, near_duplicate, no_rate, no_price; no_family, or where a model writes
        the tasks not_authored, no_program, malformed or too_few_cases; not_selected (the limit is
        reached) or degenerate (its cases can be passed by a constant answer)."""
        prices = all_prices(postings, context)
        kept, refused = screen(postings, self.name, prices, context, _drafts(context))
        found: dict[str, TaskInstance | Rejection] = {r.candidate_id: r for r in refused}
        made = 0
        for posting, draft in kept:
            own = prices[posting.posting_id]
            if context.limit is not None and made >= context.limit:
                found[posting.posting_id] = refuse(
                    posting,
                    self.name,
                    "not_selected",
                    f"{context.limit} others come first",
                    own[context.price_rule],
                )
                continue
            built = self._built(posting, draft, own, context)
            made += isinstance(built, TaskInstance)
            found[posting.posting_id] = built
        return [found[name] for name in sorted(found)]

    def _built(
        self, posting: Posting, draft: Draft, prices: Prices, context: PostingContext
    ) -> TaskInstance | Rejection:
        task = draft()
        if len(task) == 2:
            return refuse(posting, self.name, *task, prices[context.price_rule])
        statement, coding, reference = task
        return TaskInstance(
            instance_id=instance_id(posting.market, posting.key, self.name),
            variant=self.name,
            repository=posting.market,
            key=posting.key,
            issue=posting.posting_id,
            title=" ".join(posting.title.split()),
            statement=statement,
            as_of=posting.posted_at,
            coding=coding,
            reference=Reference(coding=reference),
            environment=context.environment,
            prices=dict(prices),
        )

    def prompt(
        self,
        offer: Offer,
        seed: int,  # noqa: ARG002
        wording: str,
    ) -> tuple[str, Mapping[int, int]]:
        examples = [] if offer.coding is None else _examples(offer.coding)
        values = {
            "title": offer.title,
            "statement": offer.statement,
            "examples": "".join(examples),
        }
        return fill(wording, self.name, values), {}

    def check(self, instance: TaskInstance, bench: Bench) -> EnvironmentCheck:
        """Gradable when the solution passes every case, the stub and every wrong solution fail
        one, and no case is passed by the answer of another case."""
        task, reference = _coding(instance)
        constant = _constant(reference)
        if constant:
            return EnvironmentCheck(gradable=False, reason=constant)
        runner = bench.programs(instance.environment)
        shared = (task, reference.cases, reference.comparison, runner)
        gold = run_program(reference.solution, *shared)
        wrong = {"the stub": reference.stub, **reference.mutants}
        null = {}
        for name, text in wrong.items():
            known = (reference.family, name)
            # Most tasks of a family are told from a mistake by the same case: it saves the others.
            null[name] = run_program(
                text, *shared, to_first_failure=True, first=_telling.get(known, 0)
            )
            _telling[known] = _first_failed(null[name])
        passing = [name for name, evidence in null.items() if _passed(evidence)]
        reason = ""
        if not _passed(gold):
            reason = f"gold_fails: the solution does not pass every case; {gold.log[:200]}"
        elif passing:
            reason = f"null_passes: a wrong solution passes every case: {passing[0]}"
        return EnvironmentCheck(
            gradable=not reason,
            reason=reason,
            expectation=Expectation(fail_to_pass=_names(reference)),
            gold=(gold,),
            null=tuple(
                evidence.model_copy(update={"log": f"{name}\n{evidence.log}"})
                for name, evidence in null.items()
            ),
        )

    def collect(self, instance: TaskInstance, submission: Submission, bench: Bench) -> Evidence:
        if submission.program is None:
            return Evidence(failure="no_submission")
        if not submission.program.strip():
            return Evidence(failure="empty_program")
        task, reference = _coding(instance)
        runner = bench.programs(instance.environment)
        return run_program(submission.program, task, reference.cases, reference.comparison, runner)

    def judge(
        self,
        instance: TaskInstance,
        evidence: Evidence,
        expectation: Expectation,  # noqa: ARG002 - the cases are the instance's own
    ) -> Judgement:
        if evidence.report is None:
            reason = evidence.failure or "no_report"
            return Judgement(outcome="unresolved", reason=reason)
        _, reference = _coding(instance)
        missed = [n for n in _names(reference) if evidence.report.get(n) != "passed"]
        if not missed:
            return Judgement(outcome="resolved", reason="cases_passed")
        passed = len(reference.cases) - len(missed)
        return Judgement(
            outcome="unresolved",
            reason="case_stopped" if evidence.failure else "cases_failed",
            detail=f"{passed} of {len(reference.cases)} cases passed; {missed[0]} did not",
        )


def _drafts(context: PostingContext) -> Callable[[Posting], Draft | Refusal]:
    """What makes the tasks: families, or what a model has written."""
    if context.authored is None:
        return partial(family_draft, known=families(), seed=context.seed)
    return partial(authored_draft, written=context.authored)


def _coding(instance: TaskInstance) -> tuple[CodingTask, CodingReference]:
    task, reference = instance.coding, instance.reference.coding
    if task is None or reference is None:
        raise ValueError(f"{instance.instance_id} holds no program")
    return task, reference


def _names(reference: CodingReference) -> tuple[str, ...]:
    return tuple(case_name(number) for number in range(len(reference.cases)))


def _first_failed(evidence: Evidence) -> int:
    outcomes = list((evidence.report or {}).values())
    return next((n for n, o in enumerate(outcomes) if o not in ("passed", "skipped")), 0)


def _passed(evidence: Evidence) -> bool:
    return set((evidence.report or {"": "missing"}).values()) == {"passed"}


def _constant(reference: CodingReference) -> str:
    """Why a program that prints one thing passes too much; empty where it does not."""
    for number, case in enumerate(reference.cases):
        for other in range(number):
            mine, others = case.output.encode(), reference.cases[other].output.encode()
            if same(mine, others, reference.comparison):
                return (
                    f"constant_answer: {case_name(other)} and {case_name(number)} have one answer"
                )
    return ""


def _examples(task: CodingTask) -> list[str]:
    return [
        _EXAMPLE.format(
            number=number,
            inputs="\n".join(
                f"{'Standard input' if name == 'stdin' else name}:\n```\n{text}```"
                for name, text in case.inputs.items()
            ),
            output=f"{task.writes or 'Standard output'}:\n```\n{case.output}```",
        )
        for number, case in enumerate(task.examples, start=1)
    ]


VARIANT = FreelanceCode()

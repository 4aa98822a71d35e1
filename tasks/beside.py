"""What stands beside a run on its page: the baselines on the same tasks, papers, the market. No
Prefect."""

from collections.abc import Sequence

from tasks.domain.comparisons import BASELINES
from tasks.domain.digests import canonical_json, digest
from tasks.domain.rollouts import Run
from tasks.domain.verdicts import GRADER_VERSION
from tasks.runs import find_run
from tasks.settings import dataset_folders
from tasks.specs.papers import papers_file
from tasks.warehouse import Session


def baselines_beside(session: Session, asked: Sequence[Run]) -> list[Run]:
    """The newest run of every baseline on the same version and selection, where that baseline is
    not among the asked: totals of other tasks would not compare. Reads eval."""
    present = {(run.solver, run.dataset_version) for run in asked}
    questions = {(run.dataset_version, canonical_json(run.selection)) for run in asked}
    found: dict[str, Run] = {}
    for version, selection in sorted(questions):
        rows = session.query(
            "report_companions", version=version, selection=selection, baselines=list(BASELINES)
        )
        for row in rows:
            run = find_run(session, row["run_id"])
            if (run.solver, version) not in present:
                found[run.run_id] = run
    return list(found.values())


def beside_digest(session: Session, run: Run, price_rule: str) -> str:
    """Names all that the page of a run shows and that the run's own rows do not tell: its page is
    stale when that has changed, too. Reads core and eval."""
    others = [one.run_id for one in baselines_beside(session, [run])]
    (seen,) = session.query(
        "report_beside",
        run_id=run.run_id,
        others=others,
        version=run.dataset_version,
        dataset=run.dataset,
        price_rule=price_rule,
        grader=GRADER_VERSION,
    )
    papers = papers_file(dataset_folders())
    return digest([seen, papers.read_text(encoding="utf-8", errors="replace") if papers else ""])

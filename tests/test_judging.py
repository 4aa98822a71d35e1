"""What is refused while it is judged is refused at its price."""

from pathlib import Path

from tasks.domain.instances import Rejection
from tasks.inputs import Inputs
from tasks.judging import Judging, context_of, judge
from tasks.repos import mirror_path
from tests.build_homes import SPEC
from tests.domain.builders import ISSUE, issue, ledger
from tests.repos.files import PLAIN, Files
from tests.variants.test_ic_swe_histories import small

CODE: Files = {"a.py": (PLAIN, b"a = 1\n")}


def test_what_cannot_be_read_of_a_fix_costs_the_price_that_its_issue_had(tmp_path: Path) -> None:
    mirror = mirror_path(tmp_path, "ours/app")
    mirror.parent.mkdir()
    made = small(mirror, CODE | {"\udcff.py": (PLAIN, b"b = 2\n")}, CODE)
    spec = SPEC.model_copy(update={"variants": ("ic_swe",)})
    judging = Judging(spec=spec, inputs=Inputs(general="", own={}, mirrors={}))
    fixes, ledgers = {ISSUE: [made.pull]}, {ISSUE: ledger(*issue().titles)}
    context = context_of(tmp_path, judging, {made.pull.name: made.pull}, fixes, ledgers)
    (fate,) = judge(issue(), judging, context)
    refused = fate.outcome
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.price_cents) == ("malformed", 25_000)

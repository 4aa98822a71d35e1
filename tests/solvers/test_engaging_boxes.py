"""In containers: commands decline by a file, agents by a tool, and the user's steps are traced."""

import json
from typing import Any

import pytest

from tasks.domain.instances import TaskInstance
from tasks.domain.rollouts import NOTHING, Solution
from tests.model_server import ModelServer
from tests.sample_home import SampleHome
from tests.solvers.places import scripted, worked

pytestmark = pytest.mark.usefixtures("base_image")
ISSUE = 18
STEPS = (
    "python",
    "-c",
    "import os; from tally import money; print('on', os.environ['PAYDAG_ISSUE']); "
    "print('format_cents(-5) shows', money.format_cents(-5)); raise SystemExit(3)",
)


def command(sample: SampleHome, line: str, **given: Any) -> Solution:
    return worked("command", sample, sample.instance(ISSUE, "ic_swe"), command=line, **given)


def test_a_command_declines_by_a_file_whatever_else_it_did(built_sample: SampleHome) -> None:
    line = """echo one >>README.md; echo '{"reason": "Too dull."}' >decline.json; exit 4"""
    found = command(built_sample, line, may_decline=True)
    assert (found.submission, found.finish_reason) == (NOTHING, "declined")
    assert found.declined == "Too dull."
    assert found.worked_s is not None


def test_a_file_that_declines_nothing_is_told_or_is_work(built_sample: SampleHome) -> None:
    line = "echo '{}' >decline.json"
    broken = command(built_sample, line, may_decline=True)
    assert (broken.submission, broken.declined, broken.finish_reason) == (NOTHING, None, "stop")
    problem = json.loads(broken.transcript or "")["notes"]["problem"]
    assert problem == "decline.json cannot be read: reason: Field required"
    plain = command(built_sample, line)
    assert "+++ b/decline.json" in (plain.submission.model_patch or "")


def with_steps(sample: SampleHome) -> TaskInstance:
    plain = sample.instance(ISSUE, "ic_swe")
    environment = plain.environment.model_copy(update={"user_tool": STEPS})
    return plain.model_copy(update={"environment": environment})


def test_the_users_steps_are_traced_on_the_files_as_they_are_without_a_verdict(
    built_sample: SampleHome,
) -> None:
    edit = "sed -i 's/^def format_cents.*/&\\n    return \"edited\"/' tally/money.py"
    with ModelServer(
        scripted(
            [("user_tool", {}), ("shell", {"command": edit}), ("user_tool", {})],
            [("decline", {"reason": "Too dull."})],
        )
    ) as server:
        found = worked("agent", built_sample, with_steps(built_sample), server, may_decline=True)
    assert server.asked[0].tools[-3:] == ["user_tool", "decline", "submit"]
    first, _, second = server.asked[-1].results()
    head = "on tally-works/tally#18\nformat_cents(-5) shows"
    assert first.startswith(head)
    assert second == f"{head} edited\n"
    assert "exit code" not in first + second
    assert (found.submission, found.declined) == (NOTHING, "Too dull.")


def test_where_no_steps_are_defined_no_tool_is_offered(built_sample: SampleHome) -> None:
    plain = built_sample.instance(ISSUE, "ic_swe")
    with ModelServer(scripted([("submit", {})])) as server:
        worked("agent", built_sample, plain, server)
    assert "user_tool" not in server.asked[0].tools

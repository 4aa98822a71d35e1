"""Offers are declined and clients asked, by models without a box and with one."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from tasks.domain.errors import UsageError
from tasks.domain.limits import RolloutLimits
from tasks.domain.rollouts import NOTHING, Solution, Submission
from tasks.domain.solver_options import SolverChoice, check_options
from tasks.domain.threads import NOTHING_WRITTEN, Question, Remark
from tasks.solvers import solver_named, wants_of
from tasks.solvers.answers import declined_in, questions_in
from tasks.solvers.engaging import MOST_QUESTIONS, SPENT, Client
from tests.chat_completions import Asked, Say
from tests.domain.builders import START
from tests.model_server import ModelServer
from tests.solvers.asking import RIGHT, ask, options, question
from tests.solvers.places import scripted

REMARK = Remark(
    comment_id=7,
    author="mo",
    role="MEMBER",
    written_at=START + timedelta(days=1),
    text="Pumps stay where they are.",
)
QUOTE = "@mo (MEMBER) wrote on 2024-03-02:\n> Pumps stay where they are."
ASKS = '{"ask_client": ["Do pumps stay?", "Which paint?"]}'
JOB = question().model_copy(update={"remarks": (REMARK,)})


def turns(*answers: str | Say) -> Any:
    """These answers, one a request; the last again and again."""

    def react(asked: Asked) -> Say:
        said = answers[min(asked.number, len(answers)) - 1]
        return said if isinstance(said, Say) else Say(said)

    return react


def test_a_model_declines_with_a_reason_where_it_may() -> None:
    with ModelServer(turns('Too little.\n{"decline": " It pays too little. "}')) as server:
        found = ask(server, may_decline=True)
    assert (found.submission, found.finish_reason) == (NOTHING, "declined")
    assert found.declined == "It pays too little."
    assert found.worked_s is not None


def test_where_nothing_may_be_declined_the_words_are_no_answer() -> None:
    with ModelServer(turns('{"decline": "No."}', RIGHT)) as server:
        found = ask(server)
    assert (found.submission, found.declined) == (Submission(selected_proposal_id=12), None)
    assert server.asked[-1].last.startswith("No: ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('```json\n{"decline": "dull"}\n```', "dull"),
        ('{"decline": "dull"} and {"decline": "dear"}', "dear"),
        ('{"decline": ""}', None),
        ('{"decline": 3}', None),
        ('{"decline": "dull", "price": 3}', None),
        ('{"selected_proposal_id": 1} {"decline": "dull"}', None),
        ('```python\nprint({"decline": "dull"})\n```\n{"decline": "dull"}', None),
        ('```diff\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+{"decline": "dull"}\n```', None),
        ("I decline.", None),
    ],
)
def test_only_an_answer_without_work_declines(text: str, reason: str | None) -> None:
    assert declined_in(text) == reason


def test_a_model_asks_before_it_answers_and_its_questions_are_kept() -> None:
    with ModelServer(turns(ASKS, RIGHT)) as server:
        found = ask(server, JOB, ask_client=True)
    assert found.submission == Submission(selected_proposal_id=12)
    assert found.questions == (
        Question(text="Do pumps stay?", quoted=(7,)),
        Question(text="Which paint?"),
    )
    assert server.asked[1].last == (
        f"Do pumps stay?\n\n{QUOTE}\n\nWhich paint?\n\n{NOTHING_WRITTEN}"
    )


def test_a_model_that_asks_on_and_on_is_told_to_answer_and_ends() -> None:
    with ModelServer(turns(ASKS)) as server:
        found = ask(server, JOB, ask_client=True)
    assert (found.finish_reason, len(found.questions)) == ("malformed", 4)
    assert len(server.asked) == 5  # two rounds of questions, the answer, two repairs
    assert "nothing more is answered" in server.asked[-1].last


def test_nobody_is_asked_where_nobody_may_be() -> None:
    assert questions_in('{"ask_client": "one"} {"ask_client": [1, "", "two"]}') == ["two"]
    with ModelServer(turns(ASKS, RIGHT)) as server:
        assert ask(server, JOB).questions == ()
    assert server.asked[1].last.startswith("No: ")


def test_a_client_answers_so_many_questions() -> None:
    client = Client((REMARK,))
    answers = [client.ask("Do pumps stay?") for _ in range(MOST_QUESTIONS + 2)]
    assert answers == [QUOTE] * MOST_QUESTIONS + [SPENT] * 2
    assert len(client.questions) == MOST_QUESTIONS


class NoBox:
    """A place where nothing runs."""

    has_box = False
    has_repository = False
    user_tool = None


def managed(*script: Any, **choice: Any) -> tuple[Solution, Sequence[Asked]]:
    """What an agent makes of a choice between proposals."""
    with ModelServer(scripted(*script)) as server:
        given = options(server, limits=RolloutLimits(turns=9), **choice)
        prompts = given.prompts | {"agent_reminder": "Go on."}
        made: Any = solver_named(
            "agent", {"options": given.model_copy(update={"prompts": prompts})}
        )
        return made.work(JOB, NoBox()), server.asked


def test_an_agent_asks_and_declines_by_its_tools() -> None:
    found, asked = managed(
        [("ask_client", {"question": "Do pumps stay?"}), ("ask_client", {"question": ""})],
        [("decline", {"reason": "It pays too little."}), ("submit", {"selected_proposal_id": 1})],
        ask_client=True,
        may_decline=True,
    )
    assert asked[0].tools == ["ask_client", "decline", "submit"]
    said = asked[-1].results()
    assert said[0] == QUOTE
    assert said[1].startswith("error: question: ")
    assert (found.submission, found.finish_reason, found.declined) == (
        NOTHING,
        "declined",
        "It pays too little.",
    )
    assert found.questions == (Question(text="Do pumps stay?", quoted=(7,)),)


def test_an_agent_has_no_tool_that_it_was_not_given() -> None:
    found, asked = managed(
        [("decline", {"reason": "No."}), ("ask_client", {"question": "Why?"})],
        [("submit", {"selected_proposal_id": 2})],
    )
    assert asked[0].tools == ["submit"]
    assert asked[-1].results() == [
        "error: there is no tool decline; there is submit",
        "error: there is no tool ask_client; there is submit",
    ]
    assert (found.submission.selected_proposal_id, found.questions) == (12, ())


def test_what_may_be_done_is_part_of_a_runs_identity_and_else_changes_nothing() -> None:
    with ModelServer(turns(RIGHT)) as server:
        given = options(server)
    plain = given.parameters()
    assert "may_decline" not in json.dumps(plain)
    choice = given.choice.model_copy(update={"may_decline": True, "ask_client": True})
    assert given.model_copy(update={"choice": choice}).parameters() == plain | {
        "may_decline": True,
        "ask_client": True,
    }
    assert choice.tells_price


@pytest.mark.parametrize(
    ("solver", "choice", "flag"),
    [
        ("gold", {"may_decline": True}, "--may-decline"),
        ("replay", {"ask_client": True}, "--ask-client"),
        ("command", {"command": "true", "ask_client": True}, "--ask-client"),
    ],
)
def test_solvers_that_cannot_say_so(solver: str, choice: dict[str, Any], flag: str) -> None:
    with pytest.raises(UsageError, match=f"the {solver} solver takes no {flag}; leave it out"):
        check_options(solver, wants_of(solver), SolverChoice(**choice), options_use())


def options_use() -> Any:
    from tasks.domain.solver_options import NO_USE

    return NO_USE

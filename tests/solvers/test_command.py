"""A command works in its task's container, reaches its model and nothing else, holds no key."""

import json
from typing import Any

import pytest

from tasks.bench import Workbench
from tasks.domain.errors import SystemFault, UsageError
from tasks.domain.limits import RolloutLimits
from tasks.domain.rollouts import NOTHING, Solution, Submission
from tasks.workplaces import TaskPlace
from tests.chat_completions import Asked, Say
from tests.model_server import ModelServer
from tests.sample_home import SampleHome
from tests.solvers.places import KEY, program_task, worked

pytestmark = pytest.mark.usefixtures("base_image")
ISSUE = 18
MODEL_ONLY = {"model": "openai:gpt-4o", "network": "model-only"}


def command(sample: SampleHome, line: str, **given: Any) -> Solution:
    return worked("command", sample, sample.instance(ISSUE, "ic_swe"), command=line, **given)


def output(found: Solution) -> str:
    said: str = json.loads(found.transcript or "")["messages"][1]["parts"][0]["content"]
    return said


def test_the_statement_comes_by_stdin_and_by_file_and_the_files_are_the_patch(
    built_sample: SampleHome,
) -> None:
    line = (
        'cat >/tmp/given && cmp /tmp/given "$PAYDAG_TASK" && cat /tmp/given && pwd && '
        "echo one >>README.md && mkdir new && ln -s ../README.md new/link && "
        "git config core.fsmonitor 'touch /tmp/owned' && rm -r .git"
    )
    found = command(built_sample, line)
    instance = built_sample.instance(ISSUE, "ic_swe")
    prompt = json.loads(found.transcript or "")["messages"][0]["parts"][0]["content"]
    assert instance.statement in prompt
    assert output(found) == f"{prompt}/workspace\n"
    patch = found.submission.model_patch or ""
    assert [x for x in patch.splitlines() if x.startswith(("+", "diff ", "new file"))] == [
        "diff --git a/README.md b/README.md",
        "+++ b/README.md",
        "+one",
        "diff --git a/new/link b/new/link",
        "new file mode 120000",
        "+++ b/new/link",
        "+../README.md",
    ]
    assert (found.finish_reason, found.spent) == ("stop", None)


def test_whatever_its_end_a_command_hands_in_what_there_is(built_sample: SampleHome) -> None:
    failed = command(built_sample, "echo more >>README.md; echo bad >&2; exit 7")
    late = command(
        built_sample,
        "echo more >>README.md; sleep 60 & sleep 60",
        limits=RolloutLimits(deadline_s=1.5),
    )
    assert [found.finish_reason for found in (failed, late)] == ["failed", "deadline"]
    for found in (failed, late):
        assert "\n+more" in (found.submission.model_patch or "")
    assert json.loads(failed.transcript or "")["notes"]["exit_code"] == 7
    assert output(failed) == "bad\n"


def test_programs_and_decisions_are_files(built_sample: SampleHome, base_image: str) -> None:
    task = program_task(base_image)
    line = "cat examples/1/expected/stdout >solution.py"
    found = worked("command", built_sample, task, command=line)
    assert task.coding is not None
    assert found.submission == Submission(program=task.coding.examples[0].output)
    manager = built_sample.instance(11, "swe_manager")
    line = """grep -q . proposals/2.md && echo '{"selected_proposal_id": 2}' >decision.json"""
    chosen = worked("command", built_sample, manager, command=line)
    assert chosen.submission.selected_proposal_id in {p.proposal_id for p in manager.proposals}
    for line, problem in (
        ("true", "there is no decision.json"),
        ("ln -s /etc/passwd decision.json", "there is no decision.json"),
        ("""echo '{"selected_proposal_id": 99}' >decision.json""", "there is no proposal 99"),
    ):
        none = worked("command", built_sample, manager, command=line)
        assert none.submission == NOTHING
        assert json.loads(none.transcript or "")["notes"]["problem"].startswith(problem)


ASKING = """
import json, os, sys, urllib.error, urllib.request
for path, model in [("/chat/completions", os.environ["PAYDAG_MODEL"]), ("/files", "gpt-4o"),
                    ("/chat/completions", "another")]:
    body = {"model": model, "messages": [{"role": "user", "content": sys.stdin.read()}]}
    request = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + path,
        json.dumps(body).encode(), {"Content-Type": "application/json",
        "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]})
    try:
        answer = json.load(urllib.request.urlopen(request, timeout=20))
        print(answer["choices"][0]["message"]["content"])
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode())
"""
PRYING = (
    "env; cat /proc/*/environ /proc/*/cmdline; cat /proc/net/dev; "
    "for h in 169.254.169.254 172.17.0.1 192.0.2.1 127.0.0.1; do for p in 80 PORT; do "
    'timeout 1 bash -c "echo >/dev/tcp/$h/$p" && echo reached $h $p; done; done; exit 0'
)


def test_with_model_only_a_command_reaches_its_model_and_nothing_else(
    built_sample: SampleHome,
) -> None:
    def react(asked: Asked) -> Say:
        return Say(f"heard {len(asked.prompt)} from {asked.body['model']}")

    with ModelServer(react) as server:
        port = server.url.split(":")[2].split("/")[0]
        line = f"python3 -c '{ASKING}'; {PRYING.replace('PORT', port)}"
        found = worked(
            "command",
            built_sample,
            built_sample.instance(ISSUE, "ic_swe"),
            server,
            command=line,
            network="model-only",
        )
    said = output(found)
    assert said.splitlines()[0] == f"heard {len(server.asked[0].prompt)} from gpt-4o"
    assert "403 " in said.splitlines()[1]
    assert "the one model that may be asked is gpt-4o" in said.splitlines()[2]
    assert [asked.path for asked in server.asked] == ["/v1/chat/completions"]
    assert server.keys_sent() == {f"Bearer {KEY}"}
    assert [line for line in said.splitlines() if line.startswith("reached")] == []
    assert "PAYDAG_MODEL=gpt-4o" in said
    assert KEY not in said
    assert KEY not in (found.transcript or "")


def test_a_turn_is_a_request_that_a_command_may_make(built_sample: SampleHome) -> None:
    with ModelServer(lambda _: Say("yes")) as server:
        found = worked(
            "command",
            built_sample,
            built_sample.instance(ISSUE, "ic_swe"),
            server,
            command=f"for n in 1 2 3; do echo | python3 -c '{ASKING}' | head -n 1; done",
            network="model-only",
            limits=RolloutLimits(turns=2),
        )
    assert output(found).splitlines()[0] == "yes"
    assert len(server.asked) <= 2
    assert "used up" in output(found)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"command": " "}, "--command is empty"),
        ({"command": "true", "model": "openai:x"}, "add it"),
        ({"command": "true", "network": "model-only"}, "needs --model"),
        ({"command": "true", "limits": RolloutLimits(tokens=9)}, "limit its --deadline"),
        ({"command": "true", "limits": RolloutLimits(turns=9)}, "lets out none"),
        ({"command": "true", **MODEL_ONLY, "model": "anthropic:x"}, "give the --base-url"),
    ],
)
def test_what_a_command_cannot_be_held_to_is_refused(
    built_sample: SampleHome, given: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        worked("command", built_sample, built_sample.instance(ISSUE, "ic_swe"), **given)


def test_a_stranger_works_in_no_process_of_this_machine(built_sample: SampleHome) -> None:
    place = TaskPlace(
        built_sample.instance(ISSUE, "ic_swe"), Workbench(built_sample.home, "process")
    )
    with pytest.raises(UsageError, match="--sandbox docker"), place.open():
        raise AssertionError("a stranger was let in")


def test_a_published_image_lets_nobody_in(built_sample: SampleHome) -> None:
    plain = built_sample.instance(ISSUE, "ic_swe")
    published = plain.environment.model_copy(update={"kind": "swelancer"})
    instance = plain.model_copy(update={"environment": published})
    with pytest.raises(SystemFault, match="holds its own tests") as refused:
        worked("command", built_sample, instance, command="true")
    assert not refused.value.retryable

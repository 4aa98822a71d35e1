"""Evidence from tests: a fresh box, the patched tree, hidden tests and sentinels, one run."""

import secrets
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath
from typing import Final

from tasks.domain.boxes import Role
from tasks.domain.errors import DataError, SystemFault
from tasks.domain.history import Patched
from tasks.domain.instances import Environment, HiddenFile, TaskInstance
from tasks.domain.protocols import Bench, Box, Sandbox
from tasks.domain.reaching import reached
from tasks.domain.sentinels import Sentinels, plant
from tasks.domain.verdicts import Evidence
from tasks.variants.junit import read_report

LOG_CAP: Final = 20_000
_REPORT: Final = "{report}"
_REPORT_BYTES: Final = 8_000_000
_NO_SENTINELS: Final = Sentinels((), {})


def run_tests(instance: TaskInstance, patch: str | None, bench: Bench) -> Evidence:
    """Test the base with the patch, or as it is. Raises SystemFault for the machine's part, and
    DataError where the patched code reaches out of its workspace."""
    environment = instance.environment
    token = secrets.token_hex(16)
    with _being_started(bench.sandbox, instance) as starting:
        tree = _tree(instance, patch, bench)
        if tree.tar is None:
            refusal = tree.refusal[-LOG_CAP:]
            return Evidence(failure="patch_conflict", log=refusal, dropped=tree.dropped)
        sentinels = _sentinels(instance, token)
        box = starting.result()
        box.put_tar(tree.tar, role="grader")
        _put(box, (*instance.reference.hidden_tests, *sentinels.files))
        if environment.writable:
            box.give(environment.writable, "code")
        with bench.turn():
            found = _tested(box, environment, token)
        return found.model_copy(
            update={
                "sentinels": dict(sentinels.expected),
                "dropped": tree.dropped,
                "image": box.image,
            }
        )


@contextmanager
def _being_started(sandbox: Sandbox, instance: TaskInstance) -> Iterator[Future[Box]]:
    """A box on its way, because most of the time nobody here has anything to do for it; gone
    afterwards, whether it was waited for or not."""
    with ThreadPoolExecutor(1) as beside, ExitStack() as opened:
        made = sandbox.start(instance.environment, instance.instance_id)
        starting = beside.submit(opened.enter_context, made)
        try:
            yield starting
        finally:
            wait([starting])


def _tree(instance: TaskInstance, patch: str | None, bench: Bench) -> Patched:
    """The files to be tested. What the mirror lacks is not the submission's doing."""
    history, base = bench.repository(instance.repository), instance.base or ""
    kept = (*instance.environment.kept, *(f.path for f in instance.reference.hidden_tests))
    try:
        if patch is None:
            return Patched(history.archive(base))
        return history.patched(base, patch, kept)
    except DataError as error:
        raise SystemFault(f"{instance.instance_id}: {error}", retryable=False) from error


def _sentinels(instance: TaskInstance, token: str) -> Sentinels:
    environment, hidden = instance.environment, instance.reference.hidden_tests
    if environment.framework is None:
        return _NO_SENTINELS
    folder = environment.sentinels or ""
    reach = reached(environment.framework, hidden, environment.kept, folder)
    return plant(environment.framework, folder, token, reach)


def _put(box: Box, files: Iterable[HiddenFile]) -> None:
    """First what goes: where a folder was may be a file now, and the other way round. Whatever is
    in the way of a path makes room for a file."""
    listed = list(files)
    for hidden in listed:
        if hidden.content is None:
            box.put_file(hidden.path, b"", role="grader")
            box.remove(hidden.path)
    for hidden in listed:
        if hidden.content is not None:
            box.put_file(hidden.path, hidden.content, hidden.mode, role="grader")


def _tested(box: Box, environment: Environment, token: str) -> Evidence:
    """One run of the tests, by the code itself or, beside a service, from outside of it."""
    command, path = _with_report(environment, token)
    if path is not None:
        box.remove(path)
    started = box.now()
    if environment.service:
        box.serve(environment.service)
    role: Role = "grader" if environment.service else "code"
    result = box.run(command, environment.timeout_s, role=role)
    box.still()  # nobody is left to rewrite the report
    file = box.get_file(path, _REPORT_BYTES) if path is not None else None
    text = None if file is None else file.content.decode("utf-8", errors="replace")
    report = read_report(text)
    return Evidence(
        exit_code=result.exit_code,
        report=None if report is None else report.results,
        doubled=() if report is None else report.doubled,
        stale=file is not None and file.modified_at < started,
        log=result.output[-LOG_CAP:],
        failure="timeout" if result.timed_out else None,
        killed=result.killed,
    )


def _with_report(environment: Environment, token: str) -> tuple[list[str], str | None]:
    """The command and where its report will lie: where the command leaves the place to us, in a
    file whose name nobody knew before."""
    command, path = list(environment.test_command), environment.report
    if path is None or not any(_REPORT in word for word in command):
        return command, path
    place = PurePosixPath(path)
    fresh = str(place.with_name(f"{place.stem}-{token}{place.suffix}"))
    return [word.replace(_REPORT, fresh) for word in command], fresh

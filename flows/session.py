"""One call of the command line: its home, its output, its errors, and the server it talks to.

Neither Prefect nor DuckDB is imported here: `paydag --help` must answer at once.
"""

import asyncio
import atexit
import contextlib
import functools
import inspect
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from tasks.domain.errors import PaydagError
from tasks.domain.redaction import Redactor
from tasks.settings import Settings, choose_home, configure_process, make_home, secret_values

if TYPE_CHECKING:
    from rich.console import Console

Result = TypeVar("Result")

Home = Annotated[
    Path | None,
    typer.Option("--home", help="Where everything is kept (default: PAYDAG_HOME, else ./.paydag)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Debug = Annotated[bool, typer.Option("--debug", help="Print tracebacks and Prefect's log.")]
Ephemeral = Annotated[
    bool, typer.Option("--ephemeral", help="Do without the background Prefect server (slower).")
]
Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="Also write everything there after each stage, as to s3://BUCKET/FOLDER "
        "(default: PAYDAG_STORE).",
    ),
]


@dataclass
class Answer:
    """What a command found out: the JSON object, and how to print it for a person."""

    data: dict[str, Any]
    show: Callable[["Console"], None]
    exit_code: int = 0


@dataclass
class Session:
    """What the commands share. `note` writes for people and stays silent with --json."""

    home: Path
    as_json: bool
    debug: bool
    ephemeral: bool = False
    store: str | None = None
    started_server: bool = field(default=False, init=False)
    _connected: bool = field(default=False, init=False)

    def note(self, text: str) -> None:
        if not self.as_json:
            _say(text, "info")

    def warn(self, text: str) -> None:
        """One line on stderr, with --json too."""
        _say(text, "error", "paydag: ")

    def run_flow(self, start: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Run a flow against the server, with its progress on the terminal.

        `start` imports the flow itself, so that Prefect reads what is configured here. Raises
        UsageError for an address that is no store's.
        """
        self.store = self.store or Settings().paydag_store
        if self.store:
            from tasks.stores import read_address

            read_address(self.store)
        self.connect()
        from prefect import flow_engine

        from flows.keeping import tell_store
        from flows.watching import progress_shown
        from tasks.event_lines import wants_json

        tell_store(self.store)

        # Prefect would take SIGTERM over for the length of a flow and raise its own exception
        # wherever the program just is, for a runner that there is none of here.
        flow_engine.capture_sigterm = contextlib.nullcontext  # type: ignore[attr-defined,assignment]

        with progress_shown(silent=self.as_json or wants_json()):
            return asyncio.run(start())

    def leave_nothing_running(self) -> None:
        """Stop the server at exit, if it is this call that starts it.

        Registered before Prefect is imported, so that it runs after Prefect has sent its logs.
        """

        def stop() -> None:
            if self.started_server:
                from tasks.server import stop_server

                stop_server(self.home)

        atexit.register(stop)

    def connect(self) -> None:
        """Point Prefect at PREFECT_API_URL, else at this home's server, started if need be.

        Prefect reads its settings when it is imported, so this must come first.
        """
        if self._connected:
            return
        if "prefect" in sys.modules:
            raise RuntimeError("Prefect was imported before it was told where its server is")
        self._connected = True
        make_home(self.home)
        # Lines of JSON are for machines: Prefect's own lines, which are none, would break them.
        as_text = self.debug and Settings().paydag_log_format != "json"
        values = {
            "DO_NOT_TRACK": "1",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO" if as_text else "CRITICAL",
            "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
            "PREFECT_LOGGING_INTERNAL_LEVEL": "ERROR" if as_text else "CRITICAL",
        }
        if self.ephemeral:
            values |= {
                "PREFECT_HOME": str(self.home / "prefect"),
                "PREFECT_API_URL": "",
                "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
                "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "60",
            }
        elif not Settings().prefect_api_url:
            values |= self._local_server()
        configure_process(values)

    def _local_server(self) -> dict[str, str]:
        from tasks.server import ensure_server

        record, started = ensure_server(self.home)
        if started:
            self.started_server = True
            self.note(f"Prefect UI: {record.ui_url} (password in {self.home}/prefect/server.json)")
        return {
            "PREFECT_HOME": str(self.home / "prefect"),
            "PREFECT_API_URL": record.api_url,
            "PREFECT_API_AUTH_STRING": record.auth,
        }

    def finish(self, answer: Answer) -> None:
        if self.as_json:
            sys.stdout.write(json.dumps(answer.data, default=str) + "\n")
        else:
            from rich.console import Console

            class Printer(Console):
                def on_broken_pipe(self) -> None:
                    """Rich would end the process, past everything that ends it in order."""
                    raise BrokenPipeError

            # Where nobody watches, a table is as wide as it has to be.
            width = None if sys.stdout.isatty() else 200
            answer.show(Printer(highlight=False, width=width))
        if answer.exit_code:
            raise typer.Exit(answer.exit_code)

    def fail(self, error: BaseException) -> int:
        """Say in one sentence what went wrong; the exit code."""
        if self.debug:
            traceback.print_exception(error)
        if isinstance(error, PaydagError):
            self.warn(str(error))
            return error.exit_code
        what = " ".join(str(error).split()) or type(error).__name__
        self.warn(f"a fault: {type(error).__name__}: {what[:400]} (--debug shows where)")
        return 1


def _say(text: str, level: str, before: str = "") -> None:
    """One line on stderr, in the form that PAYDAG_LOG_FORMAT asks for."""
    if Settings().paydag_log_format == "json":
        from tasks.event_lines import event_line

        sys.stderr.write(event_line("told", level, {"message": text}))
    else:
        # What was typed comes back in messages, and a secret may have been typed.
        sys.stderr.write(f"{before}{Redactor(secret_values()).clean(text)}\n")


def leave(code: int) -> NoReturn:
    """End the process as the interpreter would, but for its last step.

    Prefect's daemon threads still hold objects when modules are torn down, which makes DuckDB's
    bindings print pages of leak warnings on stderr. So: wait for threads, run the exit handlers
    (they send the last logs), flush, and go.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


Command = Callable[..., Answer]


def command(app: typer.Typer, name: str, *, runs_flows: bool = False) -> Callable[[Command], None]:
    """Register a command: it gets --home, --json and --debug, and errors become sentences.

    The function's first parameter is the Session; it returns an Answer. With `runs_flows` it
    gets --ephemeral and --store as well.
    """

    def register(function: Command) -> None:
        @functools.wraps(function)
        def wrapper(**given: Any) -> None:
            session = Session(
                home=choose_home(given.pop("home")),
                as_json=given.pop("as_json"),
                debug=given.pop("debug"),
                ephemeral=given.pop("ephemeral", False),
                store=given.pop("store", None),
            )
            try:
                session.finish(function(session, **given))
            except (typer.Exit, typer.Abort, KeyboardInterrupt):
                raise
            except BrokenPipeError:
                raise typer.Exit(0) from None
            except Exception as error:  # noqa: BLE001 - the last place to turn it into a sentence
                raise typer.Exit(session.fail(error)) from None

        _add_shared_options(wrapper, function, runs_flows=runs_flows)
        app.command(name)(wrapper)

    return register


def _add_shared_options(
    wrapper: Callable[..., None], function: Command, *, runs_flows: bool
) -> None:
    shared: dict[str, tuple[Any, Any]] = {
        "home": (Home, None),
        "as_json": (AsJson, False),
        "debug": (Debug, False),
    }
    if runs_flows:
        shared |= {"ephemeral": (Ephemeral, False), "store": (Store, None)}
    signature = inspect.signature(function)
    own = list(signature.parameters.values())[1:]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in shared.items()
    ]
    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + added
    wrapper.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=parameters, return_annotation=None
    )
    wrapper.__annotations__ = {p.name: p.annotation for p in parameters}

"""`paydag`: one command a flow, plus new, freeze, export, show, lint, schema, sql and down."""

import signal
import sys
from typing import Final

import typer
from typer.exceptions import TyperException

from flows.commands import (
    comparing,
    data,
    deploying,
    exporting,
    keeping,
    looking,
    reporting,
    runs,
    scoring,
    specifying,
    validating,
)
from flows.session import Command, command, leave

app = typer.Typer(
    help="Living, priced benchmarks for coding agents, made from freelance-market history.",
    epilog="Start with: paydag demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Name, what it does, and whether it runs flows; in the order of the help.
_COMMANDS: Final[tuple[tuple[str, Command, bool], ...]] = (
    ("demo", runs.demo, True),
    ("doctor", looking.doctor, False),
    ("import", data.import_, True),
    ("refresh", data.refresh, True),
    ("new", specifying.new, False),
    ("build", data.build, True),
    ("versions", comparing.versions, False),
    ("diff", comparing.diff, False),
    ("validate", validating.validate, True),
    ("freeze", validating.freeze, False),
    ("evaluate", runs.evaluate, True),
    ("rerun", runs.rerun, True),
    ("score", scoring.score, True),
    ("compare", scoring.compare, False),
    ("report", reporting.report, False),
    ("browse", reporting.browse, False),
    ("export", exporting.export, False),
    ("show", looking.show, False),
    ("lint", looking.lint, False),
    ("schema", specifying.schema, False),
    ("sql", looking.sql, False),
    ("backup", keeping.backup, False),
    ("restore", keeping.restore, False),
    ("attach", keeping.attach, False),
    ("up", deploying.up, False),
    ("deploy", deploying.deploy, False),
    ("down", looking.down, False),
)
for _name, _function, _runs_flows in _COMMANDS:
    command(app, _name, runs_flows=_runs_flows)(_function)


_INTERRUPTED: Final = 130


_TERMINATED: Final = 143


def main() -> None:
    """Entry point; an interrupt ends with 130, a termination with 143; what is stored stays."""
    terminated = False

    def terminate(*_: object) -> None:
        nonlocal terminated
        terminated = True
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a script's background
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.raise_signal(signal.SIGINT)

    # What a schedule sends to stop a command ends it as cleanly as what a person types.
    signal.signal(signal.SIGTERM, terminate)
    code = _run()
    leave(_TERMINATED if terminated and code == _INTERRUPTED else code)


def _run() -> int:
    """The exit code of one call. A misused option is told in one sentence, like any mistake."""
    try:
        code = int(app(standalone_mode=False) or 0)
    except TyperException as error:
        # What is raised is a class of Typer's own copy of click, which is private to it.
        message = str(getattr(error, "format_message", error.__str__)())
        if "\n" in message:  # no command at all: the message is the help
            sys.stderr.write(f"{message}\n")
        else:
            command = getattr(getattr(error, "ctx", None), "command_path", "paydag")
            sys.stderr.write(f"paydag: {message.rstrip('.')}; see `{command} --help`\n")
        return 2
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    except SystemExit as error:  # so ends what a library cannot write, a closed pipe above all
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    if code == _INTERRUPTED:  # Typer turns an interrupt into this code and says nothing
        sys.stderr.write("paydag: interrupted; the same command goes on where this one stopped\n")
    return code


if __name__ == "__main__":
    main()

"""What happens, one JSON object a line, without secrets: PAYDAG_LOG_FORMAT=json.

`prefect` is imported nowhere here: its records come by way of the standard library's logging.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from tasks.domain.redaction import REDACTED, Redactor
from tasks.settings import Settings, secret_values

# Whatever bears such a name is a secret, of whatever value; "tokens" are counts.
_NAMES: Final = (
    r"(?:[\w-]*(?:api[_-]?key|secret|passw(?:or)?d|authorization|auth[_-]?string|credential)[\w-]*"
    r"|[\w-]*token|bearer)"
)
_NAMED: Final = re.compile(
    rf"(?P<name>\b{_NAMES})(?P<is>[\"']?\s*(?:[=:]|\s)\s*[\"']?(?:bearer\s+|basic\s+)?)"
    r"(?P<value>[A-Za-z0-9+/_.~=-]{8,})",
    re.IGNORECASE,
)
_IN_ADDRESS: Final = re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")
_KEY: Final = re.compile(_NAMES, re.IGNORECASE)
# Where runs log; what else Prefect says is its own affair.
_RUNS: Final = ("prefect.flow_runs", "prefect.task_runs")
_IDS: Final = ("flow_run_id", "flow_run_name", "flow_name", "task_run_id", "task_run_name")


def wants_json() -> bool:
    return Settings().paydag_log_format == "json"


@cache
def _redactor() -> Redactor:
    return Redactor(secret_values())


def without_secrets(text: str) -> str:
    """`text` without the secrets of the environment, and without what is called one."""
    named = _NAMED.sub(lambda found: f"{found['name']}{found['is']}{REDACTED}", text)
    return _redactor().clean(_IN_ADDRESS.sub(REDACTED, named))


def event_line(event: str, level: str, facts: Mapping[str, Any]) -> str:
    """One JSON object and a line's end. `facts` are ids, counts and seconds."""
    told = {"at": datetime.now(UTC).isoformat(), "level": level, "event": event, **facts}
    return json.dumps(_clean(told), default=str, ensure_ascii=False) + "\n"


def _clean(value: Any, name: str = "") -> Any:
    if isinstance(value, str):
        return REDACTED if value and _KEY.fullmatch(name) else without_secrets(value)
    if isinstance(value, Mapping):
        return {str(key): _clean(one, str(key)) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one, name) for one in value]
    return value


class _Redacting(logging.Filter):
    """Takes secrets out of a record before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_secrets(record.getMessage()), ()
        if record.exc_info:  # what is there already is what handlers show
            formatted = logging.Formatter().formatException(record.exc_info)
            record.exc_text = without_secrets(formatted)
        return True


class _EventHandler(logging.Handler):
    """A record as an event; `extra={"facts": {...}}` of a caller stands beside the ids."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            ids = {name: getattr(record, name) for name in _IDS if hasattr(record, name)}
            facts = {**ids, **getattr(record, "facts", {})}
            name = facts.pop("event", None)
            said = {"message": record.getMessage()} if name else {}
            line = event_line(
                name or record.getMessage(), record.levelname.lower(), {**facts, **said}
            )
            sys.stderr.write(line)
        except Exception:  # noqa: BLE001 - as every handler of logging does
            self.handleError(record)


@cache
def watch_records() -> None:
    """Redact all that Prefect logs from now on, and tell it as events where that is wished.

    To be called after Prefect has set up its logging; once a process.
    """
    redacting = _Redacting()
    for name in ("prefect", *_RUNS):
        for handler in logging.getLogger(name).handlers:
            handler.addFilter(redacting)
    if wants_json():
        told = _EventHandler(logging.INFO)
        told.addFilter(redacting)
        for name in _RUNS:
            logging.getLogger(name).addHandler(told)

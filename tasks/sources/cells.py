"""What a cell of a published table can hold, and what of it can be stored."""

import ast
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tasks.domain.errors import DataError

_MOST_LEVELS: Final = 100


def read_literal(cell: str, column: str) -> Any:
    """The value of a Python literal. Raises DataError that names the column."""
    try:
        with warnings.catch_warnings():
            # An unknown escape such as '\d' is only a warning, and means what it says.
            warnings.simplefilter("ignore")
            return ast.literal_eval(cell.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError, TypeError) as error:
        raise DataError(f"{column}: not a Python literal ({type(error).__name__})") from error


def require_storable(value: Any, where: str = "", depth: int = 0) -> None:
    """Raises DataError for what no table can hold: NUL characters, lone surrogates, and
    nesting that exhausts the stack of whoever writes it as JSON."""
    if depth > _MOST_LEVELS:
        raise DataError(f"{where}: nested too deeply")
    if isinstance(value, str):
        _require_storable_text(value, where)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _require_storable_text(str(key), where or "header")
            require_storable(inner, where or str(key), depth + 1)
    elif isinstance(value, Iterable):
        for inner in value:
            require_storable(inner, where, depth + 1)


def storable(name: str) -> str:
    """A file name whose bytes are no UTF-8 still needs an id that can be stored."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _require_storable_text(text: str, where: str) -> None:
    if "\x00" in text:
        raise DataError(f"{where}: holds a NUL character")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError(f"{where}: holds bytes or a surrogate that are no text") from error

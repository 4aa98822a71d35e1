"""The files of prompts: `prompts/<name>.md` beside the specifications."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from tasks.domain.errors import UsageError
from tasks.domain.instances import TaskInstance
from tasks.domain.money import show_cents
from tasks.domain.wording import fill
from tasks.settings import dataset_folders
from tasks.variants import variant_named

PRICE: Final = "price"
_NO_ADDITIONS: Final[Mapping[str, str]] = {}


def load_prompts(names: Iterable[str]) -> dict[str, str]:
    """Name → text, from the first folder of datasets that has the file.

    Raises UsageError where there is none, or one cannot be read.
    """
    return {name: _text(name) for name in names}


def prompt_of(
    instance: TaskInstance,
    seed: int,
    wording: str,
    price: str | None,
    price_cents: int | None,
    additions: Mapping[str, str] = _NO_ADDITIONS,
) -> tuple[str, Mapping[int, int]]:
    """The task in words, and the number of a proposal in them → its id.

    `price` is the wording that tells what is paid; nothing is told where it is None or the
    instance is unpriced. `additions` (name → wording, without placeholders) come last.
    """
    text, shown = variant_named(instance.variant).prompt(instance.offer(), seed, wording)
    if price is not None and price_cents is not None:
        text += fill(price, PRICE, {"price": show_cents(price_cents)})
    for name, addition in additions.items():
        text += fill(addition, name, {})
    return text, shown


def _text(name: str) -> str:
    folders = dataset_folders()
    for folder in folders:
        file = Path(folder) / "prompts" / f"{name}.md"
        if file.is_file():
            try:
                return file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise UsageError(f"the prompt {file} cannot be read: {error}") from error
    places = ", ".join(str(folder / "prompts") for folder in folders) or "no folder of datasets"
    raise UsageError(f"there is no prompt {name}.md in {places}; write it, or reinstall paydag")

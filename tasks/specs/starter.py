"""A commented dataset.yaml to begin with."""

import re
from pathlib import Path
from typing import Final

from tasks.domain.errors import UsageError
from tasks.specs.extending import SPECIFICATION

_TEMPLATE: Final = Path(__file__).with_name("starter.yaml")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")
_EXTENDS: Final = """# What is not said below is as it is there; sections are merged key by key.
extends: {base}

# Only some of its variants.
# variants: [swe_manager]"""
_WHOLE: Final = """sources:
  github:
    repositories: [owner/name]
#     labels: [Help Wanted]
variants: [ic_swe, swe_manager]"""


def starter(name: str, base: str | None) -> str:
    """The text of a specification called `name`, on top of `base` where one is given."""
    head = _EXTENDS.format(base=base) if base is not None else _WHOLE
    template = _TEMPLATE.read_text(encoding="utf-8")
    return template.replace("@HEAD@", head).replace("@NAME@", name)


def write_starter(root: Path, name: str, base: str | None) -> Path:
    """Write `<name>/dataset.yaml` into the folder `root`; the file.

    Raises UsageError for a name that no dataset may have, and where there is a specification
    already: nothing is ever written over.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name of a dataset: lower-case letters, digits, dots, dashes and "
            "underscores, such as my-variant"
        )
    file = root / name / SPECIFICATION
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(starter(name, base))
    except FileExistsError as error:
        raise UsageError(f"{file} is there already; choose another name") from error
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
    return file

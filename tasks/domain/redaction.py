"""Secrets taken out of texts that are kept or shown."""

import json
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from pydantic import SecretStr

REDACTED: Final = "[redacted]"
# What is shorter is no key, and may well be a word of any text.
_SHORTEST: Final = 8


class Redactor:
    """Replaces secret values, as they are, as JSON writes them and as addresses do."""

    def __init__(self, secrets: Iterable[SecretStr] = ()) -> None:
        values = {s.get_secret_value() for s in secrets}
        forms = {
            form
            for value in values
            if len(value) >= _SHORTEST
            for form in (value, json.dumps(value)[1:-1], quote(value, safe=""))
        }
        # The longest first: a secret may be the beginning of another one.
        self._forms = sorted(forms, key=lambda form: (-len(form), form))

    def clean(self, text: str) -> str:
        for form in self._forms:
            text = text.replace(form, REDACTED)
        return text


NO_SECRETS: Final = Redactor()

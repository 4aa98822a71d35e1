"""Prompts are texts with placeholders; a task's own words are put in place of them."""

from collections.abc import Mapping
from string import Template

from tasks.domain.errors import UsageError


def fill(wording: str, what: str, values: Mapping[str, str]) -> str:
    """The wording (a string.Template) with every value in its place, once.

    What a value holds is never read as a placeholder. Raises UsageError, naming `what` the prompt
    is for, where a placeholder is unknown or a value has no place.
    """
    template = Template(wording)
    known = ", ".join(f"${name}" for name in values)
    if not template.is_valid():
        raise UsageError(
            f"the prompt of {what} has a `$` that begins no placeholder; write `$$` for a dollar"
        )
    named = set(template.get_identifiers())
    for name in sorted(named - set(values)):
        raise UsageError(
            f"the prompt of {what} has the unknown placeholder ${name}; known: {known}"
        )
    for name in values:
        if name not in named:
            raise UsageError(f"the prompt of {what} lacks ${name}; it has to say: {known}")
    return template.substitute(values)

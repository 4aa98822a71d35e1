"""What differs between two states of one task, sorted by what it means to whoever solves it."""

from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

from pydantic import BaseModel

from tasks.domain.instances import TaskInstance

Kind = Literal[
    "price",
    "other_prices",
    "title",
    "link",
    "proposals",
    "statement",
    "tests",
    "environment",
    "as_of",
    "other",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

# What each kind is called in front of people.
WORDS: Final[Mapping[Kind, str]] = {
    "price": "re-priced",
    "other_prices": "other prices",
    "title": "re-titled",
    "link": "re-linked",
    "proposals": "proposals changed",
    "statement": "statement changed",
    "tests": "tests changed",
    "environment": "environment changed",
    "as_of": "moment moved",
    "other": "otherwise changed",
}

# Field of an instance → kind; what is not listed here is `other`, so that nothing gets lost.
_KIND_OF: Final[Mapping[str, Kind]] = {
    "title": "title",
    "statement": "statement",
    "coding": "statement",
    "base": "link",
    "proposals": "proposals",
    "environment": "environment",
    "as_of": "as_of",
    "ladder": "other_prices",
    "reference.accepted_proposal_id": "link",
    "reference.accepted_by": "link",
    "reference.fix_commit": "link",
    "reference.gold_patch": "link",
    "reference.bug_patch": "link",
    "reference.hidden_tests": "tests",
    "reference.hidden_tests_reason": "tests",
    "reference.coding": "tests",
}
# Fields that are compared key by key.
_OPENED: Final = ("prices", "reference")


class FieldChange(BaseModel, frozen=True, extra="forbid"):
    """One field (`title`, `prices.final`, `reference.fix_commit`) and its two values as JSON."""

    field: str
    before: Any
    after: Any


class Change(BaseModel, frozen=True, extra="forbid"):
    """All fields of one kind that differ."""

    kind: Kind
    fields: tuple[FieldChange, ...]

    @property
    def words(self) -> str:
        return WORDS[self.kind]


def fields_of(instance: TaskInstance) -> dict[str, Any]:
    """Field → its value as JSON; prices and the reference are opened into their own fields."""
    found: dict[str, Any] = {}
    for name, value in instance.model_dump(mode="json").items():
        if name in _OPENED:
            found |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            found[name] = value
    return found


def kind_of(field: str, rules: tuple[str, str]) -> Kind:
    """What a field's change means under the price rules before and after."""
    if field.startswith("prices."):
        return "price" if field.removeprefix("prices.") in rules else "other_prices"
    return _KIND_OF.get(field, "other")


def differences(
    before: TaskInstance, after: TaskInstance, rules: tuple[str, str]
) -> tuple[Change, ...]:
    """What differs, in the order of `KINDS`; `rules` are the price rules before and after.

    What a task pays is the price under the rule of its version: where the rule differs, the field
    `price` stands for it, and a price that only differs under one of the two is another one.
    """
    earlier, later = fields_of(before), fields_of(after)
    by_kind: dict[Kind, list[FieldChange]] = {}
    for field in sorted({*earlier, *later}):
        one, other = earlier.get(field), later.get(field)
        if one == other:
            continue
        kind = kind_of(field, rules)
        if rules[0] != rules[1] and kind == "price":
            kind = "other_prices"
        by_kind.setdefault(kind, []).append(FieldChange(field=field, before=one, after=other))
    paid = before.prices.get(rules[0]), after.prices.get(rules[1])
    if rules[0] != rules[1] and paid[0] != paid[1]:
        by_kind["price"] = [FieldChange(field="price", before=paid[0], after=paid[1])]
    return tuple(
        Change(kind=kind, fields=tuple(by_kind[kind])) for kind in KINDS if kind in by_kind
    )


def seen(instance: TaskInstance, change: Change, rule: str) -> dict[str, Any]:
    """The fields of a change as another instance has them, in a version that pays by `rule`."""
    if change.kind == "price":
        return {"price": instance.prices.get(rule)}
    own = fields_of(instance)
    return {each.field: own.get(each.field) for each in change.fields}

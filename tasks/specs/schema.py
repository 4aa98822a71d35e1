"""The JSON Schema of dataset.yaml, for editors that complete keys and mark mistakes."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tasks.domain.bounties import PRICE_RULES
from tasks.specs.extending import OWN
from tasks.specs.model import DatasetSpec

SCHEMAS: Final = ("dataset",)
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
# What YAML reads as a date is a date, with or without a time.
_MOMENT: Final = [{"format": "date"}, {"format": "date-time"}]
_REFERENCE: Final = "#/$defs/"
_RULES: Final = ("price_rule", "rule")


def dataset_schema() -> dict[str, Any]:
    """The schema of one file: what a file that extends another leaves out, it need not say."""
    schema = DatasetSpec.model_json_schema()
    definitions = schema["$defs"]
    needed = _needed(schema, definitions)
    removable = _removable(schema)
    for part in (schema, *definitions.values()):
        part.pop("required", None)
    return {
        "$schema": _DIALECT,
        **_for_editors(schema),
        "title": "dataset.yaml",
        "required": ["name"],
        "if": {"required": ["extends"]},
        "else": needed | {"properties": needed.get("properties", {}) | _not_null(removable)},
    }


def _removable(schema: dict[str, Any]) -> list[str]:
    """Let null stand for what may be inherited and need not be there; the names of it where null
    has no other meaning."""
    properties, found = schema["properties"], []
    for name, part in properties.items():
        if name in (*OWN, "extends", *schema["required"]) or _takes_null(part):
            continue
        words = {key: part.pop(key) for key in ("description", "default") if key in part}
        properties[name] = {**words, "anyOf": [part, {"type": "null"}]}
        found.append(name)
    return found


def _takes_null(part: Mapping[str, Any]) -> bool:
    return {"type": "null"} in part.get("anyOf", ())


def _not_null(names: Iterable[str]) -> dict[str, Any]:
    """What extends nothing inherits nothing that null could take away."""
    return {name: {"not": {"type": "null"}} for name in names}


def _needed(part: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """What a whole specification must say, at any depth. On what is no mapping it says nothing."""
    found: dict[str, Any] = {}
    if part.get("required"):
        found["required"] = part["required"]
    inner = {}
    for name, value in part.get("properties", {}).items():
        for choice in (value, *value.get("anyOf", ())):
            named = choice.get("$ref", "").removeprefix(_REFERENCE)
            below = _needed(definitions[named], definitions) if named else {}
            if below:
                inner[name] = below
    return found | ({"properties": inner} if inner else {})


def _for_editors(part: Any, name: str = "") -> Any:
    """The same with dates that YAML allows, and the names of price rules."""
    if isinstance(part, list):
        return [_for_editors(one) for one in part]
    if not isinstance(part, dict):
        return part
    if part.get("format") == "date-time":
        rest = {key: value for key, value in part.items() if key not in ("format", "type")}
        return {**rest, "type": "string", "anyOf": _MOMENT}
    if name in _RULES and part.get("type") == "string":
        return {**part, "enum": list(PRICE_RULES)}
    inherits = name if "anyOf" in part else ""
    return {
        key: _choices(value, inherits) if key == "anyOf" else _named(key, value)
        for key, value in part.items()
    }


def _choices(listed: Any, name: str) -> list[Any]:
    return [_for_editors(one, name) for one in listed]


def _named(key: str, value: Any) -> Any:
    if key in ("properties", "$defs") and isinstance(value, dict):
        return {name: _for_editors(one, name) for name, one in value.items()}
    return _for_editors(value)

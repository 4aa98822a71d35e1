"""Runs queries against worlds: parsed and validated once a text, priced, executed."""

import functools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    execute_sync,
    parse,
    validate,
)

from tests.github_server.connections import Paging
from tests.github_server.context import Context, read_field
from tests.github_server.cost import Cost, cost_of
from tests.github_server.resolvers import bind
from tests.github_server.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text that was parsed and validated: a document, or the errors that it answers with."""

    document: DocumentNode | None
    operation: str | None
    errors: tuple[Json, ...] = ()


class Engine:
    """The schema over some worlds. Thread-safe; a world stands still while it is read."""

    def __init__(self, schema: GraphQLSchema, worlds: Sequence[World], paging: Paging) -> None:
        bind(schema)
        self.schema = schema
        self.worlds = tuple(worlds)
        self.paging = paging
        self._known: dict[Any, Any] = {}
        self._revisions: tuple[int, ...] = ()
        self._lock = threading.RLock()

    def prepare(self, text: str) -> Prepared:
        return _parsed(self.schema, text)

    def cost(self, prepared: Prepared, variables: Mapping[str, Any]) -> Cost:
        """Raises GraphQLError where GitHub's limits are exceeded."""
        assert prepared.document is not None
        return cost_of(self.schema, prepared.document, variables)

    def execute(
        self, prepared: Prepared, variables: Mapping[str, Any], rate_limit: Mapping[str, Any]
    ) -> Json:
        assert prepared.document is not None
        with self._lock:
            for world in self.worlds:
                world.lock.acquire()
            try:
                self._forget_if_changed()
                result = execute_sync(
                    self.schema,
                    prepared.document,
                    context_value=Context(self.worlds, self.paging, rate_limit, self._known),
                    variable_values=dict(variables),
                    field_resolver=read_field,
                )
            finally:
                for world in self.worlds:
                    world.lock.release()
        answer: Json = {"data": result.data}
        if result.errors:
            answer["errors"] = [plain_error(error) for error in result.errors]
        return answer

    def _forget_if_changed(self) -> None:
        revisions = tuple(world.revision for world in self.worlds)
        if revisions != self._revisions:
            self._known.clear()
            self._revisions = revisions


@functools.lru_cache(maxsize=1_000)
def _parsed(schema: GraphQLSchema, text: str) -> Prepared:
    """Kept for the process: a test of many small worlds asks the same few texts of all of them."""
    try:
        document = parse(text)
    except GraphQLSyntaxError as error:
        return Prepared(None, None, (plain_error(error),))
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if len(operations) != 1:
        return Prepared(None, None, ({"message": "One operation a call, please."},))
    name = operations[0].name.value if operations[0].name else None
    errors = tuple(plain_error(error) for error in validate(schema, document))
    return Prepared(None if errors else document, name, errors)


def plain_error(error: GraphQLError) -> Json:
    """An error in GitHub's form: the type beside the message, not under extensions."""
    formatted: Json = dict(error.formatted)
    extensions = formatted.pop("extensions", None) or {}
    return extensions | formatted

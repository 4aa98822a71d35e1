"""What a call costs: GitHub's published points formula, and its limits on nodes and pages.

Source: docs.github.com, "Rate limits and query limits for the GraphQL API". Points are the number
of requests needed to fill each unique connection, every `first` and `last` assumed to be reached,
divided by 100 and rounded to the nearest whole number, at least 1.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    value_from_ast_untyped,
)

MAX_NODES = 500_000
MAX_PAGE = 100
MAX_IDS = 100
Selected = tuple[GraphQLNamedType, FieldNode]


@dataclass(frozen=True, slots=True)
class Cost:
    """`requests` before the division, `points` charged, `nodes` that could come back."""

    requests: int
    nodes: int

    @property
    def points(self) -> int:
        return max(1, (self.requests + 50) // 100)


def cost_of(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any] | None = None
) -> Cost:
    """The cost of a validated document with one operation.

    Raises GraphQLError, with GitHub's type of error, where a limit is exceeded.
    """
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    fragments = {
        d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
    }
    root = schema.get_root_type(operation.operation)
    if root is None:
        raise GraphQLError(f"The schema has no {operation.operation.value}.")
    given = {
        each.variable.name.value: value_from_ast_untyped(each.default_value)
        for each in operation.variable_definitions or ()
        if each.default_value is not None
    }
    counter = _Counter(schema, fragments, given | dict(variables or {}))
    counter.add([(root, operation.selection_set)], times=1)
    if counter.nodes > MAX_NODES:
        raise _refusal(
            "MAX_NODE_LIMIT_EXCEEDED",
            f"This query requests up to {counter.nodes:,} possible nodes which exceeds the maximum "
            f"limit of {MAX_NODES:,}.",
        )
    return Cost(counter.requests, counter.nodes)


def _refusal(kind: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"type": kind})


class _Counter:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables
        self.requests = 0
        self.nodes = 0

    def add(self, sets: list[tuple[GraphQLNamedType, SelectionSetNode]], times: int) -> None:
        """Count what stands in these selections, which are fetched `times` times."""
        merged: dict[tuple[str, str], list[Selected]] = {}
        for parent, selections in sets:
            for owner, node in self._fields(parent, selections):
                name = node.alias.value if node.alias else node.name.value
                merged.setdefault((owner.name, name), []).append((owner, node))
        for fields in merged.values():
            self._field(fields, times)

    def _field(self, fields: list[Selected], times: int) -> None:
        owner, node = fields[0]
        if node.selection_set is None or node.name.value.startswith("__"):
            return
        assert isinstance(owner, GraphQLObjectType | GraphQLInterfaceType)
        definition = owner.fields[node.name.value]
        kind = get_named_type(definition.type)
        args = self._arguments(node)
        inner = [(kind, each.selection_set) for _, each in fields if each.selection_set is not None]
        if kind.name.endswith("Connection"):
            times *= self._connection(node, args, inner, times)
        elif node.name.value == "nodes" and "ids" in args:
            times *= self._ids(args["ids"])
        self.add(inner, times)

    def _connection(
        self,
        node: FieldNode,
        args: Mapping[str, Any],
        inner: list[tuple[GraphQLNamedType, SelectionSetNode]],
        times: int,
    ) -> int:
        """How many nodes a page of it holds at the most."""
        name = node.name.value
        self.requests += times
        asked = {sub.name.value for parent, each in inner for _, sub in self._fields(parent, each)}
        bounds = {bound: args[bound] for bound in ("first", "last") if args.get(bound) is not None}
        if not bounds:
            if asked & {"nodes", "edges"}:
                raise _refusal(
                    "MISSING_PAGINATION_BOUNDARIES",
                    "You must provide a `first` or `last` value to properly paginate the "
                    f"`{name}` connection.",
                )
            return 1
        for bound, size in bounds.items():
            if not 1 <= size <= MAX_PAGE:
                raise _refusal(
                    "EXCESSIVE_PAGINATION",
                    f"Requesting {size} records on the `{name}` connection exceeds the `{bound}` "
                    f"limit of {MAX_PAGE} records.",
                )
        size = max(bounds.values())
        self.nodes += times * size
        return int(size)

    def _ids(self, ids: list[str]) -> int:
        if len(ids) > MAX_IDS:
            raise _refusal(
                "ARGUMENT_LIMIT",
                f"You may not provide more than {MAX_IDS} node ids; you provided {len(ids)}.",
            )
        return len(ids)

    def _fields(self, parent: GraphQLNamedType, selections: SelectionSetNode) -> Iterator[Selected]:
        """The fields of a selection, fragments opened, each with the type that it belongs to."""
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield parent, node
                continue
            fragment: Any = node
            if isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
            condition = fragment.type_condition
            kind = self.schema.type_map[condition.name.value] if condition else parent
            yield from self._fields(kind, fragment.selection_set)

    def _arguments(self, node: FieldNode | DirectiveNode) -> dict[str, Any]:
        return {
            each.name.value: value_from_ast_untyped(each.value, dict(self.variables))
            for each in node.arguments or ()
        }

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            asked = self._arguments(directive).get("if")
            if (directive.name.value, asked) in {("skip", True), ("include", False)}:
                return False
        return True

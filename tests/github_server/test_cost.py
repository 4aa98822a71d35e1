"""Points and nodes as GitHub publishes them, with its own examples."""

import pytest
from graphql import GraphQLError, GraphQLSchema, parse, validate

from tests.github_server.cost import Cost, cost_of
from tests.github_server.schema import need_schema


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return need_schema()


def _cost(schema: GraphQLSchema, text: str, **variables: object) -> Cost:
    document = parse(text)
    assert validate(schema, document) == []
    return cost_of(schema, document, variables)


def test_the_published_example_of_points_costs_fifty_one(schema: GraphQLSchema) -> None:
    text = """{ viewer { login repositories(first: 100) { edges { node { id
        issues(first: 50) { edges { node { id
            labels(first: 60) { edges { node { id name } } } } } } } } } } }"""
    cost = _cost(schema, text)
    assert (cost.requests, cost.points) == (5_101, 51)


def test_the_published_simple_example_has_550_nodes(schema: GraphQLSchema) -> None:
    text = """{ viewer { repositories(first: 50) { edges { repository: node { name
        issues(first: 10) { totalCount edges { node { title bodyHTML } } } } } } } }"""
    assert _cost(schema, text).nodes == 550


def test_the_published_complex_example_has_22060_nodes(schema: GraphQLSchema) -> None:
    text = """{ viewer {
        repositories(first: 50) { edges { repository: node { name
            pullRequests(first: 20) { edges { pullRequest: node { title
                comments(first: 10) { edges { comment: node { bodyHTML } } } } } }
            issues(first: 20) { totalCount edges { issue: node { title bodyHTML
                comments(first: 10) { edges { comment: node { bodyHTML } } } } } } } } }
        followers(first: 10) { edges { follower: node { login } } } } }"""
    assert _cost(schema, text).nodes == 22_060


@pytest.mark.parametrize(("size", "points"), [(1, 1), (29, 1), (30, 2), (49, 2), (50, 3), (100, 5)])
def test_a_page_of_issues_with_five_inner_connections(
    schema: GraphQLSchema, size: int, points: int
) -> None:
    inner = " ".join(
        f"{name}(first: 100) {{ totalCount }}"
        for name in ("labels", "assignees", "comments", "timelineItems", "userContentEdits")
    )
    text = (
        'query Q($size: Int!) { repository(owner: "a", name: "b") { issues(first: $size) '
        f"{{ nodes {{ id {inner} }} }} }} }}"
    )
    assert _cost(schema, text, size=size).points == points


def test_a_hundred_nodes_by_id_with_one_connection_cost_one_point(schema: GraphQLSchema) -> None:
    text = """query Q($ids: [ID!]!) { nodes(ids: $ids) { ... on IssueComment {
        userContentEdits(first: 100) { nodes { diff } } } } }"""
    cost = _cost(schema, text, ids=["x"] * 100)
    assert (cost.requests, cost.nodes, cost.points) == (100, 10_000, 1)


def test_aliases_cost_as_often_as_they_stand(schema: GraphQLSchema) -> None:
    aliases = " ".join(
        f'a{n}: node(id: "{n}") {{ ... on Issue {{ comments(first: 100) {{ nodes {{ id }} }} }} }}'
        for n in range(150)
    )
    assert _cost(schema, f"{{ {aliases} }}").requests == 150


def test_a_field_that_is_asked_twice_is_one_connection(schema: GraphQLSchema) -> None:
    text = """query Q { repository(owner: "a", name: "b") { ...One
        issues(first: 10) { nodes { comments(first: 5) { nodes { id } } } } } }
        fragment One on Repository { issues(first: 10) { nodes { id
            comments(first: 5) { nodes { body } } } } }"""
    assert _cost(schema, text) == Cost(requests=11, nodes=60)


def test_what_is_skipped_costs_nothing(schema: GraphQLSchema) -> None:
    text = """query Q($more: Boolean!) { repository(owner: "a", name: "b") {
        issues(first: 10) { nodes {
            comments(first: 5) @include(if: $more) { nodes { id } } } } } }"""
    assert _cost(schema, text, more=False).requests == 1
    assert _cost(schema, text, more=True).requests == 11


def test_a_query_without_connections_costs_one_point(schema: GraphQLSchema) -> None:
    assert _cost(schema, "{ viewer { login } }").points == 1


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        ("issues { nodes { id } }", "MISSING_PAGINATION_BOUNDARIES"),
        ("issues { edges { cursor } }", "MISSING_PAGINATION_BOUNDARIES"),
        ("issues(first: 101) { nodes { id } }", "EXCESSIVE_PAGINATION"),
        ("issues(last: 0) { nodes { id } }", "EXCESSIVE_PAGINATION"),
        (
            "issues(first: 100) { nodes { comments(first: 100) { nodes { "
            "userContentEdits(first: 50) { nodes { id } } } } } }",
            "MAX_NODE_LIMIT_EXCEEDED",
        ),
    ],
)
def test_a_query_beyond_the_limits_is_refused(
    schema: GraphQLSchema, inside: str, kind: str
) -> None:
    with pytest.raises(GraphQLError) as refusal:
        _cost(schema, f'{{ repository(owner: "a", name: "b") {{ {inside} }} }}')
    assert refusal.value.extensions == {"type": kind}


def test_a_count_alone_needs_no_bound(schema: GraphQLSchema) -> None:
    text = '{ repository(owner: "a", name: "b") { issues { totalCount } } }'
    assert _cost(schema, text).nodes == 0


def test_more_than_a_hundred_ids_are_refused(schema: GraphQLSchema) -> None:
    with pytest.raises(GraphQLError) as refusal:
        _cost(schema, "query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"] * 101)
    assert refusal.value.extensions == {"type": "ARGUMENT_LIMIT"}

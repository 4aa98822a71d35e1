"""What a cursor says survives being written down; and its boundary keeps what the overlap holds."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tasks.sources.github.state import OVERLAP, IssueState, PullState, before, moment, stamp

moments = st.datetimes(datetime(2008, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)).map(
    stamp
)
maybe = st.none() | moments
numbers = st.integers(1, 10**9)
texts = st.text(max_size=9)

issue_states = st.builds(
    IssueState,
    since=maybe,
    boundary=st.dictionaries(numbers.map(str), moments, max_size=4),
    doubtful=st.lists(numbers.map(str), max_size=4),
    incomplete=st.lists(st.tuples(texts, numbers), max_size=4),
    edits=st.lists(texts, max_size=4),
    plan=st.none() | st.lists(st.tuples(moments, moments), max_size=3),
    sweep=maybe,
    done=st.booleans(),
)
pull_states = st.builds(
    PullState, floor=maybe, top=maybe, after=st.none() | texts, done=st.booleans()
)


@given(issue_states)
def test_a_state_of_issues_is_read_as_it_was_written(state: IssueState) -> None:
    assert IssueState.read(state.text()) == state


@given(pull_states)
def test_a_state_of_pull_requests_is_read_as_it_was_written(state: PullState) -> None:
    assert PullState.read(state.text()) == state


def test_a_stream_without_a_cursor_is_at_its_beginning() -> None:
    assert (IssueState.read(None), PullState.read(None)) == (IssueState(), PullState())


@given(moments)
def test_a_time_is_written_as_github_writes_it(at: str) -> None:
    assert stamp(moment(at)) == at
    assert moment(at) - moment(before(at, OVERLAP)) == timedelta(minutes=5)


@given(st.lists(st.dictionaries(numbers, moments, max_size=6), max_size=6))
def test_the_boundary_is_what_was_reached_within_the_overlap(pages: list[dict[int, str]]) -> None:
    state, reached = IssueState(), dict[int, str]()
    for page in pages:
        state.reached(page, over="3000-01-01T00:00:00Z")
        reached |= page
    everything = [at for page in pages for at in page.values()]
    assert state.since == max(everything, default=None)
    for number, at in reached.items():
        if state.since and at >= before(state.since, OVERLAP):
            assert state.landed(number, at)
    assert all(at >= before(state.since or "", OVERLAP) for at in state.boundary.values())


def test_the_boundary_does_not_grow_without_end() -> None:
    state = IssueState()
    updates = dict.fromkeys(range(1, 2001), "2025-01-01T00:00:00Z")
    state.reached(updates, over="3000-01-01T00:00:00Z")
    assert len(state.boundary) == 500

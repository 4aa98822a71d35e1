"""CSV records: what is whole comes back as it was, what is broken costs only itself."""

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.sources.kaggle.records import MOST_CELL, open_table
from tasks.sources.records import Record

HEADER = "a,b,c\n"


def lines_of(text: str) -> Iterator[str]:
    return iter(io.StringIO(text, newline=""))


def read(text: str) -> list[Record]:
    return list(open_table(lines_of(HEADER + text))[1])


def told(text: str) -> list[tuple[int, str, str | None]]:
    """Number, first cell or text, and fault of every record."""
    return [(r.number, r.cells[0] if r.cells else r.text, r.fault) for r in read(text)]


# A lone surrogate has no UTF-8, and what csv calls a blank line is no record.
CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8)
)


@given(TABLES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_table_that_was_written_comes_back_as_it_was(
    table: list[list[str]], end: str, bom: bool
) -> None:
    out = io.StringIO(newline="")
    names = [f"column {i}" for i in range(len(table[0]))]
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([names, *table])
    data = out.getvalue().encode("utf-8-sig" if bom else "utf-8")
    lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    header, records = open_table(lines)
    found = list(records)
    assert header == names
    assert [list(record.cells) for record in found] == table
    assert [record.number for record in found] == list(range(1, len(table) + 1))
    assert {record.fault for record in found} == {None}


@given(TABLES)
def test_quotes_only_where_they_are_needed_read_the_same(table: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    names = [f"column {i}" for i in range(len(table[0]))]
    csv.writer(out).writerows([names, *table])
    header, records = open_table(lines_of(out.getvalue()))
    assert (header, [list(record.cells) for record in records]) == (names, table)


@given(st.text(st.sampled_from('a,"\n\r'), max_size=60))
def test_no_text_is_lost_whatever_is_broken(text: str) -> None:
    found = "".join(record.text for record in read(text))
    kept = found.replace("\n", "").replace("\r", "")
    assert kept == text.replace("\n", "").replace("\r", "")


def test_odd_characters_inside_cells_are_text() -> None:
    text = '1,"one\rtwo","a\u2028b"\n2,\u2029\x0b\x0c\x1c\x85,NA\n 3 , x  ,"[\'a\', \'b\']"\n'
    assert [record.cells for record in read(text)] == [
        ("1", "one\rtwo", "a\u2028b"),
        ("2", "\u2029\x0b\x0c\x1c\x85", "NA"),
        (" 3 ", " x  ", "['a', 'b']"),
    ]


def test_blank_lines_are_no_records() -> None:
    assert told("\n1,2,3\n\r\n\n4,5,6\n\n") == [(1, "1", None), (2, "4", None)]


def test_a_quote_that_is_not_closed_costs_only_its_own_line() -> None:
    fault = "broken quoting (',' expected after '\"')"
    text = '1,x,y\n2,"open,y\n3,"whole",y\n4,x,y\n'
    assert told(text) == [(1, "1", None), (2, '2,"open,y', fault), (3, "3", None), (4, "4", None)]


def test_a_quote_that_is_never_closed_costs_only_its_own_line() -> None:
    fault = "the file ends inside a quoted cell"
    assert told('1,"open,y\n2,x,y\n3,x,y') == [
        (1, '1,"open,y', fault),
        (2, "2", None),
        (3, "3", None),
    ]


def test_a_broken_cell_of_several_lines_is_one_record() -> None:
    text = '1,"one\ntwo\nthree",y,too,many\n2,"one\ntwo,y\n3,"x",y\n'
    assert told(text) == [
        (1, '1,"one\ntwo\nthree",y,too,many', "5 of 3 cells"),
        (2, '2,"one\ntwo,y', "broken quoting (',' expected after '\"')"),
        (3, "3", None),
    ]


def test_neighbours_that_are_both_broken_are_two_records() -> None:
    text = '1,"open,y\n2,"also open,y\n3,"whole",y\n4,"open,y\n5,"x",y,z\n6,"x",y\n'
    assert [(number, fault is None) for number, _, fault in told(text)] == [
        (1, False),
        (2, False),
        (3, True),
        (4, False),
        (5, False),
        (6, True),
    ]


@pytest.mark.parametrize(("line", "fault"), [("1,2", "2 of 3 cells"), ("1,2,3,", "4 of 3 cells")])
def test_a_row_of_another_width_is_broken(line: str, fault: str) -> None:
    assert told(f"{line}\n4,5,6\n") == [(1, line, fault), (2, "4", None)]


def test_a_cell_may_be_large_but_not_larger_than_the_limit() -> None:
    large, larger = "x" * MOST_CELL, "y\n" * (MOST_CELL // 2) + "y"
    found = read(f'1,"{large}",c\n2,"{larger}",c\n3,b,c\n')
    fault = f"a cell of {MOST_CELL + 1:,} characters, above the limit of {MOST_CELL:,}"
    assert [(r.number, r.cells[:1], r.fault) for r in found] == [
        (1, ("1",), None),
        (2, (), fault),
        (3, ("3",), None),
    ]
    assert found[0].cells[1] == large


def test_the_limit_of_the_process_is_left_as_it_was() -> None:
    before = csv.field_size_limit()
    read("1,2,3\n")
    assert csv.field_size_limit() == before


def test_a_file_in_which_every_line_swallows_all_others_is_read_in_time() -> None:
    found = read('x","y\n' * 300_000)
    assert sum(record.text.count("\n") + 1 for record in found) == 300_000


def test_columns_of_one_name_are_told_apart() -> None:
    header, records = open_table(lines_of("\n\na,b,a,a\n1,2,3,4\n"))
    assert header == ["a", "b", "a~2", "a~3"]
    assert next(records).cells == ("1", "2", "3", "4")


@pytest.mark.parametrize("text", ["", "\n\n", '"a,b\n1,2\n'])
def test_without_a_header_there_are_no_columns(text: str) -> None:
    assert open_table(lines_of(text))[0] == []

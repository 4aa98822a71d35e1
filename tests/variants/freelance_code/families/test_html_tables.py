"""A table scraped by hand."""

from typing import Any

from tasks.variants.freelance_code.families.html_tables import FAMILY

SETTINGS: dict[str, Any] = {
    "pick": "id",
    "key": "orders",
    "repeat": True,
    "foot": True,
    "br": " / ",
}
PAGE = """<!DOCTYPE html><html><body><p>text <br> more
<table id="other"><caption>All orders &amp; more</caption><tr><td>1</table>
<TABLE class=list ID='orders'><caption>
 All <b>orders</b>&nbsp;&#38; more</caption>
<thead><tr><th rowspan="2">a<th COLSPAN=2>b<br>c</tr>
<TR><TH>d<TH>e</THEAD>
<tbody><tr><td rowspan=2> caf&eacute;,&nbsp;<i>x</i> <!-- <td> --><td><script>"<td>"</script>1
<tr><td colspan='2'>"&lt;2&gt;"</td></tr>
<tr></tr>
</tbody><tfoot><tr><td></td><td rowspan=5>&euro;<td>t<td>u</tfoot>
</table>
<table id=orders><tr><td>second</table>
"""


def test_spans_are_filled_and_short_rows_too() -> None:
    assert FAMILY.solve({"stdin": PAGE}, SETTINGS) == (
        'a,b / c,b / c,\na,d,e,\n"café, x",1,,\n"café, x","""<2>""","""<2>""",\n,€,t,u\n'
    )


def test_spans_stay_empty_and_the_foot_is_left_out() -> None:
    settings = SETTINGS | {"repeat": False, "foot": False, "br": " "}
    assert FAMILY.solve({"stdin": PAGE}, settings) == ('a,b c,\n,d,e\n"café, x",1,\n,"""<2>""",\n')


def test_a_caption_is_read_as_cells_are() -> None:
    settings = SETTINGS | {"pick": "caption", "key": "All orders & more"}
    assert FAMILY.solve({"stdin": PAGE}, settings) == "1\n"
    second = PAGE.replace('id="other"><caption>All', "><caption>Few")
    assert FAMILY.solve({"stdin": second}, settings).startswith("a,b / c")


def test_no_table_and_no_row_are_said() -> None:
    assert FAMILY.solve({"stdin": PAGE}, SETTINGS | {"key": "ORDERS"}) == "no table\n"
    text = "<table id=orders><tr></tr><tfoot><tr><td>1</table>"
    assert FAMILY.solve({"stdin": text}, SETTINGS | {"foot": False}) == "no table\n"

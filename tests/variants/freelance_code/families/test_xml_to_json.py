"""A feed turned into JSON by hand."""

from typing import Any

from tasks.variants.freelance_code.families.xml_to_json import FAMILY

SETTINGS: dict[str, Any] = {
    "identifier": "order_id",
    "label": "product",
    "group": "category",
    "amount": "price",
    "quantity": "units",
    "person": "customer",
    "skip": "draft",
    "empty": "null",
    "order": "listed",
    "which": "first",
    "tags": "list",
}
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="urn:x"><title>t</title><!-- c -->
<entry id="A1"><price>4.35</price><product> 1 &lt; <b>2</b><![CDATA[ & "3"]]>
  \\</product><units>07</units><customer email="a@x.example">Zo&#235; <i>Q</i></customer>
  <tags><tag>b</tag><x><tag> a </tag></x><tag/></tags><units>9</units></entry>
<entry id="A2" status="draft"><product>no</product></entry>
<entry id="A3" status="Draft"><customer email="b@x.example"> </customer><price/></entry>
<entry id="A1"><category>toys</category><price>-12.5</price><customer/></entry>
</feed>
"""


def test_everything_is_taken_and_what_is_missing_is_null() -> None:
    assert FAMILY.solve({"stdin": FEED}, SETTINGS) == (
        '{"order_id": "A1", "product": "1 < 2 & \\"3\\" \\\\", "category": null, '
        '"price_cents": 435, "units": 7, "customer": {"name": "Zoë Q", "email": "a@x.example"}, '
        '"tags": ["b", "a"]}\n'
        '{"order_id": "A3", "product": null, "category": null, "price_cents": null, '
        '"units": null, "customer": {"name": null, "email": "b@x.example"}, "tags": []}\n'
        '{"entries": 4, "printed": 2}\n'
    )


def test_what_is_missing_is_left_out_and_the_last_of_two_counts() -> None:
    settings = SETTINGS | {"empty": "omit", "order": "name", "which": "last", "tags": "text"}
    assert FAMILY.solve({"stdin": FEED}, settings) == (
        '{"customer": {"email": "b@x.example"}, "order_id": "A3"}\n'
        '{"category": "toys", "order_id": "A1", "price_cents": -1250}\n'
        '{"entries": 4, "printed": 2}\n'
    )
    first = FAMILY.solve({"stdin": FEED}, settings | {"which": "first"}).splitlines()[0]
    assert first == (
        '{"customer": {"email": "a@x.example", "name": "Zoë Q"}, "order_id": "A1", '
        '"price_cents": 435, "product": "1 < 2 & \\"3\\" \\\\", "tags": "b, a", "units": 7}'
    )

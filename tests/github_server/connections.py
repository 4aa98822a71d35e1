"""Pages through ordered records, with cursors of either of two styles."""

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from graphql import GraphQLError

CursorStyle = Literal["keyset", "offset"]
Key = tuple[int, ...]
Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """Records in the order of their keys, which are unique and ascend."""

    records: Sequence[Any]
    key: Callable[[Any], Key]
    render: Callable[[Any], Node]


@dataclass(frozen=True, slots=True)
class Paging:
    """How a server pages: the style of its cursors, and the most nodes it puts on a page."""

    style: CursorStyle = "keyset"
    max_page: int = 100

    def connection(self, listing: Listing, args: Node, total: int | None = None) -> Node:
        """The page that `first`, `after`, `last` and `before` ask for."""
        begin, end = self._bounds(listing, args)
        low, high = begin, end
        if args.get("first") is not None:
            high = min(end, begin + min(args["first"], self.max_page))
        elif args.get("last") is not None:
            low = max(begin, end - min(args["last"], self.max_page))
        else:
            high = begin  # only totalCount can be asked without a bound
        count = len(listing.records)
        nodes = [listing.render(record) for record in listing.records[low:high]]
        cursors = [
            self._cursor(place, listing.key(listing.records[place])) for place in range(low, high)
        ]
        return {
            "nodes": nodes,
            "edges": [
                {"node": node, "cursor": cursor}
                for node, cursor in zip(nodes, cursors, strict=True)
            ],
            "totalCount": count if total is None else total,
            "pageInfo": {
                "startCursor": cursors[0] if cursors else None,
                "endCursor": cursors[-1] if cursors else None,
                "hasNextPage": high < count,
                "hasPreviousPage": low > 0,
            },
        }

    def _bounds(self, listing: Listing, args: Node) -> tuple[int, int]:
        begin, end = 0, len(listing.records)
        if args.get("after") is not None:
            begin = min(end, self._place(listing, args["after"], behind=True))
        if args.get("before") is not None:
            end = max(begin, min(end, self._place(listing, args["before"], behind=False)))
        return begin, end

    def _cursor(self, place: int, key: Key) -> str:
        content: Any = list(key) if self.style == "keyset" else place
        return base64.b64encode(json.dumps([self.style, content]).encode()).decode()

    def _place(self, listing: Listing, cursor: str, *, behind: bool) -> int:
        content = self._opened(cursor)
        if self.style == "offset":
            return int(content) + 1 if behind else int(content)
        find = bisect_right if behind else bisect_left
        return find(listing.records, tuple(content), key=listing.key)

    def _opened(self, cursor: str) -> Any:
        try:
            style, content = json.loads(base64.b64decode(cursor, validate=True))
            if style == self.style:
                return content
        except (binascii.Error, ValueError, TypeError):
            pass
        raise GraphQLError(
            f"`{cursor}` does not appear to be a valid cursor.",
            extensions={"type": "INVALID_CURSOR_ARGUMENTS"},
        )

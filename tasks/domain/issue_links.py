"""Links to issues as people write them, and the names that repositories go by."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tasks.domain.issues import PullRequest

# GitHub redirects the old addresses of a renamed repository for ever, so texts keep them. What a
# repository was called → what it is called; letter case does not matter. Documents tell of
# renames (`PullRequest.also_named`) only where one of them still bears the old address.
FORMER_NAMES: Final[Mapping[str, str]] = {
    "Expensify/ReactNativeChat": "Expensify/App",
    "Expensify/Expensify.cash": "Expensify/App",
}

_KNOWN_NAMES: Final = {old.lower(): new for old, new in FORMER_NAMES.items()}

_ADDRESS: Final = (
    r"(?<![\w.-])(?:www\.)?(?P<host>[\w.-]++(?::\d{1,5})?)/{1,2}"
    r"(?P<repository>[\w.-]++/[\w.-]++)/{1,2}(?P<kind>issues|pull)/{1,2}(?P<number>\d{1,10})"
    r"(?![\w-])(?P<tail>(?:[/?\#][^\s<>()\[\]\"'`*,]*+)?)"
)
_URL: Final = re.compile(_ADDRESS, re.IGNORECASE | re.ASCII)
_SCHEME: Final = re.compile(r"<?(?:https?:)?/{0,3}", re.IGNORECASE)
_MARKDOWN: Final = re.compile(r"\[[^\[\]\n]{0,400}\]\([ \t]*<?(?:https?:)?/{0,3}", re.IGNORECASE)
_MARKDOWN_END: Final = re.compile(r"[^()\n]{0,200}\)?")
_ANCHOR: Final = re.compile(r"<a[ \t][^<>\n]{0,200}?href=[\"']?(?:https?:)?/{0,3}", re.IGNORECASE)
_ANCHOR_END: Final = re.compile(r"[^<>\n]{0,200}>[^<>\n]{0,400}(?:</a>)?", re.IGNORECASE)
_SHORT: Final = re.compile(
    r"(?:(?P<repository>[\w.-]{1,100}/[\w.-]{1,100})?\#|gh-)(?P<number>\d{1,10})(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
_COMMENT: Final = re.compile(r"#issuecomment-(\d{1,18})(?!\d)", re.IGNORECASE)
_LEAD: Final = re.compile(
    r"[ \t>]{0,12}(?:(?:[-*+•]|\d{1,3}[.)])[ \t]+)?(?:\[[ x]?\][ \t]+)?[*_`(]{0,3}", re.IGNORECASE
)
_MARK: Final = re.compile(
    r"(?P<closing>\\?\$+|(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?)\b)[ \t]*:?[ \t]*"
    r"|(?:issues?|gh(?!-))\b[ \t]*:?[ \t]*",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"[ \t,;&+$\\*_`()>.]*+(?:and\b)?+[ \t,;&+$\\*_`()]*+", re.IGNORECASE)
_MOST_MARKS: Final = 4


@dataclass(frozen=True, slots=True)
class Link:
    """A link to `issue` (`owner/name#N`), or to a comment on it. It ends at `end`."""

    issue: str
    comment: int | None
    end: int


class Names:
    """What the repositories that a pull request's text names are called now.

    GitHub ignores letter case and redirects old names. Its own repository goes by the pull
    request's spelling, under every name it has or had (`also_named`, and `former_names`: old name
    → new one). Another one under a former name goes by the new one; else it stands as written, but
    for its owner, spelled as the pull request's where they are the same.
    """

    def __init__(self, pull: PullRequest, former_names: Mapping[str, str] = FORMER_NAMES) -> None:
        self._home = pull.repository
        self._former = (
            _KNOWN_NAMES
            if former_names is FORMER_NAMES
            else {old.lower(): new for old, new in former_names.items()}
        )
        own = {name.lower() for name in (pull.repository, *pull.also_named)}
        own |= {self._newest(name).lower() for name in own}
        self._own = frozenset(own)
        parts = pull.url.split("/")
        host = parts[2].lower() if len(parts) > 2 else ""
        self._hosts = frozenset({"github.com", host.removeprefix("www.")})

    def repository(self, said: str) -> str:
        name = self._newest(said)
        if said.lower() in self._own or name.lower() in self._own:
            return self._home
        owner, _, rest = name.partition("/")
        own = self._home.partition("/")[0]
        return f"{own}/{rest}" if owner.lower() == own.lower() else name

    def issue(self, name: str) -> str:
        """`owner/name#N` under the repository's name of now."""
        repository, _, number = name.rpartition("#")
        return f"{self.repository(repository)}#{number}"

    def _newest(self, name: str) -> str:
        for _ in range(len(self._former) + 1):
            newer = self._former.get(name.lower())
            if newer is None:
                break
            name = newer
        return name

    def link(self, found: re.Match[str], kinds: tuple[str, ...] = ("issues",)) -> Link | None:
        """What an address leads to; None where that is no issue on this host."""
        if found["host"].lower() not in self._hosts or found["kind"].lower() not in kinds:
            return None
        comment = _COMMENT.search(found["tail"])
        return Link(
            f"{self.repository(found['repository'])}#{int(found['number'])}",
            int(comment[1]) if comment else None,
            found.end(),
        )

    def short(self, found: re.Match[str]) -> Link:
        repository = self.repository(found["repository"] or self._home)
        return Link(f"{repository}#{int(found['number'])}", None, found.end())

    def addresses(self, text: str) -> Iterator[Link]:
        """Every address of an issue or a comment in the text, in order."""
        for found in _URL.finditer(text):
            link = self.link(found)
            if link is not None:
                yield link


def links_behind(line: str, names: Names, *, marked: bool = False) -> list[Link]:
    """The links that a line of a "Fixed Issues" section begins with, after `$` and the like.

    With `marked`, only where a `$` or a closing word stands before the first.
    """
    lead = _LEAD.match(line)
    at = lead.end() if lead else 0
    closing = False
    for _ in range(_MOST_MARKS):
        mark = _MARK.match(line, at)
        if mark is None:
            break
        closing = closing or mark["closing"] is not None
        at = mark.end()
    found: list[Link] = []
    if marked and not closing:
        return found
    opened = _BETWEEN.match(line, at)
    at = opened.end() if opened else at
    while (link := link_at(line, at, names)) is not None:
        found.append(link)
        between = _BETWEEN.match(line, link.end)
        at = between.end() if between else link.end
    return found


def link_at(line: str, at: int, names: Names, *, pulls: bool = False) -> Link | None:
    """The link that begins exactly there, in whatever notation; `pulls` lets it be a pull's."""
    kinds = ("issues", "pull") if pulls else ("issues",)
    for opening, ending in ((_MARKDOWN, _MARKDOWN_END), (_ANCHOR, _ANCHOR_END), (_SCHEME, None)):
        opened = opening.match(line, at)
        address = _URL.match(line, opened.end()) if opened else None
        link = names.link(address, kinds) if address else None
        if link is not None:
            closed = ending.match(line, link.end) if ending else None
            return Link(link.issue, link.comment, closed.end() if closed else link.end)
    short = _SHORT.match(line, at)
    return names.short(short) if short else None

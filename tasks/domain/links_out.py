"""Taking links and mentions out of a text: the fix's own, and those to a job's market place."""

import html
import re
from collections.abc import Callable, Collection
from typing import Final

from tasks.domain.code_spans import outside_code, outside_spans

_MARKDOWN: Final = re.compile(r"!?\[(?P<text>[^\[\]\n]*+)\]\(\s*+<?(?P<url>[^\s()<>]++)[^()\n]*+\)")
_ANCHOR: Final = re.compile(
    r"<a\b(?P<attributes>[^<>]*+)>(?P<text>(?:[^<]|<(?!/?a\b))*+)</a\s*+>", re.IGNORECASE
)
_HREF: Final = re.compile(r"\bhref\s*+=\s*+[\"']?(?P<url>[^\"'\s<>]++)", re.IGNORECASE)
_BARE: Final = re.compile(r"<?(?P<url>https?://[^\s<>\"'()\[\]`|]++)>?", re.IGNORECASE)
# The market place's own pages. What people are is theirs to say: profiles stay.
_JOB_PAGE: Final = re.compile(
    r"https?://(?:[\w-]+\.)?upwork\.com/(?!(?:freelancers|fl|agencies|o/profiles)\b)", re.IGNORECASE
)
_CHAT_PAGE: Final = re.compile(r"https?://(?:[\w-]+\.)?slack\.com/", re.IGNORECASE)
_OF_A_JOB: Final = re.compile(
    r"\b(?:upwork|job (?:post(?:ing)?|link|url)|(?:job|contract|hiring) offer|offer sent|hired)\b",
    re.IGNORECASE,
)
# What may be left of a line when its link is gone: a label that says nothing by itself.
_EMPTY_LABEL: Final = re.compile(
    r"[\W_]*+(?:(?:upwork|slack|github|the|a|this|job|jobs|offer|contract|link|url|id|post|posting|posted|to|"
    r"fix|fixed|fixes|fixing|solved|resolved|closed|by|in|with|via|see|pr|prs|pull|request|here|"
    r"draft|linked|related|and)\b[\W_]*+)*+",
    re.IGNORECASE,
)


def path_of(number: int, repositories: Collection[str]) -> str:
    """A pattern of the end of a pull request's address, as people write it without the host.

    GitHub leads from `issues/N` to the pull request of that number, too. Behind a slash of
    something else it is another's path.
    """
    names = "|".join(re.escape(name) for name in sorted(repositories)) or "(?!)"
    return (
        rf"(?<![\w./-])(?:(?:www\.)?github\.com/|\.{{0,2}}/(?:\.\./){{0,4}}|refs/)?+(?:(?:{names})/)?+"
        rf"(?:pulls?|issues)/{number}(?![.-]?\w)(?:/(?:files|commits|checks|head|merge)\b[^\s<>()]*+)?+"
    )


class Unwanted:
    """What to take out: addresses under `pages`, and `#number` as people write it.

    `repositories` are the names (`owner/name`) the numbered thing goes by.
    """

    def __init__(self, repositories: Collection[str] = (), number: int | None = None) -> None:
        # What a line must hold to be looked at: most hold none of it.
        self._traces = ["upwork", "slack.com", *([str(number)] if number is not None else [])]
        self._page: re.Pattern[str] | None = None
        self._mention: re.Pattern[str] | None = None
        if number is not None:
            names = "|".join(re.escape(name) for name in sorted(repositories))
            self._page = re.compile(
                rf"https?://(?:www\.)?github\.com/(?:{names})/(?:pull|pulls|issues)/{number}(?!\d)",
                re.IGNORECASE,
            )
            kind = r"(?:\b(?:PR|pull[ ]request)[ \t:]{1,3})"
            path = path_of(number, repositories)
            self._mention = re.compile(
                rf"{kind}?(?:(?:(?<![\w./-])(?:{names}))|(?<![\w/&#.-]))\#{number}(?!\w)"
                rf"|{kind}{number}(?!\w|[.,]\d)|(?<!\w)GH-{number}(?!\w)|{kind}?{path}",
                re.IGNORECASE,
            )

    def is_page(self, url: str) -> bool:
        """Whether an address is the fix's, or one of the market place's job pages."""
        address = html.unescape(url)
        return bool(_JOB_PAGE.match(address) or (self._page and self._page.match(address)))

    def take_from(self, text: str) -> str:
        """The text without them; a line that only announced one goes, too. Code stays."""
        if not self._may_hold(text):
            return text
        return outside_code(text, lambda part: "\n".join(map(self._line, part.split("\n"))))

    def _may_hold(self, text: str) -> bool:
        lowered = text.lower()
        return any(trace in lowered for trace in self._traces)

    def _line(self, line: str) -> str:
        if not self._may_hold(line):
            return line
        left = outside_spans(line, self._bare)
        if left == line:
            return line
        ending = "\r" if line.endswith("\r") else ""
        left = left.rstrip()
        return ending if _EMPTY_LABEL.fullmatch(left) else left + ending

    def _bare(self, words: str) -> str:
        is_page = self._judge(words)
        words = _ANCHOR.sub(lambda found: _kept(found, is_page(_address(found))), words)
        words = _MARKDOWN.sub(lambda found: _kept(found, is_page(found["url"])), words)
        words = _BARE.sub(lambda found: _kept(found, is_page(found["url"])), words)
        return self._mention.sub("", words) if self._mention else words

    def _judge(self, words: str) -> Callable[[str], bool]:
        """In a line about a job, a chat link leads to what was said about the job."""
        if _OF_A_JOB.search(words):
            return lambda url: self.is_page(url) or _CHAT_PAGE.match(html.unescape(url)) is not None
        return self.is_page


def _address(anchor: re.Match[str]) -> str:
    found = _HREF.search(anchor["attributes"])
    return found["url"] if found else ""


def _kept(found: re.Match[str], unwanted: bool) -> str:
    return "" if unwanted else found[0]

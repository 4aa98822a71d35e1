"""Invented bodies of issues: the job automation's block and the owner lines in all their shapes."""

from typing import Final

LISTED: Final = """### Upwork Automation - Do Not Edit
- Job URL: https://www.upwork.com/jobs/~0101ab
- Job ID: ~0101ab
- Last Price Increase: 2022-11-30"""

DETAILS: Final = """<details><summary>Upwork Automation - Do Not Edit</summary>
    <ul>
        <li>Upwork Job URL: https://www.upwork.com/jobs/~0102cd</li>
        <li>Upwork Job ID: 1598765432109876543</li>
        <li>Last Price Increase: 2024-03-01</li>
<li>Automatic offers: </li>
<ul>
<li>ann-lee | Contributor | 0</li>
<li>bo | Reviewer | 25111222</li>
<li> |  | 0</li>
</ul></li>
    </ul>
</details>"""

LINKED: Final = DETAILS.replace(
    "https://www.upwork.com/jobs/~0102cd",
    '<a href="https://www.upwork.com/jobs/~021888">https://www.upwork.com/jobs/~021888</a>',
)

BARE_DATE: Final = DETAILS.replace("<li>Last Price Increase: 2024-03-01</li>\n", "2024-03-01")

CUT: Final = DETAILS.removesuffix("</details>")

RENDERED: Final = (
    '<h3>Upwork Automation - Do Not Edit</h3><ul dir="auto"><li>Job URL: '
    '<a href="https://www.upwork.com/jobs/~0103ef" rel="nofollow">https://www.upwork.com/jobs/~0103ef'
    "</a></li><li>Automatic offers:<ul><li>ann-lee | Contributor | 7</li></ul></li></ul>"
)

RENDERED_DETAILS: Final = (
    DETAILS.replace("\n", "")
    .replace("<details><summary>", '<details open="">\n<summary class="x"><strong>')
    .replace("</summary>", "</strong></summary>")
)

BOLD: Final = """**Upwork Automation - Do Not Edit**\r
* Upwork Job URL: https://www.upwork.com/jobs/~02187\r
* Upwork Job ID: 187654321012345678\r
"""

STRAY: Final = """- Last Price Increase: 2023-01-02
- Automatic offers:
  - ann-lee | Contributor | 0"""

OWNER: Final = (
    """<details><summary>Issue Owner</summary>Current Issue Owner: @rae / @kim</details>"""
)

BLOCKS: Final = {
    "list": LISTED,
    "details": DETAILS,
    "link": LINKED,
    "bare date": BARE_DATE,
    "cut off": CUT,
    "rendered": RENDERED,
    "rendered details": RENDERED_DETAILS,
    "bold": BOLD,
    "stray lines": STRAY,
    "twice": f"{DETAILS}\n{LINKED}",
    "with its owner": f"{DETAILS}\n\n{OWNER}",
    "cut off above its owner": f"{CUT}\n\n{OWNER}",
    "two owners": f"{OWNER.replace('rae / @kim', '')}\n\n{OWNER}",
}

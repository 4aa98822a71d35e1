"""One page for what changed between two dataset versions."""

from pathlib import Path

from tasks.domain.digests import short
from tasks.domain.version_diffs import VersionDiff
from tasks.reporting.pages import REPORTS, environment, write_file


def diff_file(home: Path, diff: VersionDiff) -> Path:
    """The page of two versions."""
    name = f"{short(diff.before.version)}-{short(diff.after.version)}.html"
    return home / REPORTS / "diffs" / name


def write_diff(home: Path, diff: VersionDiff) -> Path:
    """Write the page; whoever reads meanwhile sees the old page or the new one."""
    html = environment().get_template("diff.html.j2").render(diff=diff)
    return write_file(diff_file(home, diff), html)

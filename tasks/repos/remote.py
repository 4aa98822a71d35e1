"""Where mirrors are fetched from: the address, the token's way to git, and what its errors mean.

The token is part of git's environment and of nothing else: no command line, configuration file,
log or error holds it. It is not sent along a redirection.
"""

import base64
import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr

from tasks.domain.errors import PaydagError, SystemFault, UsageError
from tasks.repos.commands import ENVIRONMENT, GitFailure

# The name under which a mirror's configuration knows where its missing files come from; the
# address itself is given with each fetch.
REMOTE: Final = "origin"
_SCHEMES: Final = ("https", "http", "file")
_DISK_FULL: Final = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)
_MOVED: Final = re.compile(r"returned error: 30\d|unable to update url base from redirection")
_DENIED: Final = re.compile(
    r"authentication failed|could not read (?:username|password)|returned error: 40[13]"
    r"|invalid credentials|access denied|permission denied",
    re.IGNORECASE,
)
_UNKNOWN: Final = re.compile(
    r"repository '[^']*' not found|repository not found|returned error: 404"
    r"|does not appear to be a git repository|'[^']*' does not exist",
    re.IGNORECASE,
)
# Worth another try: the connection was there, and broke, or the service was not well.
_PASSING: Final = re.compile(
    r"early eof|rpc failed|hung up|returned error: (?:5\d\d|429)|timed out|connection reset"
    r"|transfer closed|operation too slow|unexpected disconnect",
    re.IGNORECASE,
)


class Remote:
    """`url` is what `owner/name` is appended to. Raises UsageError where it cannot be one."""

    def __init__(self, url: str, token: SecretStr | None = None) -> None:
        self._url = _checked(url)
        self._token = token

    def __repr__(self) -> str:
        return f"Remote({self._url!r})"

    def address(self, repository: str) -> str:
        # A folder is named as it is; servers know a repository with the suffix and without.
        return f"{self._url}/{repository}" + ("" if self._is_folder else ".git")

    @property
    def _is_folder(self) -> bool:
        return urlsplit(self._url).scheme == "file"

    def reaching(self, repository: str) -> dict[str, str]:
        """What git needs in its environment to reach a repository."""
        settings = [
            (f"remote.{REMOTE}.url", self.address(repository)),
            ("protocol.version", "2"),
            ("gc.auto", "0"),
            # A server that says nothing for a minute will not say more.
            ("http.lowSpeedLimit", "1"),
            ("http.lowSpeedTime", "60"),
        ]
        if self._token is not None and not self._is_folder:
            pair = f"x-access-token:{self._token.get_secret_value()}".encode()
            header = f"Authorization: Basic {base64.b64encode(pair).decode()}"
            settings.append((f"http.{self._url}/.extraHeader", header))
            settings.append(("http.followRedirects", "false"))
        return _as_environment(settings)

    def explain(self, failure: GitFailure, repository: str) -> PaydagError:
        """What a failed fetch means, in one sentence."""
        said, where = failure.said, f"{repository} at {_host(self._url)}"
        if _DISK_FULL.search(said):
            return disk_full(repository)
        if _DENIED.search(said):
            return UsageError(
                f"git may not read {where}: there is no such repository, or GITHUB_TOKEN needs "
                "a token that may read its contents"
            )
        # A renamed repository is redirected to, which a token must not follow.
        if _UNKNOWN.search(said) or _MOVED.search(said):
            return UsageError(
                f"there is no repository {where} under this name, or the token may not see it"
            )
        return SystemFault(
            f"the mirror of {where} cannot be fetched: {_last_line(said)}; what was landed stays, "
            "and `paydag refresh` tries again",
            retryable=_PASSING.search(said) is not None,
        )


def disk_full(repository: str) -> SystemFault:
    return SystemFault(
        f"the disk is full: the mirror of {repository} cannot be fetched; make room and run "
        "`paydag refresh` again",
        retryable=False,
    )


def _checked(url: str) -> str:
    parts = urlsplit(url)
    place = parts.path if parts.scheme == "file" else parts.hostname
    if parts.scheme not in _SCHEMES or not place or parts.query or parts.fragment:
        raise UsageError(f"GITHUB_GIT_URL is no http(s) or file address: {_without_user(url)!r}")
    if "@" in parts.netloc:
        raise UsageError("GITHUB_GIT_URL holds a user name; only a token opens a repository")
    return url.rstrip("/")


def _without_user(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _host(url: str) -> str:
    parts = urlsplit(url)
    return parts.netloc or parts.path


def _as_environment(settings: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = dict(ENVIRONMENT)
    found["GIT_CONFIG_COUNT"] = str(len(settings))
    for number, (key, value) in enumerate(settings):
        found |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return found


def _last_line(said: str) -> str:
    """The sentence that tells why; git says first what went wrong and then what else did."""
    lines = [line.strip() for line in said.split("\n") if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
    if not telling:
        return "git gave no reason"
    return telling[0].removeprefix("fatal: ").removeprefix("error: ")[:300]

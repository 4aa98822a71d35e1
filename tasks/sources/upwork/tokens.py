"""The bearer token of a collection, and how it gets the next one. Nothing here is ever stored."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from pydantic import SecretStr

from tasks.domain.collecting import Oauth
from tasks.domain.errors import UsageError
from tasks.sources.failures import Refused
from tasks.sources.upwork.kinds import KEYS_PAGE

UNARMED = (
    "Upwork needs a token: set UPWORK_ACCESS_TOKEN, or UPWORK_CLIENT_ID and UPWORK_CLIENT_SECRET "
    f"of an API key ({KEYS_PAGE}) with UPWORK_REFRESH_TOKEN"
)
_WHY = {
    "invalid_grant": "UPWORK_REFRESH_TOKEN: it is expired or was replaced; sign in again and set "
    "the new one",
    "invalid_client": "UPWORK_CLIENT_ID and UPWORK_CLIENT_SECRET; correct them",
    "unauthorized_client": "UPWORK_CLIENT_ID and UPWORK_CLIENT_SECRET alone; set "
    "UPWORK_REFRESH_TOKEN as well",
}
_CREDENTIAL: Final = re.compile(r"[!-~]+")
# Sends a form to the token endpoint; the answer's fields, or Refused with its error's code.
Grant = Callable[[bytes], Awaitable[Mapping[str, object]]]


def configured(oauth: Oauth | None) -> bool:
    """Whether there is anything to reach Upwork with. Raises UsageError for half of it,
    and for what is no credential."""
    if oauth is None:
        return False
    _check_readable(oauth)
    if oauth.access_token is not None:
        return True
    given = {
        "UPWORK_CLIENT_ID": oauth.client_id,
        "UPWORK_CLIENT_SECRET": oauth.client_secret,
    }
    present = [name for name, value in given.items() if value is not None]
    missing = [name for name, value in given.items() if value is None]
    if oauth.refresh_token is not None:
        present.append("UPWORK_REFRESH_TOKEN")
    if present and missing:
        raise UsageError(f"{present[0]} is set without {missing[0]}; set both, or neither")
    return bool(present)


def _check_readable(oauth: Oauth) -> None:
    # What cannot stand in a header would be shown by the error that says so.
    held = {
        "UPWORK_ACCESS_TOKEN": oauth.access_token,
        "UPWORK_CLIENT_ID": oauth.client_id,
        "UPWORK_CLIENT_SECRET": oauth.client_secret,
        "UPWORK_REFRESH_TOKEN": oauth.refresh_token,
        "UPWORK_TENANT_ID": SecretStr(oauth.tenant_id) if oauth.tenant_id else None,
    }
    for name, value in held.items():
        if value is not None and not _CREDENTIAL.fullmatch(value.get_secret_value()):
            raise UsageError(f"{name} holds blanks, line breaks or letters that no credential has")


class Tokens:
    """The token in use; one is got where there is none, or where the old one is not accepted."""

    def __init__(self, oauth: Oauth, grant: Grant, learn: Callable[[SecretStr], None]) -> None:
        self._oauth = oauth
        self._grant = grant
        self._learn = learn
        self._refresh = oauth.refresh_token
        self._access = oauth.access_token
        self._lock = asyncio.Lock()
        self.replaced = False

    async def current(self) -> SecretStr:
        async with self._lock:
            if self._access is None:
                self._access = await self._granted()
            return self._access

    async def after(self, stale: SecretStr) -> SecretStr:
        """The token that replaces one which was not accepted; streams side by side share it."""
        async with self._lock:
            if self._access is None or self._access == stale:
                self._access = await self._granted()
            return self._access

    async def _granted(self) -> SecretStr:
        oauth = self._oauth
        if oauth.client_id is None or oauth.client_secret is None:
            raise Refused(
                "Upwork does not accept UPWORK_ACCESS_TOKEN: it is expired or wrong; set a new "
                "one, or UPWORK_CLIENT_ID, UPWORK_CLIENT_SECRET and UPWORK_REFRESH_TOKEN, with "
                "which paydag gets one itself"
            )
        form = {
            "grant_type": "client_credentials",
            "client_id": oauth.client_id.get_secret_value(),
            "client_secret": oauth.client_secret.get_secret_value(),
        }
        if self._refresh is not None:
            form |= {
                "grant_type": "refresh_token",
                "refresh_token": self._refresh.get_secret_value(),
            }
        answer = await self._grant(urlencode(form).encode())
        access = SecretStr(str(answer["access_token"]))
        self._learn(access)
        following = answer.get("refresh_token")
        if isinstance(following, str) and following:
            self.replaced |= self._refresh is not None and following != form.get("refresh_token")
            self._refresh = SecretStr(following)
            self._learn(self._refresh)
        return access


def refusal(code: str) -> str:
    """What the token endpoint's error code means to the user."""
    return f"Upwork does not accept {_WHY.get(code, f'the credentials ({code}); correct them')}"

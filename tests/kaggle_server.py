"""Kaggle on loopback: what its client asks for a dataset, and everything that can go wrong."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Final

from tasks.domain.collecting import DownloadAccess
from tests.serving import Serving

TOKEN: Final = "KGAT_4lpha8eta6ammaDe1taEpsi1onZeta"
USER: Final = "miller"
KEY: Final = "0meg4Psi9hiPhiUpsi1on"
SIGNATURE: Final = "s1gn4tureOfTheStorage"

_SERVICE: Final = "/v1/datasets.DatasetApiService/"


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    torn: bool = False
    """Whether the connection ends in the middle of the body."""


@dataclass(frozen=True)
class Asked:
    what: str
    authorization: str
    body: Any


def json_reply(content: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json"})


def refusal(status: int, **headers: str) -> Reply:
    """As Kaggle refuses: the status, and JSON that says it again."""
    reply = json_reply({"code": status, "message": "you sent " + TOKEN + KEY}, status)
    return Reply(status, reply.body, {**reply.headers, **headers})


class KaggleServer(Serving):
    """One dataset with the zips of its versions. `faults` are answered first, one call each."""

    def __init__(self, versions: Mapping[int, bytes], dataset: str = "mill/odd-jobs") -> None:
        self.versions = dict(versions)
        self.dataset = dataset
        self.faults: dict[str, list[Reply]] = {}
        self.asked: list[Asked] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                self._answer(json.loads(self.rfile.read(length) or b"null"))

            def do_GET(self) -> None:
                self._answer(None)

            def _answer(self, body: Any) -> None:
                reply = outer.answer(self.path, self.headers.get("Authorization", ""), body)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    if value:
                        self.send_header(name, value)
                if "Content-Length" not in reply.headers:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                end = len(reply.body) // 2 if reply.torn else len(reply.body)
                self.wfile.write(reply.body[:end])
                self.close_connection = reply.torn or reply.headers.get("Content-Length") == ""

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.listen(Handler)

    @property
    def calls(self) -> list[str]:
        return [one.what for one in self.asked]

    def access(self, **changes: Any) -> DownloadAccess:
        return DownloadAccess(**({"token": TOKEN, "url": self.url} | changes))

    def answer(self, path: str, authorization: str, body: Any) -> Reply:
        what = path.partition("?")[0].removeprefix(_SERVICE)
        self.asked.append(Asked(what, authorization, body))
        waiting = self.faults.get(what)
        if waiting:
            return waiting.pop(0)
        answers: dict[str, Callable[[Any], Reply]] = {
            "GetDataset": self._dataset,
            "DownloadDataset": self._download,
        }
        if what in answers:
            if authorization not in self._accepted():
                return refusal(401)
            if f"{body['ownerSlug']}/{body['datasetSlug']}" != self.dataset:
                return refusal(404)
            return answers[what](body)
        version = what.removeprefix("/files/").removesuffix(".zip")
        content = self.versions[int(version)]
        return Reply(200, content, {"Content-Type": "application/zip", "Accept-Ranges": "bytes"})

    def _accepted(self) -> tuple[str, str]:
        pair = base64.b64encode(f"{USER}:{KEY}".encode()).decode()
        return f"Bearer {TOKEN}", f"Basic {pair}"

    def _dataset(self, body: Any) -> Reply:
        newest = max(self.versions)
        return json_reply({"ref": self.dataset, "id": 7, "currentVersionNumber": newest})

    def _download(self, body: Any) -> Reply:
        version = body.get("datasetVersionNumber") or max(self.versions)
        if version not in self.versions:
            return refusal(404)
        there = f"{self.url}/files/{version}.zip?X-Goog-Signature={SIGNATURE}"
        return Reply(302, b"", {"Location": there, "X-Kaggle-ApiVersion": "99.0.0"})

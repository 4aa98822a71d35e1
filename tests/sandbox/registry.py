"""A registry on loopback that speaks enough of the v2 protocol for an engine to pull from it."""

import gzip
import hashlib
import io
import json
import platform
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Final

# As engines call it.
NATIVE: Final = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
MANIFEST: Final = "application/vnd.docker.distribution.manifest.v2+json"
MANIFEST_LIST: Final = "application/vnd.docker.distribution.manifest.list.v2+json"
_CONFIG: Final = "application/vnd.docker.container.image.v1+json"
_GZIP: Final = b"\x1f\x8b"
_LAYER: Final = "application/vnd.docker.image.rootfs.diff.tar.gzip"


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass
class Registry:
    """`refusals` are the answers, status and words, that requests for a manifest get first.
    `delay_s` is how long a blob takes. With a `claimed_size` a layer is said to be so large, and
    does not end."""

    port: int = 0
    content: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    refusals: list[tuple[int, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    delay_s: float = 0.0
    claimed_size: int = 0
    at_work: set[str] = field(default_factory=set)
    most_at_work: int = 0
    lock: Lock = field(default_factory=Lock)

    def reference(self, name: str) -> str:
        return f"127.0.0.1:{self.port}/{name}"

    def publish(self, name: str, architecture: str = NATIVE, *, listed: bool = False) -> str:
        """Put up an image with one small file, which is its name; the manifest's digest."""
        layer, plain = _layer(name)
        config = json.dumps(
            {
                "architecture": architecture,
                "os": "linux",
                "config": {"Cmd": ["/x"]},
                "rootfs": {"type": "layers", "diff_ids": [digest_of(plain)]},
            }
        ).encode()
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": _described(_CONFIG, config),
                "layers": [_described(_LAYER, layer)],
            }
        ).encode()
        repository, _, tag = name.partition(":")
        for blob in (config, layer):
            self.content[f"/v2/{repository}/blobs/{digest_of(blob)}"] = ("blob", blob)
        top, kind = manifest, MANIFEST
        if listed:
            platform = {"architecture": architecture, "os": "linux"}
            entry = _described(MANIFEST, manifest) | {"platform": platform}
            described = {"schemaVersion": 2, "mediaType": MANIFEST_LIST, "manifests": [entry]}
            top, kind = json.dumps(described).encode(), MANIFEST_LIST
        self.content[f"/v2/{repository}/manifests/{digest_of(manifest)}"] = (MANIFEST, manifest)
        for key in (tag, digest_of(top)):
            self.content[f"/v2/{repository}/manifests/{key}"] = (kind, top)
        return digest_of(top)


def _layer(text: str) -> tuple[bytes, bytes]:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo("name")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(packed.getvalue(), mtime=0), packed.getvalue()


def _described(kind: str, content: bytes) -> dict[str, object]:
    return {"mediaType": kind, "size": len(content), "digest": digest_of(content)}


@contextmanager
def serving() -> Iterator[Registry]:
    registry = Registry()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            if self.path == "/v2/":
                return self._answer(200, "application/json", b"{}")
            with registry.lock:
                registry.asked.append(self.path)
                refuses = "/manifests/" in self.path and registry.refusals
                refusal = registry.refusals.pop(0) if refuses else None
            if refusal:
                status, code = refusal
                error = {"errors": [{"code": code, "message": code.lower()}]}
                return self._answer(status, "application/json", json.dumps(error).encode())
            kind, body = registry.content.get(self.path, ("", b""))
            if not kind:
                missing = {"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}
                return self._answer(404, "application/json", json.dumps(missing).encode())
            if kind == "blob":
                self._take_time()
                kind = "application/octet-stream"
            return self._answer(200, kind, body)

        def _take_time(self) -> None:
            with registry.lock:
                registry.at_work.add(self.path)
                names = {path.split("/blobs/")[0] for path in registry.at_work}
                registry.most_at_work = max(registry.most_at_work, len(names))
            time.sleep(registry.delay_s)
            with registry.lock:
                registry.at_work.discard(self.path)

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            endless = registry.claimed_size and body.startswith(_GZIP)
            size = registry.claimed_size if endless else len(body)
            self.send_header("Content-Length", str(size))
            self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
            if kind in (MANIFEST, MANIFEST_LIST):
                self.send_header("Docker-Content-Digest", digest_of(body))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            if endless:
                self.wfile.write(bytes(2_000_000))  # the engine tells of every half megabyte
                time.sleep(registry.delay_s)
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Nothing: the engine's first try, for TLS, would be printed."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """An engine that gives up breaks its connection."""

    server = Server(("127.0.0.1", 0), Handler)
    registry.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

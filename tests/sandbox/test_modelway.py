"""A box whose network is `model-only` reaches its model, and nothing else, and holds no key."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import pytest
from pydantic import SecretStr

from tasks.domain.boxes import ModelAccess
from tasks.domain.errors import SystemFault, UsageError
from tasks.sandbox.modelproxy import ModelProxy, without
from tasks.sandbox.modelway import model_way
from tasks.sandbox.owners import labels

KEY: Final = "sk-held-by-the-host"
ASK: Final = """
import json, sys, urllib.request
request = urllib.request.Request(sys.argv[1], json.dumps({"n": 1}).encode() or None,
    {"Content-Type": "application/json", "Authorization": "Bearer of-the-box", "X-Odd": "1"})
try:
    answer = urllib.request.urlopen(request, timeout=20)
    print(answer.status, answer.read().decode())
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
"""


@dataclass
class Model:
    """A model on the loopback of the host: what it was asked, and with which headers."""

    address: str = ""
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def model() -> Iterator[Model]:
    model = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            model.asked.append((self.path, headers, body))
            if self.path.endswith("/responses"):
                self.send_response(302)
                self.send_header("Location", f"{model.address}/elsewhere")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.wfile.write(b"data: one\n")
            self.wfile.flush()
            if self.path.endswith("/embeddings"):
                model.go_on.wait(20)
            self.wfile.write(b"data: two\n")

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    model.address = f"http://127.0.0.1:{server.server_port}"
    yield model
    model.go_on.set()
    server.shutdown()
    server.server_close()


@contextmanager
def box(engine: Any, image: str) -> Iterator[str]:
    made = engine.api.create_container(
        image,
        command=["sleep", "600"],
        labels=labels("modelway"),
        host_config=engine.api.create_host_config(network_mode="none", cap_drop=["ALL"]),
    )
    try:
        engine.api.start(made["Id"])
        yield str(made["Id"])
    finally:
        engine.api.remove_container(made["Id"], force=True)


def running(container: str, *command: str) -> "subprocess.Popen[bytes]":
    outside = ["docker", "exec", "--user", "10001:10001", container, *command]
    return subprocess.Popen(outside, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def said(container: str, *command: str) -> str:
    return running(container, *command).communicate()[0].decode()


def asked(container: str, address: str) -> str:
    return said(container, "python3", "-c", ASK, address)


def access(model: Model, **more: Any) -> ModelAccess:
    return ModelAccess(base_url=f"{model.address}/v1", key=SecretStr(KEY), **more)


def test_a_request_carries_the_key_that_the_box_never_held(
    engine: Any, base_image: str, model: Model
) -> None:
    with (
        box(engine, base_image) as container,
        model_way(engine.api, container, access(model), "modelway") as (address, proxy),
    ):
        told = asked(container, f"{address}/chat/completions")
        seen = said(container, "sh", "-c", "env; cat /proc/*/environ /proc/*/cmdline; ls -la /")
    assert told == "200 data: one\ndata: two\n\n"
    path, headers, body = model.asked[0]
    assert (path, json.loads(body)) == ("/v1/chat/completions", {"n": 1})
    assert headers["authorization"] == f"Bearer {KEY}"
    assert "x-odd" not in headers
    assert KEY not in seen
    assert [(c.method, c.path, c.status) for c in proxy.calls] == [
        ("POST", "/chat/completions", 200)
    ]


@pytest.mark.parametrize(
    "path",
    ["/files", "/chat/completions/../files", "/chat/completions?x=1", "/"],
)
def test_what_is_not_allowed_never_goes_out(
    engine: Any, base_image: str, model: Model, path: str
) -> None:
    with (
        box(engine, base_image) as container,
        model_way(engine.api, container, access(model), "modelway") as (address, _),
    ):
        told = asked(container, f"{address}{path}")
    assert told.startswith("403 ")
    assert model.asked == []


def test_a_used_up_allowance_and_a_redirect_end_at_the_proxy(
    engine: Any, base_image: str, model: Model
) -> None:
    with (
        box(engine, base_image) as container,
        model_way(engine.api, container, access(model, most_requests=1), "modelway") as (at, proxy),
    ):
        asked(container, f"{at}/responses")
        told = asked(container, f"{at}/chat/completions")
    assert told.startswith("403 ")
    assert "used up" in told
    assert [path for path, _, _ in model.asked] == ["/v1/responses"]
    assert [call.status for call in proxy.calls] == [302, 403]


def test_words_arrive_as_the_model_speaks_them(engine: Any, base_image: str, model: Model) -> None:
    listening = (
        "import sys, urllib.request as u\n"
        "answer = u.urlopen(u.Request(sys.argv[1], b'{}'), timeout=20)\n"
        "print(answer.readline(), flush=True)\n"
        "print(answer.read(), flush=True)\n"
    )
    with (
        box(engine, base_image) as container,
        model_way(engine.api, container, access(model), "modelway") as (address, _),
    ):
        command = ["python3", "-c", listening, f"{address}/embeddings"]
        client = running(container, *command)
        assert client.stdout is not None
        first = client.stdout.readline()
        model.go_on.set()  # only now does the model go on: the first words were not held back
        rest = client.communicate()[0]
    assert (first, rest) == (b"b'data: one\\n'\n", b"b'data: two\\n'\n")


def test_there_is_no_way_to_anywhere_else(engine: Any, base_image: str, model: Model) -> None:
    port = int(model.address.rpartition(":")[2])
    knocking = (
        "import socket, sys\n"
        "for host, port in [('127.0.0.1', int(sys.argv[1])), ('172.17.0.1', int(sys.argv[1])),\n"
        "                   ('169.254.169.254', 80), ('192.0.2.1', 443)]:\n"
        "    try:\n"
        "        socket.create_connection((host, port), 2)\n"
        "        print('reached', host)\n"
        "    except OSError:\n"
        "        pass\n"
        "print(sorted(name for _, name in socket.if_nameindex()))\n"
    )
    with (
        box(engine, base_image) as container,
        model_way(engine.api, container, access(model), "modelway"),
    ):
        told = said(container, "python3", "-c", knocking, str(port))
    assert told == "['lo']\n"


def test_the_way_ends_with_its_block(engine: Any, base_image: str, model: Model) -> None:
    with box(engine, base_image) as container:
        with model_way(engine.api, container, access(model), "modelway-end") as (address, _):
            pass
        told = asked(container, f"{address}/chat/completions")
    assert "Connection refused" in told
    left = engine.containers.list(all=True, filters={"label": "paydag.label=modelway-end"})
    assert left == []


def test_a_model_that_cannot_be_reached_is_told_without_its_address(
    engine: Any, base_image: str
) -> None:
    nowhere = ModelAccess(base_url="http://127.0.0.1:9/v1", key=SecretStr(KEY))
    with (
        box(engine, base_image) as container,
        model_way(engine.api, container, nowhere, "modelway") as (address, _),
    ):
        told = asked(container, f"{address}/chat/completions")
    assert told.startswith("502 ")
    assert ":9" not in told
    assert KEY not in told


def test_a_key_that_an_endpoint_repeats_stays_outside() -> None:
    said = f"one {KEY} sk-hel {KEY[:-1]}. {KEY}{KEY} sk-held".encode()
    hidden = said.replace(KEY.encode(), b"x" * len(KEY))
    for size in (1, 2, 7, 19, 1000):
        pieces = [said[at : at + size] for at in range(0, len(said), size)]
        assert b"".join(without(SecretStr(KEY), iter(pieces))) == hidden
        assert b"".join(without(None, iter(pieces))) == said
    assert next(without(SecretStr(KEY), iter([b"data: one\n"]))) == b"data: one\n"


def test_an_address_that_is_none_is_the_users_mistake() -> None:
    with pytest.raises(UsageError, match="is no http"):
        ModelProxy(ModelAccess(base_url="file:///etc/passwd"))


def test_an_image_that_is_missing_is_a_fault(engine: Any, base_image: str, model: Model) -> None:
    with (
        box(engine, base_image) as container,
        pytest.raises(SystemFault, match="image is missing"),
        model_way(engine.api, container, access(model), "modelway", image="paydag/none:0"),
    ):
        raise AssertionError("the way cannot be open")

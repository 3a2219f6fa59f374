"""Servers on loopback that answer what a test tells them to."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import define, field, frozen

from analytics_mixpanel.delivery import Batch, Outcome
from analytics_mixpanel_destination.record import Record
from analytics_mixpanel_destination.sending.ledger import Ledger
from analytics_mixpanel_destination.sending.parcels import Parcel, parcel
from analytics_mixpanel_destination.sending.routes import routes
from analytics_mixpanel_destination.sending.sender import Sender
from analytics_mixpanel_destination.sending.transport import Transport
from analytics_mixpanel_destination.settings import Settings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting and no proxy of this machine reaches a test."""
    for name in ("TOKEN", "API_SECRET", "SERVICE_ACCOUNT", "PROJECT_ID", "REGION", "API_HOST"):
        monkeypatch.delenv(f"MIXPANEL_{name}", raising=False)
    for name in (
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@frozen
class Heard:
    """A request as the server got it."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def records(self) -> list[Any]:
        """The records in it, in whichever form they came."""
        body = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        if self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            body = parse_qs(body.decode())["data"][0].encode()
        content = json.loads(body)
        return content if isinstance(content, list) else [content]


@frozen
class Reply:
    """An answer to be given; ``after`` seconds late."""

    status: int = 200
    content: Any = None
    headers: dict[str, str] = field(factory=dict)
    after: float = 0.0

    @property
    def body(self) -> bytes:
        """The bytes of it."""
        return self.content if isinstance(self.content, bytes) else json.dumps(self.content).encode()


def _all_right(heard: Heard) -> Reply:
    if heard.path == "/import":
        return Reply(200, {"code": 200, "num_records_imported": len(heard.records), "status": "OK"})
    return Reply(200, {"error": None, "status": 1})


@define(eq=False)
class ScriptedServer:
    """Answers from the script, one reply a request; when it is used up, by ``rule``.

    Attributes:
        rule: gives (status, content) for a request, or None where all is right.
    """

    url: str = ""
    heard: list[Heard] = field(factory=list)
    rule: Callable[[Heard], tuple[int, Any] | None] = lambda _: None
    connections: int = 0
    _script: deque[Reply] = field(factory=deque)

    def will_say(self, status: int, content: Any = None, after: float = 0.0, **headers: str) -> None:
        """Add a reply to the script; ``retry_after="2"`` becomes a header ``retry-after``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._script.append(Reply(status, content, named, after))

    def answer(self, heard: Heard) -> Reply:
        """What to reply to this request."""
        self.heard.append(heard)
        if self._script:
            return self._script.popleft()
        said = self.rule(heard)
        return _all_right(heard) if said is None else Reply(*said)

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [heard.path for heard in self.heard]

    @property
    def sizes(self) -> list[int]:
        """How many records each request held."""
        return [len(heard.records) for heard in self.heard]


def _handler(server: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def setup(self) -> None:
            server.connections += 1
            super().setup()

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            headers = {key.lower(): value for key, value in self.headers.items()}
            reply = server.answer(Heard(parts.path, query, headers, body))
            time.sleep(reply.after)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST  # noqa: N815 - a redirect that is followed must be seen

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:
                self.close_connection = True  # the client went away, as some tests want it to

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


def _serve() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(scripted)) as http:
        scripted.url = f"http://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield scripted
        http.shutdown()
        thread.join()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server that takes everything, until it is told otherwise."""
    yield from _serve()


@pytest.fixture
def other_server() -> Iterator[ScriptedServer]:
    """A second one, to which nothing must be sent."""
    yield from _serve()


@pytest.fixture
def raw_server() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """A function that serves each connection with a function of the test's, and gives the address."""
    with ExitStack() as open_things:

        def serve(behave: Callable[[socket.socket], None]) -> str:
            listener = open_things.enter_context(socket.create_server(("127.0.0.1", 0)))
            thread = threading.Thread(target=accept, args=(listener, behave), daemon=True)
            thread.start()
            open_things.callback(thread.join, 10)
            open_things.callback(listener.shutdown, socket.SHUT_RDWR)
            return f"http://127.0.0.1:{listener.getsockname()[1]}"

        def accept(listener: socket.socket, behave: Callable[[socket.socket], None]) -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        behave(connection)
                    except OSError:
                        continue  # the client went away, as it should

        yield serve


@define(eq=False)
class Sending:
    """Senders for a server, driven without the plugin."""

    settings: Settings
    transport: Transport
    now: Callable[[], float] = time.monotonic
    senders: dict[str, Sender] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.senders = {
            route.endpoint: Sender(route, self.settings, self.transport, self.now)
            for route in routes(self.settings)
        }

    def send(self, endpoint: Any, bodies: list[dict[str, Any]], seconds: float = 20.0) -> Outcome:
        """Send these records, each of a message of its own."""
        batch = Batch([{"messageId": str(index)} for index in range(len(bodies))], 1, self.now() + seconds)
        ledger = Ledger(batch)
        self.senders[endpoint].send(self.parcels(endpoint, bodies), ledger)
        return ledger.outcome()

    def parcels(self, endpoint: Any, bodies: list[dict[str, Any]]) -> list[Parcel]:
        """Encode records."""
        made = (Record(endpoint, body, "Preset", "action") for body in bodies)
        return [parcel(index, record, self.settings.max_bytes) for index, record in enumerate(made)]


@pytest.fixture
def sending(server: ScriptedServer) -> Iterator[Callable[..., Sending]]:
    """A function that makes senders for the server, with these settings."""
    with ExitStack() as open_things:

        def make(**settings: Any) -> Sending:
            given = {"token": "the-project-token-0123456789", "api_host": server.url, **settings}
            made = Sending(Settings(**given), Transport(settings.get("proxies")))
            open_things.callback(made.transport.close)
            return made

        yield make

"""Clients of Mixpanel, and a server of raw sockets that does on the wire whatever a test tells it to."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import pytest
import trustme
from attrs import define, field, frozen

from analytics_mixpanel import Client
from analytics_mixpanel.lanes.retry import RetryPolicy
from analytics_mixpanel_destination import Mixpanel

TOKEN: Final = "the-project-token-0123456789"
#: Seconds for what must happen, on the busiest machine.
SURELY: Final = 60.0
_QUICK: Final = RetryPolicy(
    max_retries=100_000, first_wait=0.01, longest_wait=0.05, first_probe=0.01, longest_probe=0.05
)
_PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of this machine reaches a test."""
    for name in (*_PROXIES, "CURL_CA_BUNDLE", "MIXPANEL_API_HOST", "MIXPANEL_REGION"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def mixpanel_client(make_client: Callable[..., Client]) -> Callable[..., Client]:
    """Makes clients that deliver to a Mixpanel at this address and, but for a test's wish, never give up."""

    def make(url: str, plugins: tuple[object, ...] = (), **settings: Any) -> Client:
        own = {name: settings.pop(name) for name in ("proxies", "api_secret") if name in settings}
        mixpanel = Mixpanel(token=TOKEN, api_host=url, **own)
        return make_client(mixpanel, *plugins, **{"retry": _QUICK, "timeout": 20, **settings})

    return make


@pytest.fixture
def adds_up() -> Callable[..., None]:
    """Checks the sums of a destination, and any of its counts."""

    def check(client: Client, name: str = "Mixpanel", **expected: Any) -> None:
        stats = client.stats()[name]
        assert {key: getattr(stats, key) for key in expected} == expected
        lost = sum(stats.dropped.values())
        assert stats.accepted == stats.delivered + stats.rejected + lost + stats.pending
        assert stats.pending == client.pending or len(client.stats()) > 1

    return check


@frozen
class Heard:
    """One request, as it came."""

    head: bytes
    body: bytes = field(repr=False)

    @property
    def path(self) -> str:
        """Without the query."""
        return self.head.split(b" ")[1].decode().partition("?")[0]

    def header(self, name: str) -> str | None:
        """A header's value."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name:
                return value.strip()
        return None

    @property
    def plain(self) -> bytes:
        """The body, not compressed."""
        return gzip.decompress(self.body) if self.header("content-encoding") == "gzip" else self.body

    @property
    def records(self) -> list[Any]:
        """The records in it."""
        plain = self.plain
        if plain.startswith(b"data="):
            plain = parse_qs(plain.decode())["data"][0].encode()
        content = json.loads(plain)
        return content if isinstance(content, list) else [content]


Behaviour = Callable[[socket.socket], Any]
_YES: Final = b'{"code":200,"status":1,"num_records_imported":1}'


@define(eq=False)
class WireServer:
    """Takes everything, until ``behaviour`` is set: that is then given each connection that asks something.

    Attributes:
        heard: the requests that were answered with yes.
        behaviour: what is done with a connection instead, before anything is read from it.
        context: of TLS, once it is set.
        connections: how many were made.
    """

    listener: socket.socket
    heard: list[Heard] = field(factory=list)
    behaviour: Behaviour | None = None
    context: ssl.SSLContext | None = None
    connections: int = 0
    shaken: int = 0
    _open: list[socket.socket] = field(factory=list)
    _threads: list[threading.Thread] = field(factory=list)

    @property
    def url(self) -> str:
        """Where it is."""
        scheme = "https" if self.context else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """Its port on loopback."""
        return int(self.listener.getsockname()[1])

    @property
    def events(self) -> list[str]:
        """The names of the events that it has taken, in order."""
        return [each["event"] for heard in self.heard if heard.path == "/import" for each in heard.records]

    @property
    def shown(self) -> list[str]:
        """The names of the events as Mixpanel shows them: what came again, by the same id, counts once."""
        records = [each for heard in self.heard if heard.path == "/import" for each in heard.records]
        return [name for name, _ in {(each["event"], each["properties"]["$insert_id"]) for each in records}]

    def misbehave(self, behaviour: Behaviour) -> None:
        """Do this with every connection from now on; those that are open end."""
        self.behaviour = behaviour
        self.hang_up()

    def mend(self) -> None:
        """Take everything again."""
        self.behaviour = None
        self.hang_up()

    def hang_up(self) -> None:
        """End the connections that are open."""
        for connection in list(self._open):
            _shut(connection)

    def accept(self) -> None:
        """Serve each connection in a thread of its own."""
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
                self.shaken += 1
            if self.behaviour is not None:
                self.behaviour(connection)
            else:
                self._take_all(connection)
        except OSError:
            pass  # the other side went away, or was not pleased
        finally:
            connection.close()

    def _take_all(self, connection: socket.socket) -> None:
        while (heard := read_request(connection)) is not None:
            self.heard.append(heard)
            connection.sendall(answer(_YES))

    def close(self) -> None:
        """End everything."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.hang_up()
        for thread in self._threads:
            thread.join(SURELY)


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """An answer of HTTP."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def read_request(connection: socket.socket) -> Heard | None:
    """Read one request; None when the other side has gone."""
    read = b""
    while b"\r\n\r\n" not in read:
        if not (some := connection.recv(65_536)):
            return None
        read += some
    head, _, body = read.partition(b"\r\n\r\n")
    length = int(Heard(head, b"").header("content-length") or 0)
    while len(body) < length:
        if not (some := connection.recv(65_536)):
            return None
        body += some
    return Heard(head, body)


@frozen
class Wire:
    """What a test of the protocol works with."""

    serve: Callable[[], WireServer]
    read_request: Callable[[socket.socket], Heard | None] = read_request
    answer: Callable[..., bytes] = answer


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Makes servers of raw sockets, and reads and writes HTTP."""
    with ExitStack() as running:

        def serve() -> WireServer:
            listener = running.enter_context(socket.create_server(("127.0.0.1", 0)))
            server = WireServer(listener)
            thread = threading.Thread(target=server.accept, daemon=True)
            thread.start()
            running.callback(thread.join, SURELY)
            running.callback(server.close)
            return server

        yield Wire(serve)


@pytest.fixture
def server(wire: Wire) -> WireServer:
    """One of them."""
    return wire.serve()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority, and what it has signed."""
    return Certificates(tmp_path_factory.mktemp("certificates"))


class Certificates:
    """An authority that clients are told to trust, and servers' certificates."""

    def __init__(self, folder: Path) -> None:
        trusted, stranger = trustme.CA(), trustme.CA()
        self._folder = folder
        self._write("authority", trusted.cert_pem)
        self._write("self-signed", stranger.private_key_pem, stranger.cert_pem)
        self._issued("good", trusted.issue_cert("127.0.0.1"))
        self._issued("wrong host", trusted.issue_cert("mixpanel.example"))
        long_ago = datetime(2020, 1, 1, tzinfo=timezone.utc)
        expired = trusted.issue_cert("127.0.0.1", not_before=long_ago, not_after=long_ago + timedelta(30))
        self._issued("expired", expired)

    @property
    def authority(self) -> str:
        """The file of its certificate."""
        return str(self._folder / "authority.pem")

    def context(self, name: str) -> ssl.SSLContext:
        """For a server with this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / f"{name}.pem")
        return context

    def _issued(self, name: str, certificate: trustme.LeafCert) -> None:
        self._write(name, certificate.private_key_pem, *certificate.cert_chain_pems)

    def _write(self, name: str, *parts: trustme.Blob) -> None:
        (self._folder / f"{name}.pem").write_bytes(b"".join(part.bytes() for part in parts))

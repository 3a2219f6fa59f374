"""Requests with exactly the headers that a test says, which no library completes."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urlsplit

import pytest
from attrs import frozen

from analytics_mixpanel.debugger import Access, StandIn

TOKEN: Final = "a-token-of-some-length"


@frozen
class Answer:
    """What came back.

    Attributes:
        headers: by lower-case name.
    """

    status: int
    headers: dict[str, str]
    body: str


Ask = Callable[..., Answer]


def ask_raw(url: str, lines: list[str], body: bytes = b"") -> Answer:
    """Send a request as it is, and read the answer."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    head = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(head + body)
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
    top, _, rest = received.partition(b"\r\n\r\n")
    status, *headers = top.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in headers)
    return Answer(int(status.split()[1]), {name.lower(): value for name, _, value in pairs}, rest.decode())


@pytest.fixture
def ask() -> Ask:
    """Send a request to a stand-in: method, path, headers, body; the Host is its own unless given."""

    def send(
        running: StandIn, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        given = {"Host": running.url.removeprefix("http://"), **(headers or {})}
        if body or method == "POST":
            given.setdefault("Content-Length", str(len(body)))
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
        return ask_raw(running.url, lines, body)

    return send


@pytest.fixture
def raw() -> Callable[..., Answer]:
    """Send lines as they are."""
    return ask_raw


@pytest.fixture(scope="session")
def _running_with_token() -> Iterator[StandIn]:
    with StandIn(access=Access(token=TOKEN)) as running:
        yield running


@pytest.fixture
def locked(_running_with_token: StandIn) -> StandIn:
    """A stand-in that asks for ``a-token-of-some-length``."""
    _running_with_token.clear()
    return _running_with_token

"""Readers of the live stream, over real connections."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import define, field

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.debugger.live.hub import Pace

QUICK = Pace(interval=0.02, heartbeat=0.2)


@define(eq=False)
class Reader:
    """One connection, read line by line.

    Attributes:
        id: the last one that was read.
    """

    response: http.client.HTTPResponse
    id: str = field(init=False, default="")

    def line(self) -> str:
        """Read one line; "" is the end of a message, or of the stream."""
        return self.response.readline().decode().rstrip("\n")

    def next(self) -> tuple[str, Any]:
        """Read up to the next message, and give its kind and data."""
        kind, data = "message", None
        while True:
            raw = self.response.readline()
            assert raw, "the stream has ended"
            name, _, value = raw.decode().rstrip("\n").partition(": ")
            if name == "event":
                kind = value
            elif name == "id":
                self.id = value
            elif name == "data":
                data = json.loads(value)
            elif not raw.strip() and data is not None:
                return kind, data

    def lines_until(self, name: str) -> list[dict[str, Any]]:
        """Read lines up to the one of this name."""
        found: list[dict[str, Any]] = []
        while not found or found[-1]["name"] != name:
            found += self.next()[1].get("lines", [])
        return found


Connect = Callable[..., Reader]


@pytest.fixture
def quick() -> Iterator[StandIn]:
    """A stand-in that tells its readers quickly."""
    with StandIn() as running:
        running.desk.hub.pace = QUICK
        yield running


@pytest.fixture
def connect(quick: StandIn) -> Iterator[Connect]:
    """Open streams of ``quick``; they are closed after the test."""
    opened: list[http.client.HTTPConnection] = []

    def open_(query: str = "", seen: str = "") -> Reader:
        connection = http.client.HTTPConnection(quick.url.removeprefix("http://"), timeout=30)
        opened.append(connection)
        headers = {"Last-Event-ID": seen} if seen else {}
        connection.request("GET", f"/debugger/live?{query}", headers=headers)
        response = connection.getresponse()
        assert response.status == 200, response.read()
        return Reader(response)

    yield open_
    for connection in opened:
        connection.close()


@pytest.fixture
def arrive(quick: StandIn) -> Callable[..., None]:
    """Have events of these names arrive at ``quick``."""

    def add(*names: str) -> None:
        records = [{"event": name, "properties": {"token": "t", "distinct_id": "u"}} for name in names]
        quick.desk.ingest(records, "track", "t")

    return add

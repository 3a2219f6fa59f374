"""The events of a user arrive in the order of the calls, whatever fails on the way."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel import Client

Make = Callable[..., Client]
AddsUp = Callable[..., None]
SURELY = 60.0
USERS = 12
EVENTS = 60


class Moody:
    """Takes what it is sent, or does not, as it pleases; its answer may be lost either way.

    Attributes:
        arrived: the numbers that came, by user.
    """

    def __init__(self, wire: Any, seed: int) -> None:
        self.arrived: dict[str, list[int]] = defaultdict(list)
        self._wire = wire
        self._chance = random.Random(seed)
        self._lock = threading.Lock()

    def serve(self, connection: Any) -> None:
        """Answer one connection's requests."""
        while heard := self._wire.read_request(connection):
            status = self._status(len(heard.records))
            if status in {"200 OK", "taken, answer lost"}:
                self._take(heard.records)
            if not status[0].isdigit():
                return
            body = b'{"code": 200, "status": "OK"}' if status == "200 OK" else b"{}"
            connection.sendall(self._wire.answer(body, status))

    def _status(self, records: int) -> str:
        moods = ["200 OK"] * 4 + ["500 Internal Server Error", "taken, answer lost", "lost"]
        if records > 5:
            moods += ["413 Request Entity Too Large", "400 Bad Request"]
        return self._chance.choice(moods)

    def _take(self, records: list[Any]) -> None:
        with self._lock:
            for record in records:
                properties = record["properties"]
                self.arrived[properties["distinct_id"]].append(properties["n"])


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("seed", range(3))
def test_a_users_order_holds(
    server: Any, wire: Any, mixpanel_client: Make, adds_up: AddsUp, threads: int, seed: int
) -> None:
    """Under 500, 413, 400 without a list, lost answers and hang-ups, first deliveries are in order."""
    moody = Moody(wire, seed)
    server.misbehave(moody.serve)
    client = mixpanel_client(server.url, thread=threads, upload_size=100, upload_interval=0.01)
    for number in range(EVENTS):
        for user in range(USERS):
            client.track(f"user-{user}", "E", {"n": number})
    assert client.flush(SURELY) == 0
    assert len(moody.arrived) == USERS
    for numbers in moody.arrived.values():
        assert list(dict.fromkeys(numbers)) == list(range(EVENTS))
    adds_up(client, accepted=USERS * EVENTS, delivered=USERS * EVENTS)

"""The events of a user arrive in the order of the calls, whatever fails on the way."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel import Client

Make = Callable[..., Client]
AddsUp = Callable[..., None]
SURELY = 60.0
TOKEN = "the-project-token-0123456789"
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


@pytest.mark.parametrize("queue", ["memory", "spool"])
@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("seed", range(3))
def test_a_users_order_holds(
    server: Any,
    wire: Any,
    mixpanel_client: Make,
    adds_up: AddsUp,
    tmp_path: Path,
    queue: str,
    threads: int,
    seed: int,
) -> None:
    """Under 500, 413, 400 without a list, lost answers and hang-ups, first deliveries are in order."""
    moody = Moody(wire, seed)
    server.misbehave(moody.serve)
    place = f"spool:{tmp_path / 'spool'}" if queue == "spool" else queue
    client = mixpanel_client(server.url, thread=threads, upload_size=100, upload_interval=0.01, queue=place)
    for number in range(EVENTS):
        for user in range(USERS):
            client.track(f"user-{user}", "E", {"n": number})
    assert client.flush(SURELY) == 0
    assert len(moody.arrived) == USERS
    for numbers in moody.arrived.values():
        assert list(dict.fromkeys(numbers)) == list(range(EVENTS))
    adds_up(client, accepted=USERS * EVENTS, delivered=USERS * EVENTS)


def test_a_users_order_holds_over_kills(
    server: Any, wire: Any, mixpanel_client: Make, run_python: Callable[..., Any], tmp_path: Path
) -> None:
    """What killed processes left is first delivered in the order in which each tracked it."""
    moody = Moody(wire, seed=1)
    server.misbehave(moody.serve)
    spool, kills = tmp_path / "spool", 4
    for number in range(kills):
        ended = run_python(_KILLED, server.url, f"spool:{spool}", str(number), TOKEN)
        assert ended.returncode == -signal.SIGKILL, ended.stderr
    client = mixpanel_client(server.url, queue=f"spool:{spool}")
    deadline = time.monotonic() + SURELY
    while any(len(set(moody.arrived[f"{n} user-{user}"])) < 50 for n in range(kills) for user in range(4)):
        client.flush(0.1)
        assert time.monotonic() < deadline
    for numbers in moody.arrived.values():
        assert list(dict.fromkeys(numbers)) == list(range(50))


_KILLED = """
import os, signal, sys, time
from analytics_mixpanel import Client
from analytics_mixpanel.lanes.retry import RetryPolicy
from analytics_mixpanel_destination import Mixpanel
url, queue, process, token = sys.argv[1:]
client = Client(
    plugins=[Mixpanel(token=token, api_host=url)], discover=False, queue=queue, upload_size=30,
    upload_interval=0.01, retry=RetryPolicy(first_wait=0.01, longest_wait=0.05),
)
for number in range(50):
    for user in range(4):
        client.track(f"{process} user-{user}", "E", {"n": number})
    time.sleep(0.001)
os.kill(os.getpid(), signal.SIGKILL)
"""

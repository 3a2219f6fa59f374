"""Spools with something in them."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from attrs import define, frozen

from analytics_mixpanel.cli import main
from analytics_mixpanel.dead_letters import Letter, Tries
from analytics_mixpanel.dead_letters.keeping import DeadLetters
from analytics_mixpanel.queues.spool import SpoolQueue, SpoolSettings
from analytics_mixpanel.queues.spool.directory import Directory


def body(number: int, event: str = "Paid") -> bytes:
    """A message."""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    message = {"type": "track", "event": event, "userId": "u1", "timestamp": now, "messageId": f"m{number}"}
    return json.dumps({**message, "properties": {"n": number}}).encode()


@define
class Spooling:
    """Writes to the spools of a directory.

    Attributes:
        root: the directory, as a client is given it.
    """

    root: Path

    def queue(self, name: str = "project") -> SpoolQueue:
        """A process's queue."""
        return SpoolQueue(SpoolSettings(self.root, name))

    def leave(self, *numbers: int, destinations: tuple[str, ...] = ("Shop",), name: str = "project") -> None:
        """Write messages as a process that ended before it could deliver them."""
        queue = self.queue(name)
        for destination in destinations:
            queue.open(destination)
        for number in numbers:
            assert list(queue.put(body(number), destinations)) == []
        queue.close()

    def bury(
        self,
        *numbers: int,
        destination: str = "Shop",
        outcome: str = "rejected",
        reason: str = "bad",
        field: str = "",
    ) -> None:
        """Write dead letters."""
        with self.directory() as directory:
            tries = Tries(2, 1_700_000_000.0, 1_700_000_060.0)
            DeadLetters(lambda: directory, 1 << 30).keep(
                [Letter(body(n), destination, outcome, reason, field, tries) for n in numbers]
            )

    @contextlib.contextmanager
    def directory(self, name: str = "project") -> Iterator[Directory]:
        """One project's directory."""
        opened = Directory.open(self.root, name)
        try:
            yield opened
        finally:
            opened.close()


@frozen
class Done:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[Any]:
        """The JSON lines it printed."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """A function that runs ``analytics-mixpanel`` in this process, with these arguments and variables."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("MIXPANEL_TOKEN", raising=False)

    def run(*arguments: str, given: str = "", **variables: str) -> Done:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        capfd.readouterr()
        status = main(arguments)
        out, err = capfd.readouterr()
        return Done(status, out, err)

    return run


@pytest.fixture
def spooling(tmp_path: Path) -> Spooling:
    """A directory for spools that does not exist yet."""
    return Spooling(tmp_path / "spool")


@pytest.fixture
def numbers() -> Callable[[str], list[int]]:
    """Reads the numbers of messages from JSON lines."""
    return lambda out: [json.loads(line)["properties"]["n"] for line in out.splitlines()]

"""Programs in real processes, the stand-in that they deliver to, and the sums."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import define, frozen

from analytics_mixpanel.debugger import StandIn

_ROOT: Final = Path(__file__).parents[2]
#: Seconds after which a program that still runs says where each of its threads is, and is killed.
DEADLINE: Final = 60.0

# What every program starts with: clients of its own making, and their accounts written down at the very end.
_PROLOGUE: Final = """
import atexit, json, logging, os, signal, sys, threading, time
import attrs

# Whatever is logged is to be seen, since it is searched for what was planted.
logging.lastResort.setLevel(logging.DEBUG)
logging.getLogger("analytics_mixpanel").setLevel(logging.DEBUG)

_clients = []
at_last = []  # called when everything has ended

def write_accounts():
    for call in at_last:
        call()
    for number, client in enumerate(_clients):
        for name, stats in client.stats().items():
            with open(f"accounts-{os.getpid()}-{number}-{name}", "w") as file:
                json.dump({**attrs.asdict(stats), "pending": stats.pending}, file)

atexit.register(write_accounts)  # first: so it runs last

from analytics_mixpanel import Client, Outcome, hookimpl
from analytics_mixpanel_destination import Mixpanel

def make(*plugins, **settings):
    client = Client(os.environ["MIXPANEL_TOKEN"], plugins=[Mixpanel(), *plugins], discover=False, **settings)
    _clients.append(client)
    return client

def track(client, name, count):
    for number in range(count):
        client.track("u", name, {"n": number, "process": os.getpid(), "email": "canary@example.com"})
"""


@frozen
class Accounts:
    """What became of the messages of all clients that a program had, over its processes.

    Attributes:
        clients: how many there were.
        dropped: by reason.
    """

    clients: int
    accepted: int
    delivered: int
    rejected: int
    dropped: Counter[str]
    pending: int

    def add_up(self) -> bool:
        """Whether every accepted message is somewhere."""
        return self.accepted == self.delivered + self.rejected + self.dropped.total() + self.pending


@define(eq=False)
class Running:
    """A program that runs.

    Attributes:
        folder: where it runs, and writes.
    """

    process: subprocess.Popen[str]
    folder: Path

    @property
    def output(self) -> str:
        """What it has written to stdout."""
        return (self.folder / "stdout").read_text()

    @property
    def errors(self) -> str:
        """What it has written to stderr."""
        return (self.folder / "stderr").read_text()

    def wait_for(self, text: str) -> None:
        """Wait until it has written this to stdout."""
        deadline = time.monotonic() + DEADLINE
        while text not in self.output:
            assert self.process.poll() is None, self.errors
            assert time.monotonic() < deadline, self.errors
            time.sleep(0.01)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def ended(self) -> int:
        """Wait for its end; its exit status."""
        try:
            return self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            # To its children too. The timer of faulthandler is none for programs that fork: it hangs them.
            os.killpg(self.process.pid, signal.SIGABRT)
            self.process.wait(10)
            raise AssertionError(f"it hangs: {self.errors}") from None

    def succeeded(self) -> Running:
        """Wait for its end, which must be a good one."""
        assert self.ended() == 0, self.errors
        return self

    @property
    def accounts(self) -> Accounts:
        """The sums of what its clients counted."""
        found: list[dict[str, Any]] = [
            json.loads(path.read_text()) for path in self.folder.glob("accounts-*")
        ]
        dropped: Counter[str] = Counter()
        for each in found:
            dropped.update(each["dropped"])
        counts = {name: sum(each[name] for each in found) for name in ("accepted", "delivered", "rejected")}
        return Accounts(len(found), **counts, dropped=dropped, pending=sum(each["pending"] for each in found))


Program = Callable[..., Running]
Arrived = Callable[[], Counter[str]]


@pytest.fixture
def start(tmp_path: Path, stand_in: StandIn) -> Iterator[Program]:
    """Starts a program, as ``program.py`` or by other arguments to Python, in a folder of its own.

    ``first`` comes before everything else in the program, ``files`` beside it. All that a test started is
    killed after it, and what it wrote to stdout and stderr, its log, must not have what was planted: the
    token, and an address in events.
    """
    with contextlib.ExitStack() as started:
        numbers = itertools.count()

        def run(
            program: str,
            *,
            first: str = "",
            python: Sequence[str] = ("program.py",),
            files: Mapping[str, str] | None = None,
            stdin: bool = False,
            **environment: str,
        ) -> Running:
            folder = tmp_path / f"run-{next(numbers)}"
            folder.mkdir()
            (folder / "program.py").write_text(textwrap.dedent(first) + _PROLOGUE + textwrap.dedent(program))
            for name, text in (files or {}).items():
                (folder / name).write_text(textwrap.dedent(text))
            process = subprocess.Popen(
                [sys.executable, *python],
                env={**_environment(folder, stand_in), **environment},
                cwd=folder,
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=started.enter_context((folder / "stdout").open("wb")),
                stderr=started.enter_context((folder / "stderr").open("wb")),
                start_new_session=True,
                text=True,
            )
            started.callback(_kill, process)
            return Running(process, folder)

        yield run
    for path in (*tmp_path.glob("run-*/stdout"), *tmp_path.glob("run-*/stderr")):
        assert "canary" not in path.read_text(errors="replace").lower(), path


@pytest.fixture
def arrived(stand_in: StandIn) -> Arrived:
    """Counts the events that arrived, by name; nothing may have arrived twice."""

    def count() -> Counter[str]:
        assert not [event for event in stand_in.events if event.duplicates], "something was delivered twice"
        return Counter(event.event for event in stand_in.events)

    return count


def _environment(folder: Path, stand_in: StandIn) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MIXPANEL_")}
    path = os.pathsep.join(map(str, (folder, _ROOT, _ROOT / "plugins")))
    told = {
        "MIXPANEL_TOKEN": "canary-token-0123456789",
        "MIXPANEL_API_HOST": stand_in.url,
        "PYTHONUNBUFFERED": "1",
        "PYTHONFAULTHANDLER": "1",
    }
    return {**kept, **told, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill a program and the processes that it left behind."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    if process.stdin:
        process.stdin.close()

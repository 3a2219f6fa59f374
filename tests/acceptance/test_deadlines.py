"""One deadline for all: however many destinations and clients hang, flush, shutdown and exit take it once."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel import Batch, Client

Run = Callable[..., subprocess.CompletedProcess[str]]

MANY = 60


@pytest.fixture
def hanging() -> Iterator[Callable[[Batch], None]]:
    """An answer that does not come before the test is over."""
    released = threading.Event()

    def hang(_: Batch) -> None:
        released.wait(60)

    yield hang
    released.set()


def test_many_destinations_share_the_time_of_a_flush(
    make_client: Callable[..., Client], answering: Any, hanging: Any
) -> None:
    """With sixty hanging destinations a flush takes its time once, not sixty times, and says what is left."""
    client = make_client(*(answering(hanging, name=f"Shop {n}") for n in range(MANY)))
    client.track("u", "a")
    started = time.monotonic()
    assert client.flush(0.2) == MANY
    assert time.monotonic() - started < 0.2 * MANY / 2
    assert sum(stats.pending for stats in client.stats().values()) == MANY


def test_many_destinations_share_the_time_of_a_shutdown(
    make_client: Callable[..., Client], answering: Any, hanging: Any
) -> None:
    """A shutdown gives threads that hang one moment more, all together, and says what was lost."""
    client = make_client(*(answering(hanging, name=f"Shop {n}") for n in range(MANY)))
    client.track("u", "a")
    started = time.monotonic()
    assert client.shutdown(0.1) == MANY
    assert time.monotonic() - started < 0.1 * MANY
    assert all(stats.dropped == {"shutdown": 1} for stats in client.stats().values())


_LEAVE = """
import os, sys
from analytics_mixpanel import Client, hookimpl

class Shop:
    name = "Shop"
    @hookimpl
    def deliver(self, batch):
        pass

client = Client(discover=False, plugins=[Shop()], upload_interval=60, queue=f"spool:{sys.argv[1]}")
client.track("u", "e")
os._exit(0)
"""


@pytest.mark.parametrize("end", ["flush", "shutdown"])
def test_what_others_left_is_not_delivered_by_who_has_a_deadline(
    run_python: Run,
    make_client: Callable[..., Client],
    answering: Any,
    hanging: Any,
    tmp_path: Path,
    end: str,
) -> None:
    """A client that has accepted nothing has nothing to wait for, whatever lies in its spool."""
    client = make_client(answering(hanging), queue=f"spool:{tmp_path / 'spool'}")
    assert run_python(_LEAVE, str(tmp_path / "spool")).returncode == 0
    started = time.monotonic()
    assert getattr(client, end)(0.1) == 0
    assert time.monotonic() - started < 30, "the destination hangs for a minute"


_EXIT = """
import atexit, faulthandler, time
faulthandler.dump_traceback_later(60, exit=True)
started = []
atexit.register(lambda: print(time.monotonic() - started[0]))
from analytics_mixpanel import Client, hookimpl

class Hanging:
    name = "Hanging"
    @hookimpl
    def deliver(self, batch):
        time.sleep(300)

lost = []
for _ in range(60):
    client = Client(
        discover=False, plugins=[Hanging()], shutdown_timeout=0.3, upload_interval=0,
        on_error=lambda error, messages: lost.extend(messages),
    )
    for number in range(2):
        client.track("u", "e")
atexit.register(lambda: started.append(time.monotonic()))
atexit.register(lambda: print(len(lost)))
"""


def test_many_clients_share_the_time_at_exit(run_python: Run) -> None:
    """A process with sixty clients that hang ends as soon as one with one would."""
    ended = run_python(_EXIT, timeout=90)
    assert ended.returncode == 0, ended.stderr
    _, seconds = map(float, ended.stdout.split())
    assert seconds < 0.3 * MANY / 2

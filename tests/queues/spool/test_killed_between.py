"""Processes that are killed at the worst moment: between an answer and the note that it came."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from analytics_mixpanel import Client
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel_destination import Mixpanel
from benchmarks.soak.account import dead_letters

_ROOT: Final = Path(__file__).parents[3]

# Dies instead of noting for the n-th time how far it has got.
_DIES: Final = """
import os, signal, sys
import analytics_mixpanel.queues.spool.cursor as cursor
from analytics_mixpanel import Client
from analytics_mixpanel_destination import Mixpanel

note, notes = cursor.write_ack, iter(range(int(sys.argv[1])))
def die(*arguments):
    if next(notes, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
    note(*arguments)
cursor.write_ack = die

client = Client(plugins=[Mixpanel(max_events=100)], discover=False, upload_interval=60)
for number in range(1_000):
    assert client.track(f"user-{number}", "Tracked", {"life": 0, "number": number})[0]
client.flush(60)
"""

Die = Callable[[int], None]


@pytest.fixture
def die(tmp_path: Path, root: Path, stand_in: StandIn) -> Die:
    """Lets a process track a thousand, note so many parts of them, and die."""

    def run(after: int) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MIXPANEL_")}
        environment = {
            "MIXPANEL_TOKEN": "token",
            "MIXPANEL_API_HOST": stand_in.url,
            "ANALYTICS_MIXPANEL_QUEUE": f"spool:{root}",
            "PYTHONPATH": os.pathsep.join(map(str, (_ROOT, _ROOT / "plugins"))),
        }
        ended = subprocess.run(
            [sys.executable, "-c", _DIES, str(after)],
            env={**kept, **environment},
            cwd=tmp_path,
            timeout=60,
            check=False,
        )
        assert ended.returncode == -signal.SIGKILL

    return run


def _deliver_the_rest(root: Path, url: str) -> int:
    """The next process delivers until nothing is left; how many messages it has found."""
    with Client("token", url, plugins=[Mixpanel()], discover=False, queue=f"spool:{root}") as client:
        deadline = time.monotonic() + 60
        while any(root.glob("*/*.seg")):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return client.stats()["Mixpanel"].recovered


def test_of_a_long_batch_one_request_is_repeated(die: Die, stand_in: StandIn, root: Path) -> None:
    """A batch of ten requests whose process dies in the fifth: what the first four held is not sent again."""
    die(4)
    assert _deliver_the_rest(root, stand_in.url) == 600
    tracked = [event for event in stand_in.events if event.event == "Tracked"]
    assert Counter(event.properties["number"] for event in tracked) == Counter(range(1_000))
    assert sum(event.duplicates for event in tracked) == 100


def test_what_was_refused_is_told_before_it_is_noted(die: Die, stand_in: StandIn, root: Path) -> None:
    """A process that dies between the two has left a dead letter, and the message: nothing is lost."""
    stand_in.answer_next(
        status=400,
        body={
            "code": 400,
            "num_records_imported": 99,
            "failed_records": [{"index": 7, "field": "properties", "message": "no", "insert_id": ""}],
        },
    )
    die(0)
    assert dead_letters(root) == {(0, 7): "rejected: no"}
    assert _deliver_the_rest(root, stand_in.url) == 1_000

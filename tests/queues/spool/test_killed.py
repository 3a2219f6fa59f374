"""Processes that are killed: whatever a call has returned for is delivered, by the next or by a neighbour."""

from __future__ import annotations

import contextlib
import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from analytics_mixpanel import Client
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel_destination import Mixpanel

_ROOT: Final = Path(__file__).parents[3]
#: Tells the figures of a run, with --log-cli-level=INFO.
_log: Final = logging.getLogger(__name__)

# Tracks for ever, and notes each number once its call has returned.
_WRITER: Final = """
import os, sys, time
from analytics_mixpanel import Client
from analytics_mixpanel.lanes.retry import RetryPolicy
from analytics_mixpanel_destination import Mixpanel

client = Client(
    plugins=[Mixpanel()], discover=False, upload_size=50, upload_interval=0.02, timeout=2,
    retry=RetryPolicy(first_wait=0.01, longest_wait=0.1, first_probe=0.05, longest_probe=0.2),
)
notes = os.open(f"notes-{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
number = 0
while True:
    took, message = client.track(f"user-{number % 7}", "Tracked", {"pad": "x" * (number % 50)})
    if took:
        os.write(notes, (message["messageId"] + "\\n").encode())
    number += 1
    time.sleep(0.0005)
"""

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path, root: Path, stand_in: StandIn) -> Iterator[Start]:
    """Starts a program that delivers to the stand-in from the spool."""
    with contextlib.ExitStack() as started:

        def run(program: str, *arguments: str) -> subprocess.Popen[bytes]:
            kept = {name: value for name, value in os.environ.items() if not name.startswith("MIXPANEL_")}
            environment = {
                "MIXPANEL_TOKEN": "token",
                "MIXPANEL_API_HOST": stand_in.url,
                "ANALYTICS_MIXPANEL_QUEUE": f"spool:{root}",
                "PYTHONPATH": os.pathsep.join(map(str, (_ROOT, _ROOT / "plugins"))),
            }
            process = subprocess.Popen(
                [sys.executable, "-c", program, *arguments],
                env={**kept, **environment},
                cwd=tmp_path,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            started.callback(_kill, process)
            return process

        yield run


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def _wait_for_notes(writer: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until a writer is at work."""
    notes = folder / f"notes-{writer.pid}"
    deadline = time.monotonic() + 60
    while not (notes.exists() and notes.stat().st_size):
        assert time.monotonic() < deadline
        time.sleep(0.005)


def _noted(folder: Path) -> set[str]:
    """The ids of messages whose calls have returned."""
    lines = [line for path in folder.glob("notes-*") for line in path.read_text().split("\n")[:-1]]
    assert len(set(lines)) == len(lines)
    return set(lines)


def _deliver_the_rest(root: Path, url: str) -> None:
    """A last process delivers what is left, until nothing is."""
    with Client("token", url, plugins=[Mixpanel()], discover=False, queue=f"spool:{root}") as client:
        client.track("u", "Last")
        deadline = time.monotonic() + 60
        while client.flush(30) or any(path.suffix == ".seg" for path in _others(root, client)):
            assert time.monotonic() < deadline, list(root.glob("*/*"))
            time.sleep(0.02)
    assert [path for path in root.glob("*/*") if path.is_file()] == []


def _others(root: Path, client: Client) -> list[Path]:
    own = client.queue._home.instance or "none"  # type: ignore[attr-defined]
    return [path for path in root.glob("*/*") if not path.name.startswith(own)]


_FAULTS: Final[list[dict[str, object]]] = [
    {},
    {"status": 500},
    {"status": 503, "headers": {"Retry-After": "0.05"}},
    {"status": 429},
    {"drop": True},
    {"drop": True, "ingest": True, "times": 1},
]


@pytest.mark.parametrize(("kills", "writers"), [(12, 3), pytest.param(200, 4, marks=pytest.mark.stress)])
def test_random_kills_lose_nothing(
    start: Start, stand_in: StandIn, tmp_path: Path, root: Path, kills: int, writers: int
) -> None:
    """Of writers killed again and again, with a server that fails, everything arrives."""
    chance = random.Random(kills)
    running = [start(_WRITER) for _ in range(writers)]
    for _ in range(kills):
        victim = running.pop(0)
        _wait_for_notes(victim, tmp_path)
        time.sleep(chance.uniform(0.0, 0.2))
        stand_in.answer_as_usual()
        if fault := chance.choice(_FAULTS):
            stand_in.answer_next(**{"times": None, **fault})  # type: ignore[arg-type]
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
        running.append(start(_WRITER))
    for each in running:
        _kill(each)
    stand_in.answer_as_usual()
    _deliver_the_rest(root, stand_in.url)
    noted = _noted(tmp_path)
    arrived = Counter(event.insert_id for event in stand_in.events)
    assert len(noted) > 100
    assert noted <= arrived.keys()
    assert set(arrived.values()) == {1}, "two that differ in what Mixpanel tells duplicates by"
    duplicates = sum(event.duplicates for event in stand_in.events)
    assert duplicates <= 2 * 50 * kills, "more than a batch for each death and each lost answer"
    if kills >= 200:  # with few, one batch is much of it all
        assert duplicates < 0.02 * len(noted)
    _log.info("%d kills, %d messages, %d duplicates", kills, len(noted), duplicates)


_TRACK: Final = """
import os, signal, sys
from analytics_mixpanel import Client
from analytics_mixpanel_destination import Mixpanel

client = Client(plugins=[Mixpanel()], discover=False, upload_interval=60, thread=2)
for number in range(1_000):
    assert client.track(f"user-{number}", "Tracked", {"number": number})[0]
exec(sys.argv[1])
"""


@pytest.mark.parametrize(
    "end",
    [
        "os.kill(os.getpid(), signal.SIGKILL)",
        "os.kill(os.getpid(), signal.SIGTERM)",
        "os._exit(3)",
        "import ctypes; ctypes.string_at(0)",
    ],
    ids=["kill", "terminate", "_exit", "segfault"],
)
def test_whatever_ends_a_process_the_next_delivers(
    start: Start, stand_in: StandIn, root: Path, end: str
) -> None:
    """A thousand messages of a process that had no time to deliver any arrive from the next."""
    process = start(_TRACK, end)
    process.communicate(timeout=60)
    assert process.returncode != 0
    _deliver_the_rest(root, stand_in.url)
    numbers = Counter(event.properties.get("number") for event in stand_in.events if event.event == "Tracked")
    assert numbers == Counter(range(1_000))


def test_a_start_delivers_by_itself(start: Start, stand_in: StandIn, root: Path) -> None:
    """The next process delivers what was left though it calls nothing."""
    start(_TRACK, "os._exit(0)").communicate(timeout=60)
    with Client("token", stand_in.url, plugins=[Mixpanel()], discover=False, queue=f"spool:{root}") as client:
        assert stand_in.wait_until(lambda: len(stand_in.events) == 1_000, 60)
        deadline = time.monotonic() + 30
        while (stats := client.stats()["Mixpanel"]).pending:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert (stats.accepted, stats.delivered, stats.recovered) == (1_000, 1_000, 1_000)
    assert [path for path in root.glob("*/*") if path.is_file()] == []


_HEIR: Final = """
import sys, time
from analytics_mixpanel import Client
from analytics_mixpanel_destination import Mixpanel

client = Client(plugins=[Mixpanel()], discover=False, upload_size=100)
time.sleep(60)
"""


def test_a_killed_heir_has_an_heir(start: Start, stand_in: StandIn, root: Path) -> None:
    """Who is killed while delivering another's messages leaves the rest to a third; a batch may repeat."""
    start(_TRACK, "os._exit(0)").communicate(timeout=60)
    stand_in.answer_next(delay=0.05, times=None)
    heir = start(_HEIR)
    assert stand_in.wait_until(lambda: len(stand_in.events) >= 300, 60)
    heir.kill()
    heir.communicate()
    assert len(stand_in.events) < 1_000
    stand_in.answer_as_usual()
    _deliver_the_rest(root, stand_in.url)
    tracked = [event for event in stand_in.events if event.event == "Tracked"]
    assert Counter(event.properties["number"] for event in tracked) == Counter(range(1_000))
    assert sum(event.duplicates for event in tracked) <= 100


_NEIGHBOUR: Final = """
import sys, time
from analytics_mixpanel import Client
from analytics_mixpanel.queues.spool import adoption
from analytics_mixpanel_destination import Mixpanel

adoption.EVERY = float(sys.argv[1])
adoption._JITTER = adoption.EVERY / 6
client = Client(plugins=[Mixpanel()], discover=False, upload_interval=0.05)
client.track("neighbour", "Living")
assert client.flush(30) == 0
print("ready", flush=True)
sys.stdin.readline()
assert client.stats()["Mixpanel"].delivered == 1_001
"""


@pytest.mark.parametrize("every", [1.0, pytest.param(30.0, marks=pytest.mark.stress)])
def test_a_living_neighbour_delivers(start: Start, stand_in: StandIn, root: Path, every: float) -> None:
    """What a killed process leaves arrives though it is never started again, and its files are gone."""
    neighbour = start(_NEIGHBOUR, str(every))
    assert neighbour.stdout is not None
    assert neighbour.stdin is not None
    assert neighbour.stdout.readline() == b"ready\n"
    (own,) = (path.stem for path in root.glob("*/*.lock"))
    start(_TRACK, "os.kill(os.getpid(), signal.SIGKILL)").communicate(timeout=60)
    killed = time.monotonic()
    assert stand_in.wait_until(lambda: len(stand_in.events) == 1_001, every + 30)
    if every == 30:
        assert time.monotonic() - killed < 35
    deadline = time.monotonic() + 30
    while files := [path.name for path in root.glob("*/*") if not path.name.startswith(own)]:
        assert time.monotonic() < deadline, files
        time.sleep(0.02)
    neighbour.stdin.write(b"end\n")
    neighbour.communicate(timeout=30)
    assert neighbour.returncode == 0
    assert not any(event.duplicates for event in stand_in.events)
    assert [path for path in root.glob("*/*") if path.is_file()] == []


_FORKS: Final = """
import os, sys
from analytics_mixpanel import Client
from analytics_mixpanel_destination import Mixpanel

client = Client(plugins=[Mixpanel()], discover=False, upload_interval=60)
for number in range(50):
    client.track("parent", "Tracked", {"number": number})
before = len(os.listdir("/dev/fd"))
children = []
for child in range(3):
    if not (pid := os.fork()):
        for number in range(100):
            client.track("child", "Tracked", {"number": 1_000 * (child + 1) + number})
        assert client.stats()["Mixpanel"].accepted == 100
        os._exit(0)  # without delivering
    children.append(pid)
for pid in children:
    assert os.waitpid(pid, 0)[1] == 0
assert client.flush(30) == 0
assert client.stats()["Mixpanel"].delivered >= 50
assert client.shutdown(30) == 0
"""


def test_forked_children_have_files_of_their_own(start: Start, stand_in: StandIn, root: Path) -> None:
    """What children put is theirs, and left by them; what the parent had is delivered by the parent, once."""
    process = start(_FORKS)
    process.communicate(timeout=60)
    assert process.returncode == 0
    _deliver_the_rest(root, stand_in.url)
    tracked = [event for event in stand_in.events if event.event == "Tracked"]
    expected = [*range(50), *(1_000 * child + number for child in (1, 2, 3) for number in range(100))]
    assert Counter(event.properties["number"] for event in tracked) == Counter(expected)
    assert not any(event.duplicates for event in tracked)


def test_no_secret_is_on_disk(start: Start, root: Path) -> None:
    """Neither a file's name nor what is in it tells the token or where it goes."""
    start(_TRACK, "os._exit(0)").communicate(timeout=60)
    found = [path for path in root.rglob("*") if path.is_file()]
    assert found
    for path in found:
        assert b"token" not in path.read_bytes()
        assert b"127.0.0.1" not in path.read_bytes()
        assert "token" not in str(path.relative_to(root))

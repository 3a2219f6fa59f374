"""The page on reliability: its table is what really happens, its examples and commands are run."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from analytics_mixpanel.debugger import StandIn

Run = Callable[..., subprocess.CompletedProcess[str]]

PAGE: Final = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text(encoding="utf-8")
EXAMPLES: Final = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
(COMMANDS,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
COUNT: Final = 20
IN_MEMORY: Final = 12

QUEUES: Final[dict[str, dict[str, Any]]] = {
    "memory": {},
    "spool": {"queue": "spool:spool"},
    "spool with fsync": {"queue": "spool:spool", "spool_fsync": "always"},
    "spill": {"queue": "spool:spool", "when_full": "spill", "max_queue_size": IN_MEMORY},
}

# Nothing is delivered before the event, which is then the only thing that counts.
_PROGRAM: Final = """
import json, os, resource, signal, sys
from analytics_mixpanel import Client
settings, event = json.loads(sys.argv[1]), sys.argv[2]
client = Client("TOKEN", upload_interval=3600, **settings)
if "flush_on_signals" in event:
    client.flush_on_signals()
if event == "full disk":
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
child = 0
for number in range(20):
    if number == 10 and event == "fork":
        child = os.fork()
    if not child:
        client.track("u", "e", {"n": number})
if child:
    os.waitpid(child, 0)
if event == "unhandled exception":
    raise RuntimeError
if event.startswith("SIGTERM"):
    os.kill(os.getpid(), signal.SIGTERM)
if event == "kill -9":
    os.kill(os.getpid(), signal.SIGKILL)
"""
# The next process, with the same settings.
_NEXT: Final = """
import json, sys, time
from analytics_mixpanel import Client
client = Client("TOKEN", **json.loads(sys.argv[1]))
deadline = time.monotonic() + 20
while client.stats()["Mixpanel"].delivered < int(sys.argv[2]) and time.monotonic() < deadline:
    time.sleep(0.005)
client.shutdown()
"""


def table(beginning: str) -> dict[str, dict[str, str]]:
    """A table of the page: row → column → cell."""
    lines = PAGE[PAGE.index(beginning) :].split("\n\n")[0].splitlines()
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {row[0].strip(): dict(zip(head[1:], row[1:], strict=True)) for row in rows}


PROMISES: Final = table("| event |")
TESTED: Final = [
    (event, queue)
    for event, cells in PROMISES.items()
    for queue, cell in cells.items()
    if cell.startswith("**")
]

# Events at which Mixpanel must not have answered before: a full memory is delivered at once.
UNANSWERED: Final = {"exit during an outage", "SIGTERM without it", "kill -9"}


def arrived(stand_in: StandIn) -> Counter[int]:
    """How often each message arrived."""
    return Counter(event.properties["n"] for event in stand_in.events)


def test_the_table_has_every_queue() -> None:
    """The columns are those of the table of queues, and every queue is tried against the same events."""
    assert {column for cells in PROMISES.values() for column in cells} == set(QUEUES)
    assert len(TESTED) == 8 * len(QUEUES)


@pytest.mark.parametrize(("event", "queue"), TESTED)
def test_a_promise(event: str, queue: str, stand_in: StandIn, run_python: Run) -> None:
    """The first word of the cell is what becomes of the messages, all of them, each once."""
    settings = QUEUES[queue]
    if event in UNANSWERED:
        stand_in.answer_next(503, times=None)
    if event == "exit during an outage":
        settings = {**settings, "shutdown_timeout": 0.3}
    done = run_python(_PROGRAM, json.dumps(settings), event, MIXPANEL_API_HOST=stand_in.url)
    killed = {"SIGTERM": -signal.SIGTERM, "kill -9": -signal.SIGKILL, "unhandled exception": 1}
    assert done.returncode == next((code for what, code in killed.items() if event.startswith(what)), 0), done
    at_once = arrived(stand_in)
    stand_in.answer_as_usual()
    missing = COUNT - len(at_once)
    if missing:
        left = COUNT - IN_MEMORY if "on disk" in PROMISES[event][queue] else missing
        run_python(
            _NEXT,
            json.dumps(settings),
            str(left if "queue" in settings else 0),
            MIXPANEL_API_HOST=stand_in.url,
        )
    in_the_end = arrived(stand_in)
    fate = "delivered" if len(at_once) == COUNT else "kept" if len(in_the_end) == COUNT else "lost"
    promised = PROMISES[event][queue]
    assert promised.startswith(f"**{fate}**")
    assert set(in_the_end.values()) <= {1}
    if "counted and told" in promised:
        assert "messages are being dropped: shutdown" in done.stderr
    if "save what was on disk" in promised:
        assert len(in_the_end) == COUNT - IN_MEMORY


def test_the_first_example(stand_in: StandIn, run_python: Run) -> None:
    """A client with a spool delivers, and leaves nothing behind."""
    done = run_python(EXAMPLES[0], MIXPANEL_API_HOST=stand_in.url)
    assert done.returncode == 0, done.stderr
    assert [event.event for event in stand_in.events] == ["Order Completed"]


def test_the_example_of_a_full_queue(stand_in: StandIn, run_python: Run) -> None:
    """As it stands it delivers; with room for one message it says who does not get the second."""
    done = run_python(EXAMPLES[1], MIXPANEL_API_HOST=stand_in.url)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    full = EXAMPLES[1].replace("50_000", "1, upload_interval=60")
    full = full.replace("    client.track(", "    client.track('user-1', 'First')\n    client.track(")
    done = run_python(full, MIXPANEL_API_HOST=stand_in.url)
    assert done.stdout == "dropped for ('Mixpanel',)\n", done.stderr


def test_the_example_of_the_accounts(stand_in: StandIn, run_python: Run) -> None:
    """It prints what its comment says."""
    done = run_python(EXAMPLES[2], MIXPANEL_API_HOST=stand_in.url)
    (comment,) = re.findall(r"stats\.pending\)  # (.*)", EXAMPLES[2])
    assert done.stdout.strip() == comment, done.stderr


_LEAVE: Final = """
import os, signal
from datetime import datetime, timezone
from analytics_mixpanel import Client
client = Client("TOKEN", queue="spool:DIR", upload_interval=3600)
client.track("u", "Now")
client.track("u", "Later", timestamp=datetime(2999, 1, 1, tzinfo=timezone.utc))
os.kill(os.getpid(), signal.SIGKILL)
"""
_COMMAND: Final = "import sys; from analytics_mixpanel.cli import main; sys.exit(main(sys.argv[1:]))"


def test_the_commands(stand_in: StandIn, run_python: Run) -> None:
    """One after the other on what a killed process left: what was rejected is listed, put back, removed."""
    variables = {"MIXPANEL_API_HOST": stand_in.url, "MIXPANEL_TOKEN": "TOKEN"}
    run_python(_LEAVE, **variables)
    outputs = {}
    for line in COMMANDS.splitlines():
        arguments = re.findall(r'"[^"]*"|\S+', line)[1:]
        done = run_python(_COMMAND, *(each.strip('"') for each in arguments), **variables, COLUMNS="200")
        assert "Traceback" not in done.stderr, done.stderr
        outputs[arguments[1]] = (done.returncode, done.stdout)
    assert [event.event for event in stand_in.events] == ["Now"]
    assert "orphan" in outputs["status"][1]
    assert outputs["drain"] == (1, "1 delivered, 1 rejected, 0 dropped, 0 left\n")
    assert "Later" in outputs["dead"][1]
    assert outputs["retry"][0] == 0
    assert outputs["retry"][1].startswith("1 put back into the queue, 0 kept as dead letters\n")
    assert json.loads(outputs["export"][1])["event"] == "Later"
    assert outputs["purge"][0] == 0
    assert {name: status for name, (status, _) in outputs.items()}["status"] == 1


def test_the_policies_are_those_there_are() -> None:
    """The table of policies names each, and no other."""
    from analytics_mixpanel.queues.overflow import WhenFull

    named = [re.findall(r"`([^`]+)`", row)[0].replace("SECONDS", "1") for row in table("| `when_full` |")]
    assert {WhenFull.parse(name).kind for name in named} == {
        "drop-new",
        "drop-old",
        "block",
        "raise",
        "spill",
    }


def test_the_commands_are_those_there_are() -> None:
    """Every command of ``queue`` has its row, and its example."""
    from analytics_mixpanel.cli.queue import _COMMANDS

    assert [row.strip("`") for row in table("| command |")] == list(_COMMANDS)
    assert {line.split()[2] for line in COMMANDS.splitlines()} == set(_COMMANDS)

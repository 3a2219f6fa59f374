"""``queue drain``: what ended processes left is delivered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel import Client
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.queues.spool import SpoolQueue

Command = Callable[..., Any]
TOKEN = "DRAIN_TOKEN"


@pytest.fixture
def project(spooling: Any, stand_in: StandIn) -> str:
    """What a client of the stand-in calls its part of the spool."""
    return _project(spooling.root, stand_in.url)


def _project(root: Path, host: str) -> str:
    with Client(TOKEN, host, queue=f"spool:{root}") as client:
        assert isinstance(client.queue, SpoolQueue)
        return client.queue.path.name


def _drain(command: Command, root: Path, stand_in: StandIn, *options: str) -> Any:
    variables = {"MIXPANEL_TOKEN": TOKEN, "MIXPANEL_API_HOST": stand_in.url}
    return command("queue", "drain", str(root), "--timeout", "50", *options, **variables)


def test_it_delivers_everything(command: Command, spooling: Any, stand_in: StandIn, project: str) -> None:
    """Every message of every ended process arrives once, and nothing is left on disk."""
    spooling.leave(*range(100), destinations=("Mixpanel",), name=project)
    spooling.leave(*range(100, 150), destinations=("Mixpanel",), name=project)
    done = _drain(command, spooling.root, stand_in)
    assert (done.out, done.status) == ("150 delivered, 0 rejected, 0 dropped, 0 left\n", 0), done.err
    assert sorted(event.properties["n"] for event in stand_in.events) == list(range(150))
    assert list((spooling.root / project).iterdir()) == []


def test_an_empty_one_needs_no_settings(command: Command, spooling: Any) -> None:
    """Where nothing is left no client is made, and no token asked for."""
    with spooling.directory():
        done = command("queue", "drain", str(spooling.root), "--json")
    assert (done.rows, done.status) == ([{"delivered": 0, "rejected": 0, "dropped": {}, "left": 0}], 0)


def test_another_project_s_are_left(command: Command, spooling: Any, stand_in: StandIn, project: str) -> None:
    """What a client with these settings cannot deliver stays, is said, and is not waited for."""
    spooling.leave(1, destinations=("Mixpanel",), name=project)
    spooling.leave(2, destinations=("Nobody",), name=project)
    spooling.leave(3, destinations=("Mixpanel",), name="other")
    done = _drain(command, spooling.root, stand_in)
    assert (done.out, done.status) == ("1 delivered, 0 rejected, 0 dropped, 2 left\n", 1)
    assert "2 messages are for another project, host or destination" in done.err


def test_what_is_rejected_becomes_a_dead_letter(
    command: Command, spooling: Any, stand_in: StandIn, project: str
) -> None:
    """A rejection is a status of 1; the message is kept, can be listed, and put back."""
    queue = spooling.queue(project)
    queue.open("Mixpanel")
    message = (
        b'{"type":"track","event":"Late","userId":"u","messageId":"m","timestamp":"2999-01-01T00:00:00Z"}'
    )
    queue.put(message, ("Mixpanel",))
    queue.close()
    done = _drain(command, spooling.root, stand_in, "--json")
    assert (done.rows, done.status) == ([{"delivered": 0, "rejected": 1, "dropped": {}, "left": 0}], 1)
    (letter,) = command("queue", "dead", str(spooling.root), "--json").rows
    assert (letter["destination"], letter["outcome"], letter["attempts"]) == ("Mixpanel", "rejected", 1)
    assert letter["message"]["event"] == "Late"
    assert letter["reason"]
    assert command("queue", "retry", str(spooling.root), "--json").rows[0]["retried"] == 1
    assert _drain(command, spooling.root, stand_in, "--json").rows[0]["rejected"] == 1


def test_a_dead_server_is_said_in_time(command: Command, spooling: Any) -> None:
    """Where nobody answers, all is left, and standard error says what is in the way."""
    host = "http://127.0.0.1:9"
    spooling.leave(1, 2, destinations=("Mixpanel",), name=_project(spooling.root, host))
    done = command("queue", "drain", str(spooling.root), "--timeout", "1", "--token", TOKEN, "--host", host)
    assert (done.out, done.status) == ("0 delivered, 0 rejected, 0 dropped, 2 left\n", 1)
    assert "Mixpanel: retrying since" in done.err
    assert TOKEN not in done.err


def test_a_missing_setting_is_said(command: Command, spooling: Any) -> None:
    """Without a token it ends at once and says which variable to set; exit 2."""
    spooling.leave(1, destinations=("Mixpanel",))
    done = command("queue", "drain", str(spooling.root))
    assert done.status == 2
    assert "MIXPANEL_TOKEN" in done.err

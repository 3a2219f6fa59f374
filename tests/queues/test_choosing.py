"""Which queue is chosen, by the setting or the environment, and where a spool is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel import Client
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.queues.choosing import (
    QUEUE_VARIABLE,
    QueueSettings,
    make_queue,
    project_name,
    queue_kind,
    spool_root,
)
from analytics_mixpanel.queues.memory import MemoryQueue
from analytics_mixpanel.queues.spool import SpoolQueue
from analytics_mixpanel_destination import Mixpanel

MakeClient = Callable[..., Client]


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (QUEUE_VARIABLE, "STATE_DIRECTORY", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_memory_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the application's is on disk unasked; code wins over the environment."""
    assert queue_kind(None) == "memory"
    monkeypatch.setenv(QUEUE_VARIABLE, " spool:/var/lib/app ")
    assert queue_kind(None) == "spool:/var/lib/app"
    assert queue_kind("memory") == "memory"


@pytest.mark.parametrize("kind", ["spool:", "disk", "redis://localhost", "spool /tmp", "Memory"])
def test_an_unknown_queue_is_refused(kind: str) -> None:
    """The error says what there is."""
    with pytest.raises(ConfigurationError, match=r"^queue must be 'memory', 'spool' or 'spool:DIRECTORY'"):
        queue_kind(kind)


def test_the_client_s_setting_makes_the_queue(
    make_client: MakeClient, answering: Any, tmp_path: Path
) -> None:
    """``Client(queue=...)`` and the attribute ``queue``, as upstream calls it, are two things."""
    assert isinstance(make_client(answering()).queue, MemoryQueue)
    client = make_client(answering(), queue=f"spool:{tmp_path / 'spool'}")
    assert isinstance(client.queue, SpoolQueue)
    assert client.queue.empty()
    assert client.queue.qsize() == 0


def test_an_unsafe_directory_stops_the_start(make_client: MakeClient, answering: Any, tmp_path: Path) -> None:
    """A client is not made on a directory that others may write to; the error names it and what to do."""
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool").chmod(0o777)
    with pytest.raises(ConfigurationError, match=r"spool may be written by other users; chmod go-w"):
        make_client(answering(), queue=f"spool:{tmp_path / 'spool'}")


def test_where_a_spool_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it was said, else where the system keeps such things; never in a shared directory."""
    monkeypatch.setenv("HOME", "/home/app")
    assert spool_root("spool:/var/lib/app") == Path("/var/lib/app")
    assert spool_root("spool:~/spool") == Path("/home/app/spool")
    assert spool_root("spool:relative") == Path.cwd() / "relative"
    assert spool_root("spool") == Path("/home/app/.local/state/analytics-mixpanel")
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert spool_root("spool") == Path("/state/analytics-mixpanel")
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/unit:/var/lib/other")
    assert spool_root("spool") == Path("/var/lib/unit/analytics-mixpanel")


def test_projects_have_directories_of_their_own() -> None:
    """The same projects have the same, in whatever order; one that is not told counts too."""
    assert project_name(["a", "b"]) == project_name(["b", "a"])
    assert len({project_name(keys) for keys in ([""], ["a"], ["a", ""], ["a", "b"])}) == 4
    assert len(project_name(["a"])) == 16


def test_mixpanel_s_projects_are_told_apart() -> None:
    """By token and by host; neither can be read from the key."""
    keys = {
        Mixpanel(token=token, region=region).project_key
        for token in ("token-one", "token-two")
        for region in ("us", "eu")
    }
    assert len(keys) == 4
    assert not any("token" in key or "mixpanel" in key for key in keys)
    assert Mixpanel(token="token-one", region="us").project_key in keys


def test_without_locks_there_is_no_spool(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a system without POSIX locks the error says what to use."""
    for name in [name for name in sys.modules if name.startswith("analytics_mixpanel.queues.spool")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with pytest.raises(ConfigurationError, match="use queue='memory'"):
        make_queue(QueueSettings("spool:/nowhere", 1, 1, 1))

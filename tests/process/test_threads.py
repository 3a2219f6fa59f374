"""What threads are in this process."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from analytics_mixpanel import Client
from analytics_mixpanel.process.threads import threads_run


@pytest.mark.parametrize(
    ("options", "run"),
    [
        ({}, False),
        ({"enable-threads": b"false"}, False),
        ({"enable-threads": b"0"}, False),
        ({"enable-threads": True}, True),
        ({"enable-threads": b"true"}, True),
        ({"threads": b"4"}, True),
    ],
)
def test_uwsgi_s_options_tell(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], run: bool) -> None:
    """Its module, which only its own processes have, says whether threads run."""
    monkeypatch.setitem(sys.modules, "uwsgi", SimpleNamespace(opt=options))
    assert threads_run() is run


def test_elsewhere_they_run() -> None:
    """Nothing is said of processes that are not uWSGI's."""
    assert threads_run() is True


def test_without_threads_a_flush_delivers(
    monkeypatch: pytest.MonkeyPatch,
    make_client: Callable[..., Client],
    answering: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No thread is started, which is said once; what a flush or the end delivers arrives."""
    monkeypatch.setitem(sys.modules, "uwsgi", SimpleNamespace(opt={}))
    shop = answering()
    client = make_client(shop)
    with caplog.at_level(logging.WARNING):
        for _ in range(10):
            client.track("u", "a")
    assert caplog.text.count("uWSGI runs no threads") == 1
    assert (client.consumers, shop.events) == ([], [])
    assert client.flush() == 0
    assert shop.events == ["a"] * 10

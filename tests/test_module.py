"""The module as a client: settings, functions, plugins."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import segment.analytics as upstream

import analytics_mixpanel as analytics
from analytics_mixpanel import functions
from analytics_mixpanel.errors import ArgumentError, ConfigurationError, PluginError
from analytics_mixpanel.testing import RecordingDestination

Run = Callable[..., subprocess.CompletedProcess[str]]

_UPSTREAM_FORGOT = ["proxies", "thread", "upload_size", "upload_interval", "log_handler"]


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The module as freshly imported, and afterwards as it was; it finds no installed plugin."""
    monkeypatch.setattr(analytics, "default_client", None)
    monkeypatch.setattr(functions, "_plugins", [])
    monkeypatch.setattr(functions, "_encoders", {})
    monkeypatch.setattr(analytics, "discover", False)
    yield monkeypatch
    analytics.shutdown(1)


def test_upstream_s_names_are_here() -> None:
    """Whatever analytics-python's module offers, this one does, and the settings that it forgot."""
    theirs = [name for name in vars(upstream) if not name.startswith("_") or name == "__version__"]
    submodules = {"client", "consumer", "request", "utils", "version", "oauth_manager", "test"}
    missing = [name for name in theirs if name not in submodules and not hasattr(analytics, name)]
    assert missing == []
    assert all(hasattr(analytics, name) for name in _UPSTREAM_FORGOT)


def test_a_function_is_its_method(module: pytest.MonkeyPatch) -> None:
    """A call through the module is a call of its client, which the first one makes."""
    recording = RecordingDestination()
    analytics.register(recording)
    assert analytics.default_client is None
    success, message = analytics.track("u", "Paid", {"total": 1})
    assert success is True
    assert isinstance(analytics.default_client, analytics.Client)
    assert analytics.flush() == 0
    assert recording.messages == [message]
    assert analytics.stats()["Recording"].delivered == 1


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("identify", ("u", {"plan": "pro"})),
        ("track", ("u", "e")),
        ("alias", ("a", "u")),
        ("group", ("u", "g")),
        ("page", ("u",)),
        ("screen", ("u",)),
        ("enqueue", ({"type": "track", "event": "e"},)),
    ],
)
def test_every_call_is_there(module: pytest.MonkeyPatch, call: str, arguments: tuple[Any, ...]) -> None:
    """Each of the calls is a function that delivers."""
    recording = RecordingDestination()
    analytics.register(recording)
    assert getattr(analytics, call)(*arguments)[0] is True
    analytics.flush()
    assert len(recording) == 1


def test_many_first_calls_make_one_client(module: pytest.MonkeyPatch) -> None:
    """Threads that call at once share one client, so that a flush is a flush of all."""
    made: list[analytics.Client | None] = []
    analytics.register(RecordingDestination())
    together = threading.Barrier(8)

    def call() -> None:
        together.wait(5)
        analytics.track("u", "e")
        made.append(analytics.default_client)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert analytics.flush() == 0
    assert analytics.stats()["Recording"].accepted == 8
    assert len(set(map(id, made))) == 1


def test_settings_are_read_at_the_first_call(module: pytest.MonkeyPatch) -> None:
    """What is assigned to the module before the first call is the client's."""
    values = {
        "write_key": "key",
        "host": "http://127.0.0.1:1",
        "max_queue_size": 7,
        "thread": 2,
        "upload_size": 3,
        "upload_interval": 0.25,
        "timeout": 1.5,
        "max_retries": 4,
        "gzip": False,
        "send": False,
        "proxies": {"https": "http://127.0.0.1:1"},
        "max_total_backoff_duration": 60,
        "max_rate_limit_duration": 30,
        "flush_timeout": 8.0,
        "shutdown_timeout": 0.5,
        "max_queue_bytes": 1_000,
        "max_message_bytes": 900,
        "library_name": "mine",
    }
    for name, value in values.items():
        module.setattr(analytics, name, value)
    analytics.register(RecordingDestination())
    analytics.track("u", "e")
    assert {name: getattr(analytics.default_client, name) for name in values} == values


def test_after_a_shutdown_there_is_a_new_client(module: pytest.MonkeyPatch) -> None:
    """A call after ``shutdown`` makes another client, with the settings of then and the same plugins."""
    recording = RecordingDestination()
    analytics.register(recording)
    analytics.track("u", "a")
    first = analytics.default_client
    assert analytics.shutdown() == 0
    assert analytics.stats()["Recording"].delivered == 1
    module.setattr(analytics, "upload_size", 5)
    analytics.track("u", "b")
    analytics.join()
    second = analytics.default_client
    assert first is not second
    assert second is not None
    assert second.upload_size == 5
    assert [message["event"] for message in recording] == ["a", "b"]


def test_shutting_down_nothing_makes_nothing(module: pytest.MonkeyPatch) -> None:
    """Without a client ``shutdown`` and ``join`` need no settings."""
    assert analytics.shutdown() == 0
    analytics.join()
    assert analytics.default_client is None


def test_a_plugin_may_come_before_and_after_the_first_call(module: pytest.MonkeyPatch) -> None:
    """``register`` works on the client that is there, and on those that will be."""
    first, second = RecordingDestination("First"), RecordingDestination("Second")
    analytics.register(first)
    analytics.track("u", "a")
    analytics.register(second)
    analytics.track("u", "b")
    analytics.shutdown()
    analytics.track("u", "c")
    analytics.shutdown()
    assert [message["event"] for message in first] == ["a", "b", "c"]
    assert [message["event"] for message in second] == ["b", "c"]


def test_a_plugin_that_is_refused_is_not_kept(module: pytest.MonkeyPatch) -> None:
    """One that the present client refuses does not come back to break the next."""
    recording = RecordingDestination()
    analytics.register(recording)
    analytics.track("u", "a")
    with pytest.raises(PluginError, match="called 'Recording'"):
        analytics.register(RecordingDestination())
    analytics.shutdown()
    analytics.track("u", "b")
    analytics.shutdown()
    assert len(recording) == 2


def test_an_encoder_may_come_before_and_after_the_first_call(module: pytest.MonkeyPatch) -> None:
    """``register_encoder`` works on the client that is there, and on those that will be."""

    class First:
        pass

    class Second:
        pass

    recording = RecordingDestination()
    analytics.register(recording)
    analytics.register_encoder(First, lambda _: "first")
    analytics.track("u", "a", {"v": First()})
    analytics.register_encoder(Second, lambda _: "second")
    analytics.track("u", "b", {"v": Second()})
    analytics.shutdown()
    analytics.track("u", "c", {"v": [First(), Second()]})
    analytics.shutdown()
    assert [m["properties"]["v"] for m in recording] == ["first", "second", ["first", "second"]]


def test_an_encoder_without_effect_is_said_at_once(module: pytest.MonkeyPatch) -> None:
    """Not by the first call, nor by every call after it."""
    with pytest.raises(ArgumentError, match="dict has no effect"):
        analytics.register_encoder(dict, str)
    analytics.register(RecordingDestination())
    assert analytics.track("u", "e")[0] is True


def test_without_a_token_the_first_call_says_so(run_python: Run) -> None:
    """No token is one clear error at the first call, which names the setting and the variable."""
    ended = run_python("import analytics_mixpanel as analytics; analytics.track('u', 'e')")
    error = ended.stderr.splitlines()[-1]
    assert "ConfigurationError" in error or "NotConfigured" in error
    assert "write_key" in error
    assert "MIXPANEL_TOKEN" in error


def test_without_a_token_every_call_says_so(module: pytest.MonkeyPatch) -> None:
    """The error comes again with the next call, until there is a destination."""
    for _ in range(2):
        with pytest.raises(ConfigurationError):
            analytics.track("u", "e")
    analytics.register(RecordingDestination())
    assert analytics.track("u", "e")[0] is True

"""``check_plugin``: it finds each kind of wrong plugin, and passes good ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from attrs import define

from analytics_mixpanel import Batch, Drop, Message, Outcome, Rejection, hookimpl
from analytics_mixpanel.errors import PluginError
from analytics_mixpanel.testing import RecordingDestination, check_plugin, checking

_CANARY = "secret-canary"


@define(eq=False)
class Capturing:
    """A plugin whose ``capture`` is the test's."""

    action: Callable[[Any], Any]

    @hookimpl
    def capture(self, message: Message) -> Any:
        """Act."""
        return self.action(message)


@define(eq=False)
class Enriching:
    """A plugin whose ``enrich`` is the test's."""

    action: Callable[[Any], Any]

    @hookimpl
    def enrich(self, message: Message) -> Any:
        """Act."""
        return self.action(message)


@define(eq=False)
class Delivering:
    """A destination whose answer is the test's."""

    action: Callable[[Batch], Any]

    @hookimpl
    def deliver(self, batch: Batch) -> Any:
        """Act."""
        return self.action(batch)


def _raise(_: object) -> None:
    raise RuntimeError(_CANARY)


def _nested(message: Any) -> None:
    if message["type"] == "track" and "properties" in message:
        message["properties"]["list"].append("more")


def _top_level(message: Any) -> None:
    for field in ("properties", "traits", "context"):
        if message.get(field) is not None:
            message[field]["more"] = 1


GOOD: dict[str, object] = {
    "recording": RecordingDestination(),
    "silent": Capturing(lambda _: None),
    "changing": Capturing(lambda message: {**message, "context": {**(message.get("context") or {}), "a": 1}}),
    "own dicts": Capturing(_top_level),
    "dropping": Capturing(lambda _: Drop("why")),
    "nested, in enrich": Enriching(_nested),
    "rejecting": Delivering(
        lambda _: Outcome(rejected={0: Rejection("x")}, retry={1: "x"}, dropped={2: "x"})
    ),
}
WRONG: dict[str, tuple[object, str]] = {
    "capture raises": (Capturing(_raise), r"capture\(track\) raised RuntimeError at test_checking.py"),
    "capture answers a bool": (Capturing(lambda _: True), r"capture\(page\) returned a bool"),
    "capture changes what is nested": (Capturing(_nested), r"capture\(track\) changed a nested value"),
    "capture takes the type away": (Capturing(lambda _: {"event": "e"}), "without its type"),
    "capture makes traits text": (
        Capturing(lambda message: {**message, "traits": "pro"}),
        "made traits a str; it must stay a dict",
    ),
    "enrich raises": (Enriching(_raise), r"enrich\(identify\) raised RuntimeError"),
    "enrich answers a list": (Enriching(lambda message: [message]), r"enrich\(alias\) returned a list"),
    "deliver raises": (Delivering(_raise), "deliver raised RuntimeError"),
    "deliver answers a bool": (Delivering(lambda _: True), "deliver returned a bool"),
    "deliver answers an index too high": (
        Delivering(lambda batch: Outcome(retry={len(batch.messages): "x"})),
        "an index that is not in the batch",
    ),
    "deliver names a message twice": (
        Delivering(lambda _: Outcome(retry={0: "x"}, dropped={0: "x"})),
        "names a message twice",
    ),
}


@pytest.mark.parametrize("plugin", GOOD.values(), ids=GOOD.keys())
def test_a_good_one_passes(plugin: object) -> None:
    """A plugin that keeps the rules raises nothing."""
    check_plugin(plugin)


@pytest.mark.parametrize(("plugin", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_one_is_found(plugin: object, words: str) -> None:
    """A plugin that breaks a rule is an error which says where; an exception's text is not in it."""
    with pytest.raises(PluginError, match=words) as caught:
        check_plugin(plugin)
    assert _CANARY not in str(caught.value)


def test_everything_wrong_is_said_at_once() -> None:
    """The error lists all that was found."""

    @define(eq=False)
    class Wrong:
        @hookimpl
        def enrich(self, message: Message) -> Any:
            return 1

        @hookimpl
        def delivered(self, message: Message) -> None:
            _raise(message)

        @hookimpl
        def rejected(self, message: Message) -> None:
            _raise(message)

        @hookimpl
        def dropped(self, message: Message) -> None:
            _raise(message)

        @hookimpl
        def flush(self) -> None:
            _raise(None)

        @hookimpl
        def shutdown(self) -> None:
            _raise(None)

    with pytest.raises(PluginError) as caught:
        check_plugin(Wrong())
    for words in (
        "enrich(",
        "delivered raised",
        "rejected raised",
        "dropped raised",
        "flush raised",
        "shutdown raised",
    ):
        assert words in str(caught.value)


def test_a_slow_one_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook that takes too long is named with its time."""
    monkeypatch.setattr(checking, "SECONDS", 0.01)
    with pytest.raises(PluginError, match=r"deliver took 0\.\d seconds"):
        check_plugin(Delivering(lambda _: time.sleep(0.03)))


def test_one_that_does_not_register_is_refused_as_ever() -> None:
    """What a client would refuse is refused here with the same words."""
    with pytest.raises(PluginError, match="register an instance"):
        check_plugin(RecordingDestination)
    with pytest.raises(PluginError, match="no hook"):
        check_plugin(object())


def test_one_is_checked_again_and_again() -> None:
    """Checking changes nothing that the next check begins with."""
    for _ in range(2):
        with pytest.raises(PluginError, match="changed a nested value"):
            check_plugin(Capturing(_nested))
        check_plugin(RecordingDestination())

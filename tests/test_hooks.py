"""Running hooks: in order, each by itself."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel import Drop
from analytics_mixpanel.hooks import NOT_REDACTED, Hook, finish, fold, redacted, tell

_CANARY = "secret-canary"


def _raising(*_: object) -> None:
    raise RuntimeError(_CANARY)


def _marking(mark: str) -> Hook:
    return Hook(mark, lambda message, *_: {**message, "event": message["event"] + mark})


def test_each_sees_what_the_one_before_made() -> None:
    """A message passes through the hooks in their order."""
    assert fold((_marking("1"), _marking("2")), {"event": "e"}) == {"event": "e12"}


def test_none_means_unchanged() -> None:
    """A hook without an opinion, or whose ``return`` was forgotten, loses nothing."""
    message: Any = {"event": "e"}
    assert fold((Hook("p", lambda _: None),), message) is message


def test_no_hooks_change_nothing() -> None:
    """Without hooks a message is itself."""
    message: Any = {"event": "e"}
    assert fold((), message) is message


def test_a_drop_ends_it() -> None:
    """After a Drop no further hook is asked."""
    asked: list[Any] = []
    later = Hook("later", asked.append)
    assert fold((Hook("p", lambda _: Drop("why")), later), {"event": "e"}) == Drop("why")
    assert asked == []


def test_one_that_raises_is_skipped(caplog: pytest.LogCaptureFixture) -> None:
    """The message goes on as it was; the plugin is named in the log, the exception's text is not."""
    assert fold((_marking("1"), Hook("Broken", _raising), _marking("2")), {"event": "e"}) == {"event": "e12"}
    assert "plugin Broken was skipped" in caplog.text
    assert "RuntimeError at test_hooks.py" in caplog.text
    assert _CANARY not in caplog.text


@pytest.mark.parametrize("answer", [True, "message", ["e"], 0, Drop])
def test_a_wrong_answer_is_skipped(answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    """What is neither a message nor None nor a Drop is ignored, and said."""
    assert fold((Hook("Odd", lambda _: answer), _marking("1")), {"event": "e"}) == {"event": "e1"}
    assert "Odd" in caplog.text
    assert "return the message, None or Drop" in caplog.text


def test_further_arguments_are_passed() -> None:
    """What a hook is given besides the message it gets."""
    given: list[Any] = []
    fold((Hook("p", lambda *arguments: given.append(arguments)),), {"event": "e"}, "Shop")
    assert given == [({"event": "e"}, "Shop")]


def _message(**more: Any) -> Any:
    return {"type": "track", "messageId": "1", "event": "e", "userId": _CANARY, **more}


def test_a_message_that_is_given_up_is_redacted_as_well() -> None:
    """What is told of it has passed the same hooks."""
    made = redacted((_marking("1"),), Drop("why"), _message(), None)
    assert made == (_message(event="e1"), "why")


def test_the_last_word_is_that_of_who_redacts() -> None:
    """What ``fold`` made goes on through each in turn, unless one gives it up; ``seen`` is passed on."""
    given: list[Any] = []
    keeping = Hook("p", lambda *arguments: given.append(arguments))
    dropping = Hook("q", lambda *_: Drop("no"))
    hooks = (Hook("r", lambda message, _: {**message, "event": "r"}), keeping)
    assert redacted(hooks, _message(event="f"), _message(), {"event": "s"}) == (_message(event="r"), None)
    assert given == [(_message(event="r"), {"event": "s"})]
    assert redacted((dropping, keeping), _message(), _message(), None) == (_message(), "no")
    assert len(given) == 2


@pytest.mark.parametrize("call", [_raising, lambda *_: _CANARY])
def test_one_that_cannot_redact_costs_the_message(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """It is given up, and what is told of it is neither the application's nor whom it is about."""
    made = redacted((Hook("Broken", call), _marking("1")), _message(), _message(), None)
    assert made == ({"type": "track", "messageId": "1"}, NOT_REDACTED)
    assert "plugin Broken gave" in caplog.text
    assert _CANARY not in caplog.text


def test_observers_are_all_told(caplog: pytest.LogCaptureFixture) -> None:
    """An observer that raises keeps no other from being told."""
    told: list[Any] = []
    tell((Hook("Broken", _raising), Hook("p", lambda *given: told.append(given))), 1, 2)
    assert told == [(1, 2)]
    assert _CANARY not in caplog.text


def test_the_last_hooks_get_the_time_that_is_left() -> None:
    """Each is given what remains when its turn comes, never less than nothing."""
    left = iter([3.0, -1.0])
    given: list[float] = []
    finish((Hook("p", given.append), Hook("q", given.append)), lambda: next(left))
    assert given == [3.0, 0.0]

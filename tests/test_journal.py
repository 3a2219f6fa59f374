"""The client's log."""

from __future__ import annotations

import logging

import pytest

from analytics_mixpanel import journal
from analytics_mixpanel.journal import log_seldom, place_of


class _Clock:
    now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    """A clock that the test moves."""
    clock = _Clock()
    monkeypatch.setattr(journal, "time", clock)
    return clock


def test_one_line_of_a_kind_in_a_while(clock: _Clock, caplog: pytest.LogCaptureFixture) -> None:
    """A kind of line comes once, and again when a while has passed; other kinds come by themselves."""
    for _ in range(5):
        log_seldom("kind", "first %d", 1)
    log_seldom("other", "second")
    clock.now += journal.SELDOM - 0.1
    log_seldom("kind", "too early")
    clock.now += 0.2
    log_seldom("kind", "third", level=logging.ERROR)
    assert [record.getMessage() for record in caplog.records] == ["first 1", "second", "third"]
    assert caplog.records[-1].levelno == logging.ERROR


def test_kinds_do_not_pile_up(clock: _Clock) -> None:
    """However many kinds there are, what is remembered of them is bounded."""
    for number in range(5_000):
        log_seldom(f"kind {number}", "x")
    assert len(journal._last_logged) <= 1_000


def test_half_a_character_is_logged_in_letters(caplog: pytest.LogCaptureFixture) -> None:
    """A lone surrogate, which a log file's encoding would refuse, is written as its escape."""
    journal.log.warning("%s was left out: %d", "prop\ud800erty", 7)
    assert caplog.messages == [r"prop\ud800erty was left out: 7"]


def test_an_exception_is_named_by_type_and_place() -> None:
    """An exception's text may hold anything, so its type, file and line stand for it."""

    def broken() -> None:
        raise ValueError("secret-canary")

    with pytest.raises(ValueError, match="secret") as caught:
        broken()
    assert place_of(caught.value).startswith("ValueError at test_journal.py:")
    assert "secret-canary" not in place_of(caught.value)


def test_an_exception_without_a_place_has_its_type() -> None:
    """One that was never raised has no line."""
    assert place_of(KeyError("x")) == "KeyError"


def test_a_line_can_be_written_anywhere(clock: _Clock, caplog: pytest.LogCaptureFixture) -> None:
    """Half a character, as a destination's reason may have, is replaced."""
    log_seldom("half", "because: %s, %d", "bad \ud800", 7)
    assert [record.getMessage() for record in caplog.records] == ["because: bad ?, 7"]

"""Who may try a destination that failed, and when."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest

from analytics_mixpanel.lanes.breaker import SMALL, Breaker, Turn
from analytics_mixpanel.lanes.retry import RetryPolicy

POLICY = RetryPolicy(first_probe=1, longest_probe=4)


class _Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    """A clock that the test moves."""
    return _Clock()


@pytest.fixture
def breaker(clock: _Clock) -> Breaker:
    """A breaker of a destination that works so far."""
    return Breaker("Shop", POLICY, clock)


def turn(breaker: Breaker, *, paused: bool = False) -> Turn:
    """Ask for a turn."""
    return breaker.turn(paused=paused)


def fail(breaker: Breaker, seconds: float, *, asked: bool = False) -> None:
    """Let an attempt fail."""
    given = turn(breaker)
    assert given.wait == 0
    breaker.failed(given, "HTTP 503", breaker.failures + 1, seconds, asked=asked)
    breaker.end(given)


def pause(breaker: Breaker) -> float:
    """Let an attempt find a wrong setting."""
    given = turn(breaker, paused=True)
    assert given.wait == 0
    seconds = breaker.pause(given, "mend it")
    breaker.end(given)
    return seconds


def test_what_works_is_open_to_all(breaker: Breaker) -> None:
    """Any number may try at once, with all they have."""
    assert [turn(breaker) for _ in range(3)] == [Turn(100.0)] * 3


def test_after_a_failure_one_tries_with_little(breaker: Breaker, clock: _Clock) -> None:
    """All wait the back-off; then one has the turn, with a small batch, and the others wait for its news."""
    fail(breaker, 2.0)
    assert turn(breaker).wait == 2.0
    clock.now += 2
    first = turn(breaker)
    assert (first.wait, first.most) == (0, SMALL)
    assert turn(breaker).wait > 0
    breaker.works(first)
    breaker.end(first)
    assert turn(breaker) == Turn(102.0)


def test_a_try_that_fails_has_all_wait_again(breaker: Breaker, clock: _Clock) -> None:
    """The failures in a row are counted, over all couriers."""
    for number in range(1, 5):
        fail(breaker, 2.0)
        assert breaker.failures == number
        assert turn(breaker).wait == 2.0
        clock.now += 2
    given = turn(breaker)
    breaker.works(given)
    assert breaker.failures == 0


def test_what_began_before_is_no_news(breaker: Breaker, clock: _Clock) -> None:
    """Several attempts that were under way together count once, whichever way they end."""
    attempts = [turn(breaker) for _ in range(3)]
    clock.now += 1
    breaker.failed(attempts[0], "HTTP 503", 1, 2.0)
    clock.now += 1
    breaker.failed(attempts[1], "HTTP 503", 2, 50.0)
    breaker.works(attempts[2])
    assert breaker.failures == 1
    assert turn(breaker).wait == 1.0


def test_a_wait_that_another_is_asked_for_counts(breaker: Breaker, clock: _Clock) -> None:
    """Where one of several is told how long, all of them wait as long."""
    attempts = [turn(breaker) for _ in range(2)]
    clock.now += 1
    breaker.failed(attempts[0], "HTTP 429", 1, 2.0)
    breaker.failed(attempts[1], "HTTP 429", 1, 50.0, asked=True)
    breaker.hurry()
    assert turn(breaker).wait == 50.0


def test_a_hurry_ends_a_back_off_once(breaker: Breaker, clock: _Clock) -> None:
    """A flush has one courier try now; when that fails, the back-off holds again."""
    fail(breaker, 60.0)
    clock.now += 1
    breaker.hurry()
    fail(breaker, 60.0)
    assert turn(breaker).wait == 60.0


def test_a_hurry_does_not_end_what_was_asked_for(breaker: Breaker, clock: _Clock) -> None:
    """What the destination asked for is waited out."""
    fail(breaker, 60.0, asked=True)
    clock.now += 1
    breaker.hurry()
    assert turn(breaker).wait == 59.0


def test_a_hurry_before_an_attempt_is_served_by_it(breaker: Breaker) -> None:
    """It does not cut a back-off that begins later."""
    breaker.hurry()
    fail(breaker, 60.0)
    assert turn(breaker).wait == 60.0


def test_a_hurry_during_an_attempt_has_another_follow(breaker: Breaker) -> None:
    """Whoever flushes while an attempt is under way does not wait for the back-off after it."""
    given = turn(breaker)
    breaker.hurry()
    breaker.failed(given, "HTTP 503", 1, 60.0)
    breaker.end(given)
    assert turn(breaker).wait == 0


def test_a_pause_is_probed_with_one_message(breaker: Breaker, clock: _Clock) -> None:
    """After 1, 2, 4 seconds, and then as often as the policy has it."""
    assert pause(breaker) == 1
    for expected in (2, 4, 4, 4):
        clock.now += turn(breaker, paused=True).wait
        probe = turn(breaker, paused=True)
        assert probe.most == 1
        assert breaker.pause(probe, "mend it") == expected
        breaker.end(probe)


def test_a_pause_is_probed_by_who_has_met_it(breaker: Breaker, clock: _Clock) -> None:
    """What others have may not show what is wrong; they try when nobody else does."""
    pause(breaker)
    clock.now += 1
    assert turn(breaker, paused=False).wait == 1
    assert turn(breaker, paused=True).most == 1
    clock.now += 100
    breaker.end(Turn(0, most=1))
    assert turn(breaker, paused=False).most == 1


def test_several_that_meet_a_pause_count_once(breaker: Breaker, clock: _Clock) -> None:
    """Eight threads that find the same wrong setting do not make the interval longer."""
    attempts = [turn(breaker) for _ in range(8)]
    clock.now += 0.5
    assert [breaker.pause(each, "mend it") for each in attempts] == [1] * 8


def test_a_pause_is_said_once(breaker: Breaker, clock: _Clock, caplog: pytest.LogCaptureFixture) -> None:
    """One ERROR with the text that names the setting, however many probes find the same."""
    for _ in range(5):
        clock.now += pause(breaker)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "Shop: messages are kept" in caplog.text
    assert "mend it" in caplog.text


def test_a_pause_outlasts_other_failures_that_were_under_way(breaker: Breaker, clock: _Clock) -> None:
    """An attempt that began earlier and failed otherwise does not undo it."""
    late = turn(breaker)
    clock.now += 1
    pause(breaker)
    breaker.failed(late, "HTTP 503", 1, 0.1)
    breaker.works(late)
    assert breaker.health().state == "paused"


def test_one_that_hangs_does_not_keep_the_turn(breaker: Breaker, clock: _Clock) -> None:
    """After a minute another may try."""
    fail(breaker, 1.0)
    clock.now += 1
    assert turn(breaker).most == SMALL
    assert 0 < turn(breaker).wait <= 60
    clock.now += 61
    assert turn(breaker).most == SMALL


def test_the_turn_is_given_to_one_of_many(breaker: Breaker, clock: _Clock) -> None:
    """However many threads ask at the same moment."""
    for _ in range(50):
        fail(breaker, 1.0)
        clock.now += 1
        given: list[Turn] = []
        start = threading.Barrier(6)

        def ask(start: threading.Barrier = start, given: list[Turn] = given) -> None:
            start.wait(30)
            given.append(turn(breaker))

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        tries = [each for each in given if each.wait == 0]
        assert len(tries) == 1
        breaker.end(tries[0])


def test_news_rings_for_everybody(breaker: Breaker, clock: _Clock) -> None:
    """Who waits for a turn is woken by what the one who tries finds out."""
    rung: list[Any] = []

    class _Bell:
        def ring(self) -> None:
            rung.append(self)

    breaker._bells += [_Bell(), _Bell()]  # type: ignore[list-item]
    fail(breaker, 1.0)
    rung.clear()
    clock.now += 1
    given = turn(breaker)
    breaker.works(given)
    assert set(rung) == set(breaker._bells)


def test_closed_is_closed(breaker: Breaker) -> None:
    """After a shutdown nothing that was under way changes what is said."""
    late = turn(breaker)
    breaker.close()
    breaker.failed(late, "HTTP 503", 1, 1.0)
    breaker.pause(late, "mend it")
    breaker.works(late)
    health = breaker.health()
    assert (health.state, health.next_try) == ("closed", None)


def test_an_attempt_that_is_overdue_is_seen(breaker: Breaker, clock: _Clock) -> None:
    """Who has not come back in its time hangs, since it began; until it comes back after all."""
    first, second = turn(breaker), turn(breaker)
    breaker.begin(first, clock.now + 15)
    clock.now += 10
    breaker.begin(second, clock.now + 15)
    assert breaker.health().state == "ok"
    clock.now += 10
    hanging = breaker.health()
    assert hanging.state == "hanging"
    assert "deliver was called 20 seconds ago" in hanging.reason
    assert breaker.in_trouble
    breaker.end(first)
    assert breaker.health().state == "ok"
    assert not breaker.in_trouble


def test_what_is_known_besides_says_more_than_hanging(breaker: Breaker, clock: _Clock) -> None:
    """A probe that hangs leaves a paused destination paused."""
    pause(breaker)
    clock.now += 1
    probe = turn(breaker, paused=True)
    breaker.begin(probe, clock.now + 1)
    clock.now += 100
    assert breaker.health().state == "paused"

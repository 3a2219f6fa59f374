"""How long to wait, and when to give up."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.delivery import Outcome
from analytics_mixpanel.retry import Patience, RetryPolicy, Wait

FAILED = Outcome(retry={0: "failed"})


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    """A clock that the test moves."""
    return _Clock()


def test_the_defaults_are_upstream_s() -> None:
    """Ten retries, twelve hours of back-off, half an hour of waiting as asked."""
    policy = RetryPolicy()
    assert (policy.max_retries, policy.max_total_backoff, policy.max_rate_limit) == (10, 43_200, 1_800)


def test_back_off_doubles_with_full_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each wait is a random part of an interval that doubles up to its bound."""
    tops: list[float] = []

    def uniform(_: float, top: float) -> float:
        tops.append(top)
        return 0.25

    monkeypatch.setattr("random.uniform", uniform)
    patience = Patience(RetryPolicy(first_wait=0.5, longest_wait=4.0))
    waits = [patience.next_wait(FAILED) for _ in range(6)]
    assert waits == [Wait(0.25)] * 6
    assert tops == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


def test_real_waits_stay_within_their_bounds() -> None:
    """No wait is negative or longer than the longest."""
    patience = Patience(RetryPolicy(max_retries=200, first_wait=0.5, longest_wait=2.0))
    waits = [patience.next_wait(FAILED) for _ in range(200)]
    seconds = [wait.seconds for wait in waits if isinstance(wait, Wait)]
    assert len(seconds) == 200
    assert all(0 <= each <= 2.0 for each in seconds)
    assert len({round(each, 6) for each in seconds}) > 100


def test_retries_are_counted() -> None:
    """After the last retry the batch is given up."""
    patience = Patience(RetryPolicy(max_retries=2))
    answers = [patience.next_wait(FAILED) for _ in range(3)]
    assert isinstance(answers[1], Wait)
    assert answers[2] == "retries exhausted"


def test_no_retries_means_none() -> None:
    """With none allowed the first failure is the last."""
    assert Patience(RetryPolicy(max_retries=0)).next_wait(FAILED) == "retries exhausted"


def test_a_batch_is_given_up_after_its_time(clock: _Clock) -> None:
    """So many seconds after the first failure it is over, however few attempts there were."""
    patience = Patience(RetryPolicy(max_total_backoff=100.0), clock)
    assert isinstance(patience.next_wait(FAILED), Wait)
    clock.now = 99.0
    assert isinstance(patience.next_wait(FAILED), Wait)
    clock.now = 100.0
    assert patience.next_wait(FAILED) == "retried for too long"


def test_what_was_asked_for_is_waited(clock: _Clock) -> None:
    """A destination's own time is kept to the second, and costs no retry."""
    patience = Patience(RetryPolicy(max_retries=0), clock)
    asked = Outcome(retry={0: "busy"}, retry_after=7.0)
    assert [patience.next_wait(asked) for _ in range(3)] == [Wait(7.0, asked=True)] * 3


def test_what_was_asked_for_adds_up() -> None:
    """A destination that asks for more than the policy allows in all is given up."""
    patience = Patience(RetryPolicy(max_rate_limit=10.0))
    asked = Outcome(retry={0: "busy"}, retry_after=6.0)
    assert patience.next_wait(asked) == Wait(6.0, asked=True)
    assert patience.next_wait(asked) == "rate limited for too long"


@pytest.mark.parametrize("asked", [0, -1.0, float("nan")])
def test_a_wait_that_is_none_is_ignored(asked: float) -> None:
    """An asked wait of no length is a failure like any other: it backs off, and is counted."""
    patience = Patience(RetryPolicy(max_retries=1))
    first = patience.next_wait(Outcome(retry={0: "busy"}, retry_after=asked))
    assert isinstance(first, Wait)
    assert not first.asked
    assert patience.next_wait(Outcome(retry={0: "busy"}, retry_after=asked)) == "retries exhausted"


def test_a_paused_destination_is_probed_ever_more_seldom(clock: _Clock) -> None:
    """Probes double up to their bound, use up no retries and are never the last."""
    patience = Patience(
        RetryPolicy(max_retries=0, max_total_backoff=0, first_probe=1, longest_probe=5), clock
    )
    paused = Outcome(retry={0: "paused"}, paused="mend the token")
    waits: list[Any] = []
    for _ in range(5):
        waits.append(patience.next_wait(paused))
        clock.now += 1_000_000
    assert waits == [Wait(1), Wait(2), Wait(4), Wait(5), Wait(5)]
    for _ in range(5_000):
        assert patience.next_wait(paused) == Wait(5)

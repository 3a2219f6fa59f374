"""How long to wait, and when to give up."""

from __future__ import annotations

import pytest

from analytics_mixpanel.delivery import Outcome
from analytics_mixpanel.lanes.retry import Patience, RetryPolicy, Wait

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


def test_only_what_was_asked_for_adds_up() -> None:
    """A back-off that is longer than the wait asked for does not count as asked."""
    patience = Patience(RetryPolicy(max_rate_limit=10.0, first_wait=1_000, longest_wait=1_000))
    waits = [patience.next_wait(Outcome(retry={0: "busy"}, retry_after=1.0)) for _ in range(10)]
    assert all(isinstance(wait, Wait) and wait.asked for wait in waits)


def test_a_destination_is_not_asked_for_ever() -> None:
    """Where it asks for next to nothing, again and again, the back-off is what counts."""
    patience = Patience(RetryPolicy(first_wait=1, longest_wait=64))
    asked = Outcome(retry={0: "busy"}, retry_after=1e-6)
    waits = [patience.next_wait(asked) for _ in range(40)]
    assert all(isinstance(wait, Wait) and wait.asked for wait in waits)
    assert sum(wait.seconds for wait in waits if isinstance(wait, Wait)) > 64


@pytest.mark.parametrize("asked", [1e9, float("inf")])
def test_a_destination_cannot_ask_for_days(asked: float) -> None:
    """What it asks for is believed up to five minutes at a time."""
    outcome = Outcome(retry={0: "busy"}, retry_after=asked)
    assert Patience(RetryPolicy()).next_wait(outcome) == Wait(300.0, asked=True)


def test_progress_begins_the_count_anew(clock: _Clock) -> None:
    """A batch of which something was settled has all its retries, and all its time, again."""
    patience = Patience(RetryPolicy(max_retries=1, max_total_backoff=100), clock)
    for _ in range(5):
        assert isinstance(patience.next_wait(FAILED), Wait)
        clock.now += 99
        patience.progressed()
    assert isinstance(patience.next_wait(FAILED), Wait)
    assert patience.next_wait(FAILED) == "retries exhausted"


def test_a_durable_batch_is_never_given_up(clock: _Clock) -> None:
    """Neither attempts nor time nor what was asked for end the patience with what is kept on disk."""
    policy = RetryPolicy(max_retries=0, max_total_backoff=0, max_rate_limit=0)
    patience = Patience(policy, clock, durable=True)
    for outcome in (FAILED, Outcome(retry={0: "busy"}, retry_after=7.0)) * 50:
        assert isinstance(patience.next_wait(outcome), Wait)
        clock.now += 100_000


def test_others_failures_lengthen_the_back_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that meets a destination which has long been failing does not begin with short waits."""
    tops: list[float] = []

    def uniform(_: float, top: float) -> float:
        tops.append(top)
        return top

    monkeypatch.setattr("random.uniform", uniform)
    Patience(RetryPolicy(first_wait=0.5, longest_wait=60)).next_wait(FAILED, failures=6)
    assert tops == [16.0]


def test_probes_double_up_to_their_bound() -> None:
    """A paused destination is tried after 1, 2, 4 ... seconds, then every five minutes, without end."""
    policy = RetryPolicy()
    assert [policy.probe(number) for number in range(1, 12)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert policy.probe(1_000_000) == 300

"""Accounts that add up, whatever happens and in whatever order."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_mixpanel import Batch, Client, Outcome, Rejection, Stats
from analytics_mixpanel.accounts import ACCEPTED, DELIVERED, REJECTED, RETRIED, Account
from analytics_mixpanel.lanes.retry import RetryPolicy

_QUICK = RetryPolicy(max_retries=1, first_wait=0, longest_wait=0, first_probe=0, longest_probe=0)


def test_counts_are_what_was_added() -> None:
    """Each kind is counted by itself, drops by their reason."""
    account = Account()
    for _ in range(5):
        account.add(ACCEPTED)
    account.add_many(DELIVERED, 2)
    account.add(REJECTED)
    account.add_many(RETRIED, 4)
    account.drop("queue full")
    assert account.stats() == Stats(5, 2, 1, {"queue full": 1}, 4)
    assert account.stats().pending == 1


def test_stats_are_a_snapshot() -> None:
    """What is counted later does not change what was given out."""
    account = Account()
    account.add(ACCEPTED)
    before = account.stats()
    account.add(ACCEPTED)
    account.drop("late")
    assert (before.accepted, before.dropped) == (1, {})


def test_a_reason_may_be_any_text() -> None:
    """A plugin's reason that is named like a count is still a reason."""
    account = Account()
    account.drop(ACCEPTED)
    assert account.stats() == Stats(dropped={ACCEPTED: 1})


def test_many_threads_count_right() -> None:
    """No addition is lost, and meanwhile no look finds more settled than accepted."""
    account, looks = Account(), []

    def work() -> None:
        for _ in range(3_000):
            account.add(ACCEPTED)
            account.add_many(DELIVERED, 1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        looks.append(account.stats().pending)
    for thread in threads:
        thread.join()
    assert (account.stats().accepted, account.stats().delivered) == (12_000, 12_000)
    assert all(0 <= pending <= 4 for pending in looks)


def test_entries_do_not_pile_up() -> None:
    """What was added is summed now and then, so that an account has a bounded size."""
    account = Account()
    for _ in range(10_000):
        account.add(ACCEPTED)
    assert len(account._entries) < 1_000


class Fates:
    """A destination that deals each message of a batch one of the fates that the test drew.

    What it dealt at last is what the accounts must show.
    """

    name = "Shop"

    def __init__(self, fates: list[str]) -> None:
        self.fates = deque(fates)
        self.dealt: Counter[str] = Counter()

    def deliver(self, batch: Batch) -> Outcome:
        """Deal."""
        mine = [self.fates.popleft() if self.fates else "deliver" for _ in batch.messages]
        if "raise" in mine:
            raise RuntimeError
        self.dealt.update(mine)
        return Outcome(
            rejected={i: Rejection("bad") for i, fate in enumerate(mine) if fate == "reject"},
            dropped={i: "unwanted" for i, fate in enumerate(mine) if fate == "drop"},
            retry={i: "busy" for i, fate in enumerate(mine) if fate in ("retry", "pause")},
            paused="mend it" if "pause" in mine else None,
        )


_FATES = st.lists(st.sampled_from(["deliver", "reject", "drop", "retry", "pause", "raise"]), max_size=30)
_ACTIONS = st.lists(
    st.sampled_from(["track", "track", "track", "refuse", "other", "flush", "look", "wait"]), max_size=40
)


@pytest.mark.parametrize("sync_mode", [False, True], ids=["threads", "sync"])
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fates=_FATES,
    actions=_ACTIONS,
    capacity=st.integers(1, 8),
    size=st.integers(1, 5),
    threads=st.integers(1, 3),
)
def test_everything_accepted_is_accounted_for(
    sync_mode: bool,
    answering: Any,
    fates: list[str],
    actions: list[str],
    capacity: int,
    size: int,
    threads: int,
) -> None:
    """Accepted = delivered + rejected + dropped + pending after every step; at the end nothing is pending.

    Every message is accepted once, every loss is told to ``on_error``, and nothing is delivered that the
    destination did not take.
    """
    dealer, lost = Fates(fates), Counter[str]()
    client = Client(
        plugins=[answering(dealer.deliver)],
        discover=False,
        sync_mode=sync_mode,
        max_queue_size=capacity,
        upload_size=size,
        upload_interval=0.0005,
        thread=threads,
        retry=_QUICK,
        on_error=lambda error, batch: lost.update({error.reason: len(batch)}),
    )
    accepted = 0
    for action in actions:
        if action == "track":
            client.track(f"user-{accepted % 5}", "e")
            accepted += 1
        elif action == "refuse":
            client.track("u", "e", {"long": "x" * 1_000_001})
            accepted += 1
        elif action == "other":
            client.track("u", "e", integrations={"All": False})
        elif action == "flush":
            assert client.flush(10) == 0
            assert client.stats()["Shop"].pending == 0
        elif action == "wait":
            threading.Event().wait(0.001)
        stats = client.stats()["Shop"]
        assert stats.accepted == accepted
        assert 0 <= stats.pending <= accepted
    client.shutdown(10)
    stats = client.stats()["Shop"]
    assert stats.pending == 0
    assert stats.accepted == accepted
    assert stats.delivered == dealer.dealt["deliver"]
    assert stats.rejected == dealer.dealt["reject"]
    assert stats.dropped.get("unwanted", 0) == dealer.dealt["drop"]
    assert lost == Counter({**stats.dropped, **({"bad": stats.rejected} if stats.rejected else {})})


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=_FATES, each=st.integers(1, 60))
def test_it_adds_up_with_calls_from_several_threads_and_a_shutdown_among_them(
    answering: Any, wait_until: Callable[..., None], fates: list[str], each: int
) -> None:
    """Threads that track while another shuts the client down lose no message from the accounts."""
    dealer = Fates(fates)
    client = Client(
        plugins=[answering(dealer.deliver)],
        discover=False,
        upload_size=3,
        upload_interval=0.0005,
        max_queue_size=50,
        retry=_QUICK,
    )
    taken: list[int] = []

    def work() -> None:
        taken.append(sum(client.track("u", "e")[0] for _ in range(each)))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    client.shutdown(10)
    for thread in threads:
        thread.join()
    stats = client.stats()["Shop"]
    assert stats.accepted == 3 * each
    assert stats.pending == 0
    assert sum(taken) == 3 * each - stats.dropped.get("queue full", 0) - stats.dropped.get("shutdown", 0)


@pytest.mark.parametrize("error", [MemoryError, RuntimeError])
def test_what_cannot_be_added_up_now_is_added_up_later(error: type[Exception]) -> None:
    """Where memory lacks, or a finalizer counts meanwhile, nothing is lost and nothing counted twice."""

    class Failing(Counter[Any]):
        def copy(self) -> Any:
            raise error

    account = Account()
    account.add(ACCEPTED)
    account._totals = Failing()
    account.settle({DELIVERED: 2, ("no mapping",): 1})
    account.add(ACCEPTED)
    assert account.stats().accepted == 0
    account._totals = Counter()
    stats = account.stats()
    assert (stats.accepted, stats.delivered, stats.dropped) == (2, 2, {"no mapping": 1})

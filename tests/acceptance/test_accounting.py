"""The sums: for each destination, at any moment, accepted = delivered + rejected + dropped + pending."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import tempfile
import threading
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest
from attrs import define, field
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from analytics_mixpanel import Batch, Client, Message, Outcome, Rejection, hookimpl
from analytics_mixpanel.errors import QueueFull
from analytics_mixpanel.lanes.lane import Lane
from analytics_mixpanel.lanes.retry import RetryPolicy

QUICK: Final = RetryPolicy(
    max_retries=3, first_wait=0.0005, longest_wait=0.001, first_probe=0.0005, longest_probe=0.001
)
NAMES: Final = ("First", "Second", "Third")
ENDS: Final = ("deliver", "deliver", "reject", "drop")
HINDRANCES: Final = ("retry", "raise", "pause", "asked")
# Seconds for what must happen, on the busiest machine.
SURELY: Final = 60.0

_SETTINGS: Final = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

Sums = dict[str, dict[str, int]]


@define
class Ledger:
    """Files that several processes append to: which messages were accepted, and which are settled."""

    folder: Path

    def write(self, what: str, name: str, messages: Sequence[Message]) -> None:
        """Note messages for one destination, in one write."""
        lines = "".join(f"{name} {message['messageId']}\n" for message in messages)
        descriptor = os.open(self.folder / what, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, lines.encode())
        finally:
            os.close(descriptor)

    def read(self, what: str) -> set[str]:
        """All that was noted."""
        file = self.folder / what
        return set(file.read_text().splitlines()) if file.exists() else set()


@define(eq=False)
class Dealer:
    """A destination that deals each message the fates written in it, and waits while its gate is shut.

    Attributes:
        ledger: the file where each process writes what became of which message.
        gate: shut, it lets no answer out.
        dealt: the last word on each message: how many were delivered, rejected, dropped.
        told: what the client's hooks said became of its messages.
    """

    name: str
    ledger: Ledger
    gate: threading.Event = field(factory=threading.Event)
    dealt: Counter[str] = field(factory=Counter)
    told: Counter[str] = field(factory=Counter)
    attempts: Counter[str] = field(factory=Counter)

    @hookimpl
    def deliver(self, batch: Batch) -> Outcome:
        """Deal."""
        self.gate.wait(SURELY)
        messages = list(batch.messages)
        fates = [self._next(message) for message in messages]
        if "raise" in fates:
            raise RuntimeError
        self.dealt.update(fate for fate in fates if fate not in HINDRANCES)
        ended = [m for m, fate in zip(messages, fates, strict=True) if fate not in HINDRANCES]
        self.ledger.write("settled", self.name, ended)
        return Outcome(
            rejected={i: Rejection("bad") for i, fate in enumerate(fates) if fate == "reject"},
            dropped={i: "unwanted" for i, fate in enumerate(fates) if fate == "drop"},
            retry={i: "busy" for i, fate in enumerate(fates) if fate in HINDRANCES},
            retry_after=0.0005 if "asked" in fates else None,
            paused="mend it" if "pause" in fates else None,
        )

    def _next(self, message: Message) -> str:
        fates: list[str] = message["properties"]["fates"]
        attempt = self.attempts[message["messageId"]]
        self.attempts[message["messageId"]] += 1
        return fates[min(attempt, len(fates) - 1)]

    @hookimpl
    def delivered(self, destination: str) -> None:
        """Count."""
        self._tell(destination, "delivered")

    @hookimpl
    def rejected(self, destination: str) -> None:
        """Count."""
        self._tell(destination, "rejected")

    @hookimpl
    def dropped(self, message: Message, destination: str, reason: str) -> None:
        """Count."""
        self._tell(destination, f"dropped {reason}")
        if destination == self.name:
            self.ledger.write("settled", self.name, [message])

    def _tell(self, destination: str, what: str) -> None:
        if destination == self.name:
            self.told[what] += 1


def counted(lane: Lane) -> Counter[str]:
    """A lane's accounts in the words of ``Dealer.told``."""
    stats = lane.account.stats()
    counts = Counter({"delivered": stats.delivered, "rejected": stats.rejected})
    counts.update({f"dropped {reason}": number for reason, number in stats.dropped.items()})
    return +counts


def called_for(lane: Lane) -> int:
    """How many calls a lane has accounted for: what it accepted, but for what other processes had left."""
    stats = lane.account.stats()
    return stats.accepted - stats.recovered


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait for what must come true."""
    deadline = time.monotonic() + SURELY
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.0005)


def in_a_child(work: Callable[[], Any]) -> Any:
    """What ``work`` returns in a forked child, through a pipe; a child that hangs is killed."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the process has threads: that is the point
        child = os.fork()
    if not child:
        signal.alarm(int(SURELY))
        try:
            told = json.dumps({"answer": work()})
        except BaseException:  # noqa: BLE001 - told to the parent
            told = json.dumps({"error": traceback.format_exc()})
        os.write(writing, told.encode())
        os._exit(0)
    os.close(writing)
    try:
        assert select.select([reading], [], [], SURELY)[0], "the child hangs"
        answer = b"".join(iter(lambda: os.read(reading, 65_536), b""))
    finally:
        os.close(reading)
        os.waitpid(child, 0)
    assert answer, "the child hangs"
    told = json.loads(answer)
    assert "answer" in told, told
    return told["answer"]


class Accounting(RuleBasedStateMachine):
    """One client, whose calls, destinations, flushes, forks and shutdowns come in any order."""

    when_full: ClassVar[str]
    durable: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.ledger = Ledger(self.folder)
        self.dealers: dict[str, Dealer] = {}
        self.accepted: Counter[str] = Counter()
        self.closed = False

    def queue(self) -> dict[str, Any]:
        """The settings that choose the queue."""
        return {}

    @initialize(
        shut=st.booleans(),
        capacity=st.integers(1, 6),
        size=st.integers(1, 4),
        threads=st.integers(1, 2),
    )
    def begin(self, shut: bool, capacity: int, size: int, threads: int) -> None:
        """A client with one destination and a small queue."""
        self.settings: dict[str, Any] = {"max_queue_size": capacity, "upload_size": size, "thread": threads}
        self._make("First")
        if shut:
            self.shut("First")

    def _make(self, *names: str) -> None:
        self.dealers.clear()
        self.accepted.clear()
        self.closed = False
        self.client = Client(
            discover=False,
            plugins=[self._dealer(name) for name in names],
            upload_interval=0.0005,
            retry=QUICK,
            when_full=self.when_full,
            **self.settings,
            **self.queue(),
        )

    def _dealer(self, name: str) -> Dealer:
        dealer = self.dealers[name] = Dealer(name, self.ledger)
        dealer.gate.set()
        self.accepted[name] = 0
        return dealer

    # -- what happens --------------------------------------------------------------------------------

    @rule(
        hindrances=st.lists(st.sampled_from(HINDRANCES), max_size=2),
        end=st.sampled_from(ENDS),
        user=st.integers(0, 3),
        chosen=st.sets(st.sampled_from(NAMES), max_size=2),
        times=st.integers(1, 3),
    )
    def track(self, hindrances: list[str], end: str, user: int, chosen: set[str], times: int) -> None:
        """Call, for all destinations or for some."""
        fates = [*hindrances, end]
        integrations = {"All": False, **dict.fromkeys(chosen, True)} if chosen else None
        for _ in range(times):
            try:
                taken, message = self.client.track(
                    f"u{user}", "e", {"fates": fates}, integrations=integrations
                )
                messages, full = [message], list[str]()
            except QueueFull as error:
                taken, messages, full = False, [], list(error.destinations)
            meant = [name for name in self.dealers if not chosen or name in chosen]
            for name in meant:
                self.ledger.write("accepted", name, messages)
            self.accepted.update(meant)
            assert set(full) <= set(meant)
            assert not (self.closed and taken and meant)

    @rule(name=st.sampled_from(NAMES))
    def shut(self, name: str) -> None:
        """A destination stops answering."""
        if name in self.dealers and not self.closed:
            self.dealers[name].gate.clear()

    @rule()
    def open(self) -> None:
        """All destinations answer."""
        for dealer in self.dealers.values():
            dealer.gate.set()

    @precondition(lambda self: not self.closed)
    @rule(name=st.sampled_from(NAMES))
    def register(self, name: str) -> None:
        """A further destination; or one in the place of another, which is flushed and closed first."""
        if name not in self.dealers:
            self.client.register(self._dealer(name))
            return
        (lane,) = [lane for lane in self.client._router.lanes if lane.destination.name == name]
        before = self.dealers[name]
        before.gate.set()
        self._check(lane, before, self.accepted[name])
        self.client._plugins._installed.add(name)  # only such a one gives way
        accepted = self.accepted[name]
        self.client.register(self._dealer(name))
        assert called_for(lane) == accepted
        if not self.durable:  # where what was not settled in time is the next lane's
            self._check_settled(lane, None)

    @rule(timeout=st.sampled_from([0, 0.0005, 0.01]))
    def flush_in_a_hurry(self, timeout: float) -> None:
        """A flush comes back, says no more than was pending and no less than is left."""
        before = self.pending()
        left = self.client.flush(timeout)
        assert self.waiting() <= left <= before

    @precondition(lambda self: not self.closed)
    @rule()
    def flush_all(self) -> None:
        """Once the destinations answer, a flush settles everything, and all of it was told."""
        self.open()
        assert self.client.flush(SURELY) == 0
        for lane in self.client._router.lanes:
            self._check_settled(lane, self.dealers[lane.destination.name])

    @rule(timeout=st.sampled_from([0, 0.001, SURELY]))
    def shutdown(self, timeout: float) -> None:
        """A shutdown says how much it dropped or left on disk; in memory nothing is pending after it."""
        if timeout == SURELY:
            self.open()
        before = self._dropped("shutdown")
        was_closed, self.closed = self.closed, True
        lost = self.client.shutdown(timeout)
        assert lost == (0 if was_closed else self._dropped("shutdown") - before + self.waiting())
        self.open()
        for lane in self.client._router.lanes if not self.durable else ():
            self._check_settled(lane, None)

    @precondition(lambda self: self.closed)
    @rule(name=st.sampled_from(NAMES))
    def begin_anew(self, name: str) -> None:
        """Another client, which finds what the one before has left on disk."""
        self._make(name)

    @rule(calls=st.integers(0, 5), end=st.sampled_from(["flush", "shutdown", "exit"]))
    def fork(self, calls: int, end: str) -> None:
        """A child begins with sums of zero, and closes them by itself; the parent's stay as they are."""
        sums = in_a_child(lambda: self._in_the_child(calls, end))
        for counts in sums.values():
            assert counts["accepted"] == calls + counts["recovered"]
            assert counts["settled"] + counts["pending"] == counts["accepted"]
            assert self.closed or self.durable or end == "exit" or not counts["pending"]

    def _in_the_child(self, calls: int, end: str) -> Sums:
        for dealer in self.dealers.values():
            dealer.gate = threading.Event()  # the parent's may be locked for ever here
            dealer.gate.set()
        for number in range(calls):
            try:
                fates = [ENDS[number % len(ENDS)]]
                _, message = self.client.track(f"u{number % 3}", "e", {"fates": fates})
            except QueueFull:
                continue
            if not self.durable or (self.when_full == "spill" and end == "exit"):
                continue  # what is in memory ends with the child
            for name in self.dealers:
                self.ledger.write("accepted", name, [message])
        if end == "flush":
            assert self.client.flush(SURELY) == 0
        elif end == "shutdown":
            self.client.shutdown(SURELY)
        return {
            name: {
                "accepted": stats.accepted,
                "recovered": stats.recovered,
                "settled": stats.delivered + stats.rejected + sum(stats.dropped.values()),
                "pending": stats.pending,
            }
            for name, stats in self.client.stats().items()
        }

    # -- what holds ----------------------------------------------------------------------------------

    def pending(self) -> int:
        """What the accounts say is pending."""
        return sum(stats.pending for stats in self.client.stats().values())

    def waiting(self) -> int:
        """What the queue holds."""
        return sum(lane.pending for lane in self.client._router.lanes)

    def _dropped(self, reason: str) -> int:
        return sum(stats.dropped.get(reason, 0) for stats in self.client.stats().values())

    @invariant()
    def it_adds_up(self) -> None:
        """At any moment, for each destination."""
        if not hasattr(self, "client"):
            return
        assert set(self.client.stats()) == set(self.dealers)
        for lane in self.client._router.lanes:
            name = lane.destination.name
            self._check(lane, self.dealers[name], self.accepted[name])

    def _check(self, lane: Lane, dealer: Dealer, accepted: int) -> None:
        """Every call is accounted for; what the queue holds is pending, and nothing is told uncounted."""
        told = Counter(dealer.told)
        counts, stats = counted(lane), lane.account.stats()
        eventually(lambda: called_for(lane) == accepted, "calls are not counted once")
        assert sum(counts.values()) <= stats.accepted
        assert told <= counted(lane)
        before = lane.account.stats().pending  # first: what is settled meanwhile is pending nowhere
        assert 0 <= lane.pending <= before
        if not self.durable:  # what was recovered is pending too, and another queue's
            eventually(lambda: lane.account.stats().pending == lane.pending, "what is pending is nowhere")

    def _check_settled(self, lane: Lane, dealer: Dealer | None) -> None:
        """With nothing on its way every message has its fate, the one that was dealt and told."""
        eventually(lambda: lane.account.stats().pending == 0, "messages are pending for ever")
        assert lane.pending == 0
        if dealer is not None:
            eventually(lambda: dealer.told == counted(lane), "what was counted is not told")
            stats = lane.account.stats()
            assert stats.delivered == dealer.dealt["deliver"]
            assert stats.rejected == dealer.dealt["reject"]
            assert stats.dropped.get("unwanted", 0) == dealer.dealt["drop"]

    def teardown(self) -> None:
        """In the end every accepted message is settled: by one of the clients, in one of the processes."""
        self.open()
        try:
            if hasattr(self, "client"):
                self.client.shutdown(SURELY)
                if self.durable:
                    self._make(*NAMES)
                    eventually(lambda: not list(self.folder.rglob("*.seg")), "messages stay on disk")
                    self.client.shutdown(SURELY)
                assert self.ledger.read("accepted") <= self.ledger.read("settled")
        finally:
            shutil.rmtree(self.folder)


def run(machine: type[Accounting]) -> None:
    """Run the state machine."""
    run_state_machine_as_test(machine, settings=_SETTINGS)


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@needs_fork
@pytest.mark.parametrize("policy", ["drop-new", "drop-old", "block:0.002", "raise"])
def test_in_memory(policy: str) -> None:
    """It adds up for the queue in memory, whatever it does when it is full."""

    class InMemory(Accounting):
        when_full = policy

    run(InMemory)


@needs_fork
@pytest.mark.parametrize("policy", ["drop-new", "drop-old", "block:0.002", "raise", "spill"])
def test_on_disk(policy: str) -> None:
    """It adds up for the spool, small or behind a small memory; what one process leaves another settles."""

    class OnDisk(Accounting):
        when_full = policy
        durable = True

        def queue(self) -> dict[str, Any]:
            room = 1_000_000 if policy == "spill" else 8_000
            return {"queue": f"spool:{self.folder / 'spool'}", "spool_max_bytes": room}

    run(OnDisk)

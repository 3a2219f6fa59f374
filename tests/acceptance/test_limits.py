"""What a process may run out of: file descriptors, threads, memory, time, room in the queue."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel.debugger import StandIn

Start = Callable[..., Any]
Arrived = Callable[[], dict[str, int]]


def test_no_file_descriptors(start: Start, arrived: Arrived) -> None:
    """While none can be opened calls are taken; the delivery goes on when there are some again."""
    program = start(
        """
        import resource
        client = make(upload_interval=0.01)
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        taken = []
        while True:
            try:
                taken.append(os.open(os.devnull, os.O_RDONLY))
            except OSError:
                break
        assert all(client.track("u", "Without")[0] for _ in range(100))
        assert client.flush(0.5) == 100
        for each in taken:
            os.close(each)
        assert client.flush(30) == 0
        """
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert accounts.delivered == 100
    assert arrived() == {"Without": 100}


_NO_THREAD = """
client = make(upload_interval=0.01)
start = threading.Thread.start

def refuse(self):
    raise RuntimeError("can't start new thread")

threading.Thread.start = refuse
"""


def test_no_thread(start: Start, arrived: Arrived) -> None:
    """Where no thread can be started, a flush delivers on its own; a later call starts one if it can."""
    program = start(
        _NO_THREAD
        + """
track(client, "Without", 100)
assert client.consumers == []
assert client.flush(30) == 0
threading.Thread.start = start
time.sleep(1.1)  # it is not tried at each call
track(client, "With", 100)
assert len(client.consumers) == 1
deadline = time.monotonic() + 30
while client.pending:
    assert time.monotonic() < deadline
    time.sleep(0.01)
"""
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert accounts.delivered == 200
    assert arrived() == {"Without": 100, "With": 100}


def test_no_thread_until_the_end(start: Start, arrived: Arrived) -> None:
    """The end of the program delivers without one; so does an await, which must not hold up its loop."""
    program = start(
        _NO_THREAD
        + """
import asyncio
track(client, "Without", 100)
assert asyncio.run(client.aflush(30)) == 100
"""
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert arrived() == {"Without": 100}


@pytest.mark.skipif(importlib.util.find_spec("_testcapi") is None, reason="this Python has no _testcapi")
def test_no_memory(start: Start, arrived: Arrived) -> None:
    """Whichever allocation of a call fails: it raises MemoryError or returns, and the next one works."""
    program = start(
        """
        import _testcapi, gc
        client = make(upload_interval=60)
        # Encoders in C are left out: orjson, and json of some Pythons, crash where there is no memory.
        form = '{"type":"track","userId":"u","event":"%s","messageId":"%s","timestamp":"%s"}'
        client._encoder.encode = lambda message: (
            form % (message["event"], message["messageId"], message["timestamp"])
        ).encode()
        raised = taken = 0
        client.track("u", "First")
        gc.disable()
        for number in range(1, 400):
            answer = None
            try:
                _testcapi.set_nomemory(number, number + 1)
                answer = client.track("u", "Short")
            except MemoryError:
                raised += 1
            finally:
                _testcapi.remove_mem_hooks()
            taken += answer is not None and answer[0]
        track(client, "After", 50)
        assert client.flush(30) == 0
        print(raised, taken)
        """
    )
    accounts = program.succeeded().accounts
    counts = arrived()
    _, taken = map(int, program.output.split())
    assert accounts.add_up()
    assert accounts.pending == 0
    assert counts["After"] == 50
    assert taken <= counts["Short"] <= taken + 5, "a call that was interrupted at its very end may have put"
    assert accounts.delivered == sum(counts.values())


@pytest.mark.parametrize("step", [-86_400, 86_400, -(10**9), 10**9], ids=lambda step: f"{step:+} s")
def test_a_step_of_the_clock(start: Start, stand_in: Any, arrived: Arrived, step: int) -> None:
    """A clock that is set during a back-off stops nothing; a repetition keeps the time of its call."""
    stand_in.answer_next(500, times=2)
    program = start(
        f"""
client = make(upload_interval=0.01)
client.track("u", "Before")
time.sleep(0.2)
true_time = time.time
time.time = lambda: true_time() + {step}
client.track("u", "After")
assert client.flush(30) == 0
"""
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert (accounts.delivered, accounts.rejected) == ((2, 0) if step < 0 else (1, 1)), (
        "no event of the future"
    )
    assert arrived() == {"Before": 1, **({"After": 1} if step < 0 else {})}
    times = {event.event: event.time / 1000 - event.received for event in stand_in.events}
    assert abs(times["Before"]) < 60
    assert step > 0 or abs(times["After"] - step) < 60


def test_a_burst(start: Start, arrived: Arrived) -> None:
    """More calls at once than the queue holds: each is delivered, or refused and counted."""
    program = start(
        """
        client = make(max_queue_size=2_000)
        taken = sum(client.track("u", "Burst", {"n": n})[0] for n in range(20_000))
        assert client.flush(60) == 0
        print(taken)
        """
    )
    accounts = program.succeeded().accounts
    taken = int(program.output)
    assert accounts.add_up()
    assert (accounts.accepted, accounts.delivered) == (20_000, taken)
    assert accounts.dropped == {"queue full": 20_000 - taken}
    assert arrived() == {"Burst": taken}
    assert taken >= 2_000


@pytest.mark.stress
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads its memory from /proc")
def test_a_burst_with_a_slow_server(start: Start, stand_in: StandIn) -> None:
    """200,000 calls, 50 ms a request: memory is bounded by the queue's bytes, and all is accounted for."""
    stand_in.answer_next(delay=0.05, times=1_000_000)
    program = start(
        """
        def peak():  # not getrusage's, which begins with the parent's
            return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1024

        client = make(max_queue_size=1_000_000, max_queue_bytes=16_000_000)
        client.track("u", "First")
        assert client.flush(30) == 0
        before = peak()
        times = []
        for number in range(200_000):
            began = time.perf_counter()
            client.track("u", "Burst", {"n": number, "text": "x" * 100})
            times.append(time.perf_counter() - began)
        assert client.flush(50) == 0
        print(sorted(times)[int(0.99 * len(times))] * 1e6, peak() - before)
        """
    )
    accounts = program.succeeded().accounts
    microseconds, megabytes = map(float, program.output.split())
    assert accounts.add_up()
    assert (accounts.accepted, accounts.pending) == (200_001, 0)
    assert accounts.delivered + accounts.dropped["queue full"] == 200_001
    assert megabytes < 16 + 50
    assert microseconds < 100

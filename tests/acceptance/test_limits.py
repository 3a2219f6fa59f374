"""What a process may run out of: file descriptors, threads, memory, time, room in the queue."""

from __future__ import annotations

import importlib.util
import signal
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


def test_no_thread_for_this_user(start: Start, arrived: Arrived) -> None:
    """The system's own limit refuses one: the same, and no exception for the caller."""
    program = start(
        """
        import resource
        first = make(upload_interval=0.01)
        track(first, "Before", 100)
        assert first.flush(30) == 0
        os.chmod(".", 0o777)
        if os.geteuid() == 0:
            os.setuid(54_321)  # root has no limit; that user has this process alone
        limits = resource.getrlimit(resource.RLIMIT_NPROC)
        resource.setrlimit(resource.RLIMIT_NPROC, (1, limits[1]))
        try:
            threading.Thread(target=print).start()
        except RuntimeError:
            pass
        else:
            raise AssertionError("a thread could be started")
        second = make(upload_interval=0.01)
        track(second, "Without", 100)
        assert second.consumers == []
        assert second.flush(30) == 0
        resource.setrlimit(resource.RLIMIT_NPROC, limits)
        time.sleep(1.1)  # it is not tried at each call
        track(second, "With", 100)
        assert len(second.consumers) == 1
        assert second.flush(30) == 0
        """
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert accounts.delivered == 300
    assert arrived() == {"Before": 100, "Without": 100, "With": 100}


_NO_MEMORY = {
    # Python allocates for each call of one of its functions.
    "calls": """
def run_out(number):
    left = [number]
    def profile(frame, event, argument):
        if event == "call" and f"{os.sep}analytics_mixpanel" in frame.f_code.co_filename:
            left[0] -= 1
            if not left[0]:
                raise MemoryError
    sys.setprofile(profile)

def have_some():
    sys.setprofile(None)
""",
    "allocations": """
import _testcapi

def run_out(number):
    _testcapi.set_nomemory(number, number + 1)

have_some = _testcapi.remove_mem_hooks
# Encoders in C are left out: orjson, and json of some Pythons, crash where there is no memory.
form = '{"type":"track","userId":"u","event":"%s","messageId":"%s","timestamp":"%s"}'
client._encoder.encode = lambda message: (
    form % (message["event"], message["messageId"], message["timestamp"])
).encode()
""",
}
if importlib.util.find_spec("_testcapi") is None:  # not every Python has it
    del _NO_MEMORY["allocations"]


@pytest.mark.parametrize("way", _NO_MEMORY)
def test_no_memory(start: Start, arrived: Arrived, way: str) -> None:
    """Wherever a call runs out of it: it raises MemoryError or returns, and the next one works."""
    program = start(
        "import gc\nclient = make(upload_interval=60)\n"
        + _NO_MEMORY[way]
        + """
raised = taken = refused = 0
client.track("u", "First")
gc.disable()
for number in range(1, 400):
    answer = None
    try:
        run_out(number)
        answer = client.track("u", "Short")
    except MemoryError:
        raised += 1
    finally:
        have_some()
    taken += answer is not None and answer[0]
    refused += answer is not None and not answer[0]
track(client, "After", 50)
assert client.flush(30) == 0
print(raised, taken, refused)
"""
    )
    accounts = program.succeeded().accounts
    counts = arrived()
    raised, taken, refused = map(int, program.output.split())
    assert raised + refused > 5, "it did run out of memory"
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


@pytest.mark.parametrize(
    "now", [-86_400, 86_400, -(10**9), -1_700_000_000, 10**8 * 24], ids=lambda step: f"{step:+} s"
)
def test_a_step_of_the_clock_before_a_restart(start: Start, stand_in: Any, tmp_path: Path, now: int) -> None:
    """What a killed process left is sent with its own time and id; a clock far ahead says it is too old."""
    stand_in.answer_next(drop=True, ingest=True, times=None)
    program = f"client = make(queue='spool:{tmp_path / 'spool'}', upload_interval=0.01)\n"
    killed = start(program + "client.track('u', 'Kept')\ntime.sleep(600)")
    stand_in.wait_until(lambda: stand_in.events, 30)
    killed.send(signal.SIGKILL)
    killed.ended()
    stand_in.answer_as_usual()
    before = len(stand_in.requests)

    heir = start(
        program
        + """
deadline = time.monotonic() + 30
while not client.stats()["Mixpanel"].recovered or client.stats()["Mixpanel"].pending:
    assert time.monotonic() < deadline
    time.sleep(0.01)
""",
        first=f"import time\ntrue_time = time.time\ntime.time = lambda: true_time() + {now}\n",
    )
    accounts = heir.succeeded().accounts
    assert accounts.add_up()
    assert accounts.pending == 0
    (event,) = stand_in.events
    if now < 30 * 86_400:
        assert accounts.delivered == 1
        assert event.duplicates == before, "the same time and id: each repetition is known as one"
    else:
        assert accounts.dropped == {"older than 30 days": 1}


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
@pytest.mark.parametrize(
    ("queue", "most"), [("memory", 100), ("spool:spool", 1_000)], ids=["memory", "spool"]
)
def test_a_burst_with_a_slow_server(start: Start, stand_in: StandIn, queue: str, most: int) -> None:
    """200,000 calls, 50 ms a request: memory is bounded by the queue's bytes, and all is accounted for."""
    stand_in.answer_next(delay=0.05, times=1_000_000)
    program = start(
        """
        def peak():  # not getrusage's, which begins with the parent's
            return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1024

        client = make(queue=sys.argv[1], max_queue_size=1_000_000, max_queue_bytes=16_000_000)
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
        """,
        python=("program.py", queue),
    )
    accounts = program.succeeded().accounts
    microseconds, megabytes = map(float, program.output.split())
    assert accounts.add_up()
    assert (accounts.accepted, accounts.pending) == (200_001, 0)
    assert accounts.delivered + accounts.dropped["queue full"] == 200_001
    assert queue == "memory" or not accounts.dropped
    assert megabytes < 16 + 50
    assert microseconds < most

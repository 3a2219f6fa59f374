"""Calls from where nobody expects them: handlers of signals and logs, finalizers, callbacks, the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Start = Callable[..., Any]
Arrived = Callable[[], dict[str, int]]


def _all_arrived(program: Any, arrived: Arrived) -> dict[str, int]:
    """What arrived of a program that has ended well: all that was accepted."""
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert accounts.accepted == accounts.delivered
    counts = arrived()
    assert sum(counts.values()) == accounts.delivered
    return counts


_QUEUES = pytest.mark.parametrize("queue", ["memory", "spool:spool"])
_INTERRUPTED = """
client = make(upload_interval=0.01, queue={queue!r})
handled, called = [], 0  # a handler may interrupt itself

def handler(*_):
    handled.append(client.track("u", "Handled")[0])

signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
end = time.monotonic() + {seconds}
while time.monotonic() < end:
    called += client.track("u", "Called")[0]
    if called % 100 == 0:
        time.sleep(0.008)  # the stand-in keeps 100,000
signal.setitimer(signal.ITIMER_REAL, 0)
assert client.flush(60) == 0
print(sum(handled), called)
"""


@_QUEUES
@pytest.mark.parametrize("seconds", [1, pytest.param(5, marks=pytest.mark.stress)])
def test_a_signal_handler(start: Start, arrived: Arrived, queue: str, seconds: int) -> None:
    """Every 2 ms a handler tracks, in the middle of tracking: no deadlock, nothing lost or twice."""
    program = start(_INTERRUPTED.format(queue=queue, seconds=seconds))
    counts = _all_arrived(program, arrived)
    handled, called = map(int, program.output.split())
    assert counts == {"Handled": handled, "Called": called}
    assert handled > 20


@_QUEUES
def test_a_finalizer(start: Start, arrived: Arrived, queue: str) -> None:
    """Objects that the collector finds track, wherever the client allocates."""
    program = start(
        """
        import gc
        client = make(upload_interval=0.01, queue=os.environ["QUEUE"])
        finalized, called = [], 0

        class Tracking:
            def __init__(self):
                self.itself = self
            def __del__(self):
                finalized.append(client.track("u", "Finalized")[0])

        gc.set_threshold(3)
        end = time.monotonic() + 1
        while time.monotonic() < end:
            Tracking()
            called += client.track("u", "Called")[0]
            if called % 200 == 0:
                time.sleep(0.005)
        at_last.append(lambda: print(sum(finalized), called))
        """,
        QUEUE=queue,
    )
    counts = _all_arrived(program, arrived)
    finalized, called = map(int, program.output.split())
    assert counts == {"Finalized": finalized, "Called": called}
    assert finalized > 20


def test_a_handler_of_all_logs(start: Start, arrived: Arrived) -> None:
    """A handler at the root that tracks every record, ours among them, makes no endless chain."""
    program = start(
        """
        client = make(upload_interval=0.01)
        seen = []

        class Tracking(logging.Handler):
            def emit(self, record):
                seen.append(record.name)
                client.track("u", "Logged", {"by": record.name})

        logging.getLogger().addHandler(Tracking())
        logging.getLogger().setLevel(logging.DEBUG)
        logging.getLogger("shop").debug("opened")
        client.track("u", "Odd", {"value": object()})  # a warning of ours: it is left out
        client.track("u", "Long", {"value": "x" * 2_000_000})  # and another: it is dropped
        for _ in range(20):
            assert client.flush(30) == 0
            time.sleep(0.05)
        print(len(seen), "logged")
        """
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert accounts.dropped == {"longer than 1000000 bytes": 1}
    counts = arrived()
    logged = int(program.output.split()[0])
    assert counts == {"Logged": logged, "Odd": 1}
    assert logged <= 10, "of 20 deliveries"


def test_a_log_handler_that_raises(start: Start, arrived: Arrived) -> None:
    """What the application's log handlers raise reaches neither a call nor the delivery."""
    program = start(
        """
        class Raising(logging.Handler):
            def emit(self, record):
                raise OSError("the disk is full")

        logging.getLogger("analytics_mixpanel").addHandler(Raising())
        client = make(upload_interval=0.01, max_queue_size=10, upload_size=5)
        client.track("u", "Odd", {"value": object()})
        for number in range(50):
            client.track("u", "Counted", {"value": "x" * 2_000_000 if number == 25 else "x"})
        client.flush()
        client.track("u", "Last")
        """
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert accounts.accepted == 52
    assert accounts.dropped["longer than 1000000 bytes"] == 1
    assert arrived()["Last"] == arrived()["Odd"] == 1
    assert sum(arrived().values()) == accounts.delivered


@pytest.mark.parametrize("act", ["track(client, 'More', 3)", "client.flush(5)", "client.shutdown(5)"])
def test_on_error(start: Start, arrived: Arrived, act: str) -> None:
    """What is told of a loss may track, flush and shut down."""
    program = start(
        f"""
told = []

def on_error(error, messages):
    told.append(len(messages))
    {act}

client = make(upload_interval=0.01, on_error=on_error, max_message_bytes=10_000)
client.track("u", "", {{}})  # refused by Mixpanel: told on the lane's thread
client.track("u", "Good")
client.flush(10)
client.track("u", "Long", {{"value": "x" * 20_000}})  # dropped here: told on this thread
client.shutdown(10)
assert sum(told) >= 1, told
"""
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert accounts.pending == 0
    assert sum(arrived().values()) == accounts.delivered


@pytest.mark.parametrize("hook", ["capture", "enrich", "delivered", "deliver"])
def test_a_hook(start: Start, arrived: Arrived, hook: str) -> None:
    """A hook may track, on whatever thread it runs; it sees to it itself that this comes to an end."""
    arguments = {"capture": "message", "enrich": "message, destination", "deliver": "batch"}
    program = start(
        f"""
class Tracking:
    @hookimpl
    def {hook}(self, {arguments.get(hook, "message, destination")}):
        if len(more) < 10:
            more.append(None)
            assert client.track("u", "More")[0]

more = []
client = make(Tracking(), upload_interval=0.01)
track(client, "Counted", 20)
while len(more) < 10:
    assert client.flush(30) == 0
    track(client, "Counted", 1)
"""
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    counts = arrived()
    assert counts["More"] == 10
    assert accounts.delivered == accounts.accepted


_LATE = {
    "an exit handler from before the import": "",
    "a finalizer at the interpreter's end": "late = Late()\nlate.itself = late",
    "a daemon thread": "threading.Thread(target=for_ever, daemon=True).start()",
    "a module's global": "late = Late()\nsys.modules['json'].late = late",
}


@pytest.mark.parametrize("late", _LATE.values(), ids=_LATE)
def test_after_the_end(start: Start, arrived: Arrived, late: str) -> None:
    """A call after the client was closed returns False, is counted, and neither raises nor aborts."""
    first = """
    import atexit, os, time

    def call(track=None):
        answer = (track or client.track)("u", "Late")
        os.write(1, f"{answer[0]}\\n".encode())

    class Late:
        def __init__(self):
            self.call, self.track = call, None
        def __del__(self):
            self.call(self.track)

    atexit.register(call)

    def for_ever():
        while True:
            client.track("u", "Daemon")
            time.sleep(0.0005)
    """
    program = start(
        f"client = make(upload_interval=0.01)\nLate.track = client.track\ntrack(client, 'Early', 100)\n"
        f"{late}\ntime.sleep(0.2)",
        first=first,
    )
    assert program.ended() == 0, program.errors
    assert "Traceback" not in program.errors, program.errors
    assert "Fatal" not in program.errors, program.errors
    assert set(program.output.split()) == {"False"}
    assert arrived()["Early"] == 100
    assert "Late" not in arrived()
    assert program.accounts.add_up()
    assert program.accounts.delivered == sum(arrived().values())


def test_exit_handlers_and_finalizers_before_the_end(start: Start, arrived: Arrived) -> None:
    """What is tracked at exit before the client's own exit handler is delivered, without a new thread."""
    program = start(
        """
        client = make(upload_interval=60)
        atexit.register(track, client, "At Exit", 50)
        """
    )
    assert _all_arrived(program, arrived) == {"At Exit": 50}

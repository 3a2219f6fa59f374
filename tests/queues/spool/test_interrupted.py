"""Putting from a signal handler and from a finalizer, which interrupt a put: in processes that are killed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

_PROGRAM = """
import faulthandler, gc, itertools, os, signal, sys, threading, time
from pathlib import Path
from analytics_mixpanel.queues.spool import SpoolQueue, SpoolSettings

faulthandler.dump_traceback_later(40, exit=True)  # a deadlock ends the program, with the place
settings = SpoolSettings(Path("spool").absolute(), "shop", max_bytes=1 << 30)
queue = SpoolQueue(settings)
(line,) = queue.open("Shop")
queue._logs[0]._most = 20_000  # segments are begun all the time
taken, asides = [], itertools.count()  # counts in one step: a handler may interrupt a handler
mains = 0

def read():
    while bodies := line.take(200, 1 << 30, 0.001):
        taken.extend(bodies)
        line.settle()

def put(body):
    assert queue.put(body, ("Shop",)) == ()
"""

_READING = """
reading = threading.Thread(target=read)
reading.start()
"""

_BY_A_SIGNAL = """
def interrupt(*_):
    put(b"aside %d" % next(asides))

signal.signal(signal.SIGALRM, interrupt)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
end = time.monotonic() + 1.5
while time.monotonic() < end:
    put(b"main %d" % mains)
    mains += 1
signal.setitimer(signal.ITIMER_REAL, 0)
asides = next(asides)
assert asides > 100, asides
"""

_BY_THE_COLLECTOR = """
class Finalized:
    def __init__(self):
        self.cycle = self
    def __del__(self):
        put(b"aside %d" % next(asides))
        finalized.append(None)

finalized = []
gc.set_threshold(3)
end = time.monotonic() + 1.5
while time.monotonic() < end:
    Finalized()
    put(b"main %d" % mains)
    mains += 1
gc.set_threshold(700)
while len(finalized) < mains:  # the other thread may be collecting
    gc.collect()
    time.sleep(0.01)
asides = mains
"""

_SETTLED = """
assert line.wait_settled(20) == 0
line.close()
reading.join()
queue.close()
assert os.listdir("spool/shop") == []
"""

# As a kill would: what is on disk then is what the next process finds.
_KILLED = """
queue.abandon()
heir = SpoolQueue(settings)
(line,) = heir.open("Shop")
while bodies := line.take_now(1_000, 1 << 30):
    taken.extend(bodies)
    line.settle()
"""

_ACCOUNT = """
numbers = {b"main": [], b"aside": []}
for body in taken:
    who, number = body.split()
    numbers[who].append(int(number))
assert numbers[b"main"] == list(range(mains)), "lost, twice or out of order"
assert sorted(numbers[b"aside"]) == list(range(asides)), "lost or twice"
"""


@pytest.mark.parametrize("interruption", [_BY_A_SIGNAL, _BY_THE_COLLECTOR], ids=["signal", "collector"])
@pytest.mark.parametrize(("before", "after"), [(_READING, _SETTLED), ("", _KILLED)], ids=["read", "killed"])
def test_it_may_interrupt_itself(
    run_python: Callable[..., subprocess.CompletedProcess[str]], interruption: str, before: str, after: str
) -> None:
    """Nothing is lost and nothing hangs, whether it is read meanwhile or found by the next process."""
    ended = run_python(_PROGRAM + before + interruption + after + _ACCOUNT, timeout=60)
    assert ended.returncode == 0, ended.stderr


def test_the_first_message_may_be_interrupted(
    run_python: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """While the first segment is being begun, what comes is kept though there is none to append to."""
    program = """
opened = os.open
def opening(*arguments, **options):
    descriptor = opened(*arguments, **options)
    put(b"aside %d" % next(asides))
    return descriptor

os.open = opening
put(b"main 0")
os.open = opened
mains, asides = 1, next(asides)
assert asides > 2
"""
    ended = run_python(_PROGRAM + program + _KILLED + _ACCOUNT)
    assert ended.returncode == 0, ended.stderr

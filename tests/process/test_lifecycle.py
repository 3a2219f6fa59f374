"""What happens to messages when a process ends or forks, in real processes."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

# A destination that appends each message's event and its process to a file, in one write.
_PROGRAM = """
import atexit, ctypes, multiprocessing, os, sys, threading, time
from analytics_mixpanel import Client, hookimpl

class Filing:
    name = "Filing"
    @hookimpl
    def deliver(self, batch):
        lines = "".join(f"{message['event']} {os.getpid()}\\n" for message in batch.messages)
        fd = os.open("delivered", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(fd, lines.encode())
        os.close(fd)

class Hanging:
    name = "Hanging"
    @hookimpl
    def deliver(self, batch):
        time.sleep(600)

def client(*plugins, **settings):
    return Client(plugins=plugins or [Filing()], discover=False, **{"upload_interval": 60, **settings})

def track(client, prefix, count):
    for number in range(count):
        client.track("u", f"{prefix}-{number}")
"""

_FORK = """
analytics = client()
track(analytics, "parent", 90)
child = fork()
if child == 0:
    track(analytics, "child", 100)
    leave()
track(analytics, "later", 10)
_, status = os.waitpid(child, 0)
assert status == 0, status
"""


@pytest.fixture
def delivered(tmp_path: Path) -> Callable[[], list[tuple[str, int]]]:
    """What arrived: event and delivering process, in order."""

    def read() -> list[tuple[str, int]]:
        path = tmp_path / "delivered"
        lines = path.read_text().splitlines() if path.exists() else []
        return [(event, int(process)) for event, process in map(str.split, lines)]

    return read


def _counts(delivered: list[tuple[str, int]]) -> Counter[str]:
    assert len({event for event, _ in delivered}) == len(delivered), "something was delivered twice"
    return Counter(event.split("-")[0] for event, _ in delivered)


class TestExit:
    """Leaving without a flush."""

    @pytest.mark.parametrize(
        ("end", "code"),
        [("", 0), ("sys.exit(3)", 3), ("raise RuntimeError('over')", 1)],
        ids=["end of program", "sys.exit", "exception"],
    )
    def test_everything_is_delivered(
        self, run_python: Run, delivered: Callable[..., list[tuple[str, int]]], end: str, code: int
    ) -> None:
        """A thousand messages of the last moment arrive, in order, however the program ends."""
        ended = run_python(f'{_PROGRAM}\ntrack(client(), "last", 1_000)\n{end}')
        assert ended.returncode == code, ended.stderr
        assert [event for event, _ in delivered()] == [f"last-{n}" for n in range(1_000)]

    def test_the_application_s_exit_handlers_still_count(
        self, run_python: Run, delivered: Callable[..., list[tuple[str, int]]]
    ) -> None:
        """What exit handlers track arrives, were they registered before or after the first call."""
        program = """
atexit.register(lambda: track(analytics, "before", 3))
analytics = client()
track(analytics, "first", 1)
atexit.register(track, analytics, "after", 5)
"""
        assert run_python(_PROGRAM + program).returncode == 0
        assert _counts(delivered()) == {"first": 1, "before": 3, "after": 5}

    def test_a_first_call_at_exit_counts(
        self, run_python: Run, delivered: Callable[..., list[tuple[str, int]]]
    ) -> None:
        """A client that an exit handler makes delivers what that tracks."""
        ended = run_python(_PROGRAM + 'atexit.register(lambda: track(client(), "late", 5))')
        assert ended.returncode == 0, ended.stderr
        assert _counts(delivered()) == {"late": 5}

    def test_handlers_registered_before_the_import_do_no_harm(self, run_python: Run) -> None:
        """What is tracked after the client was closed at exit is not taken, and raises nothing."""
        first = """
import atexit

def late():
    print(analytics.track("u", "late")[0], analytics.stats()["Filing"].dropped)

atexit.register(late)
"""
        ended = run_python(first + _PROGRAM + 'analytics = client()\ntrack(analytics, "first", 1)\n')
        assert ended.stdout == "False {'shutdown': 1}\n"
        assert ended.stderr.count("Traceback") == 0

    def test_a_client_let_go_of_still_delivers(
        self, run_python: Run, delivered: Callable[..., list[tuple[str, int]]]
    ) -> None:
        """A client that the application keeps no reference to loses nothing."""
        run_python(_PROGRAM + 'track(client(), "a", 3)\nimport gc\ngc.collect()')
        assert _counts(delivered()) == {"a": 3}

    def test_it_ends_in_time_while_a_destination_hangs(
        self, run_python: Run, delivered: Callable[..., list[tuple[str, int]]]
    ) -> None:
        """Exit takes ``shutdown_timeout`` and a moment; other destinations get all, the loss is logged."""
        started = time.monotonic()
        ended = run_python(
            _PROGRAM + 'track(client(Hanging(), Filing(), shutdown_timeout=0.5), "a", 50)\nprint(time.time())'
        )
        assert time.monotonic() - started < 60, "it waited for what hangs"
        assert ended.returncode == 0
        assert _counts(delivered()) == {"a": 50}
        assert "Hanging: messages are being dropped: shutdown" in ended.stderr

    def test_clients_share_the_time(
        self, run_python: Run, delivered: Callable[..., list[tuple[str, int]]]
    ) -> None:
        """Several clients that hang take the longest of their timeouts together, not the sum."""
        program = """
for number in range(4):
    track(client(Hanging(), shutdown_timeout=3), "lost", 1)
track(client(shutdown_timeout=3), "kept", 10)
atexit.unregister(print)
started = time.monotonic()
from analytics_mixpanel.process import lifecycle
lifecycle.shut_down_all()
print(time.monotonic() - started)
"""
        ended = run_python(_PROGRAM + program)
        assert 3 <= float(ended.stdout) < 4 * 3, "one after the other"
        assert _counts(delivered()) == {"kept": 10}

    def test_what_failed_waits_no_longer_than_the_timeout(self, run_python: Run) -> None:
        """A destination that keeps failing does not keep the program from ending."""
        program = """
class Failing:
    @hookimpl
    def deliver(self, batch):
        from analytics_mixpanel import Outcome
        return Outcome(retry={0: "busy"}, retry_after=600)

track(client(Failing(), shutdown_timeout=0.3), "a", 1)
"""
        started = time.monotonic()
        assert run_python(_PROGRAM + program).returncode == 0
        assert time.monotonic() - started < 60, "it waited to try again"


class TestFork:
    """Processes made by forking."""

    @pytest.mark.parametrize(
        "fork",
        ["fork = os.fork", "fork = ctypes.CDLL(None).fork"],
        ids=["os.fork", "fork by C code"],
    )
    @pytest.mark.parametrize(
        "leave",
        ["leave = sys.exit", "def leave(): analytics.shutdown(); os._exit(0)"],
        ids=["exit", "shutdown and _exit"],
    )
    def test_each_process_delivers_its_own_once(
        self, run_python: Run, delivered: Callable[..., list[tuple[str, int]]], fork: str, leave: str
    ) -> None:
        """The parent's messages arrive once, from the parent; the child starts empty and delivers its own."""
        ended = run_python(f"{_PROGRAM}\n{fork}\n{leave}\n{_FORK}")
        assert ended.returncode == 0, ended.stderr
        assert _counts(delivered()) == {"parent": 90, "child": 100, "later": 10}
        processes = {event.split("-")[0]: process for event, process in delivered()}
        assert processes["parent"] == processes["later"] != processes["child"]

    @pytest.mark.parametrize("fork", ["os.fork", "ctypes.CDLL(None).fork"])
    @pytest.mark.parametrize("call", ["flush()", "shutdown()", "hurry()", "stats()"])
    def test_an_idle_child_waits_for_nothing(self, run_python: Run, fork: str, call: str) -> None:
        """A child that tracks nothing has nothing to flush, counts nothing, and ends at once."""
        program = f"""
analytics = client(Hanging())
track(analytics, "parent", 3)
child = {fork}()
if child == 0:
    started = time.monotonic()
    analytics.{call}
    assert analytics.stats()["Hanging"].accepted == 0
    atexit.register(lambda: time.monotonic() - started < 60 or os._exit(9))
    sys.exit()
_, status = os.waitpid(child, 0)
os._exit(status != 0)
"""
        started = time.monotonic()
        ended = run_python(_PROGRAM + program)
        assert ended.returncode == 0, ended.stderr
        assert time.monotonic() - started < 60, "it waited for what hangs"

    @pytest.mark.parametrize("fork", ["os.fork", "ctypes.CDLL(None).fork"])
    @pytest.mark.parametrize("track_in_child", [False, True], ids=["idle", "tracking"])
    def test_what_is_the_parent_s_is_closed_by_the_parent(
        self, run_python: Run, fork: str, track_in_child: bool
    ) -> None:
        """The plugins of a client that a child does not use are not shut down there."""
        program = f"""
class Closing(Filing):
    @hookimpl
    def shutdown(self):
        print("closed by the parent:", os.getpid() == parent, flush=True)

parent = os.getpid()
one, other = client(Closing()), client()
track(one, "one", 3)
track(other, "other", 3)
child = {fork}()
if child == 0:
    if {track_in_child}:
        track(other, "child", 1)
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
"""
        ended = run_python(_PROGRAM + program)
        assert (ended.stdout, ended.returncode) == ("closed by the parent: True\n", 0), ended.stderr

    def test_a_busy_parent_hangs_no_child(self, run_python: Run) -> None:
        """Children forked while other threads track can track and flush, each of them."""
        program = """
import faulthandler
faulthandler.dump_traceback_later(20, exit=True)
analytics = client(upload_interval=0.001)
stop = threading.Event()

def work():
    while not stop.is_set():
        analytics.track("u", "busy-x")

threads = [threading.Thread(target=work, daemon=True) for _ in range(2)]
for thread in threads:
    thread.start()
children = []
for number in range(15):
    child = os.fork()
    if child == 0:
        analytics.track("u", f"child-{number}")
        os._exit(analytics.flush(10))
    children.append(child)
statuses = [os.waitpid(child, 0)[1] for child in children]
stop.set()
assert statuses == [0] * 15, statuses
"""
        ended = run_python(_PROGRAM + program)
        assert ended.returncode == 0, ended.stderr

    def test_a_fork_before_the_first_call_is_clean(self, run_python: Run) -> None:
        """A client that was only made has no thread, so nothing warns of a fork."""
        program = """
analytics = client()
child = os.fork()
if child == 0:
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
"""
        ended = run_python("import warnings\nwarnings.simplefilter('error')\n" + _PROGRAM + program)
        assert ended.returncode == 0, ended.stderr

    def test_ids_of_parent_and_child_differ(self, run_python: Run) -> None:
        """A child goes on with ids of its own."""
        program = """
analytics = client(send=False)
analytics.track("u", "a")
reading, writing = os.pipe()
child = os.fork()
mine = analytics.track("u", "a")[1]["messageId"]
if child == 0:
    os.write(writing, mine.encode())
    os._exit(0)
os.waitpid(child, 0)
assert os.read(reading, 100).decode() != mine
"""
        ended = run_python(_PROGRAM + program)
        assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_child_of_multiprocessing_delivers(
    run_python: Run, tmp_path: Path, delivered: Callable[..., list[tuple[str, int]]], method: str
) -> None:
    """Such a child leaves without exit handlers on some Pythons; what it tracked arrives all the same."""
    (tmp_path / "working.py").write_text(
        _PROGRAM + 'analytics = client()\ndef work():\n    track(analytics, "child", 100)\n'
    )
    program = f"""
import multiprocessing, working
if __name__ == "__main__":
    working.track(working.analytics, "parent", 20)
    child = multiprocessing.get_context("{method}").Process(target=working.work)
    child.start()
    child.join()
    assert child.exitcode == 0
"""
    ended = run_python(program)
    assert ended.returncode == 0, ended.stderr
    assert _counts(delivered()) == {"parent": 20, "child": 100}

"""Imports where they are needed, and forks while they are under way, in real processes."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from importlib.util import find_spec

import pytest

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.process import late_imports
from analytics_mixpanel.process.late_imports import late_import

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is nothing to fork with")

# Ends what hangs, and shows its stacks; a child has to ask for it again.
_WATCHED = """
import faulthandler, importlib, os, signal, sys, threading, time
faulthandler.register(signal.SIGALRM, chain=True)
signal.alarm(20)
"""

# Forks in the middle of another thread's import of `slow`.
_FORK = """
import analytics_mixpanel as analytics

slow, thread = sys.argv[1:]
importing, forking = threading.Event(), threading.Event()

class Slow:
    def find_spec(self, name, path, target=None):
        if name == slow:
            importing.set()
            forking.wait(10)
            time.sleep(0.3)

def call(event):
    analytics.track("u", event)

sys.meta_path.insert(0, Slow())
os.register_at_fork(before=forking.set)
analytics.upload_interval = 0.001
if thread == "lane":
    call("Parent")
else:
    calling = threading.Thread(target=call, args=["Parent"])
    calling.start()
assert importing.wait(10)
child = os.fork()
if child == 0:
    signal.alarm(15)
    importlib.import_module(slow)
    call("Child")
    os._exit(analytics.flush(10))
if thread != "lane":
    calling.join()
call("Parent, later")
assert analytics.flush(10) == 0
assert os.waitpid(child, 0)[1] == 0
"""

# Prints what is imported where a fork would not wait for it.
_SPY = """
import analytics_mixpanel as analytics
from analytics_mixpanel.process import late_imports

class Spy:
    def find_spec(self, name, path, target=None):
        if threading.get_ident() not in late_imports._importing:
            print(threading.current_thread().name, "imports", name)

sys.meta_path.insert(0, Spy())
analytics.upload_interval = 0.001
for _ in range(2):
    analytics.track("u", "Paid", {"total": 1})
    analytics.identify("u", {"plan": "pro"}, anonymous_id="a")
    analytics.group("u", "g", {"name": "G"})
    assert analytics.flush(15) == 0
print(analytics.stats()["Mixpanel"].delivered, analytics.stats()["Mixpanel"].retried > 0)
os._exit(0)
"""

# A thread is inside of late_import(), until told to leave.
_HELD = """
from analytics_mixpanel.process import late_imports

inside, leave = threading.Event(), threading.Event()

def hold():
    with late_imports.late_import():
        inside.set()
        leave.wait()

threading.Thread(target=hold, daemon=True).start()
inside.wait()
"""


class TestFork:
    """A process that forks while another of its threads imports."""

    @pytest.mark.parametrize(
        ("slow", "thread"),
        [
            ("analytics_mixpanel.client", "application"),
            ("importlib.metadata", "application"),
            ("analytics_mixpanel_destination.plugin", "application"),
            ("analytics_mixpanel_destination.translate", "lane"),
            ("requests", "lane"),
            ("urllib3.connection", "lane"),
            ("backoff", "lane"),
        ],
    )
    def test_the_child_delivers(self, run_python: Run, stand_in: StandIn, slow: str, thread: str) -> None:
        """Parent and child both go on, whichever import it was, and everything arrives."""
        if slow == "backoff":
            stand_in.answer_next(503)
        told = {"MIXPANEL_TOKEN": "token", "MIXPANEL_API_HOST": stand_in.url}
        ended = run_python(_WATCHED + _FORK, slow, thread, timeout=60, **told)
        assert ended.returncode == 0, ended.stderr
        assert sorted(event.event for event in stand_in.events) == ["Child", "Parent", "Parent, later"]

    def test_it_does_not_wait_for_ever(self, run_python: Run) -> None:
        """An import that never ends holds a fork up for a while; the child may import other things."""
        program = """
late_imports._LONGEST = 0.1
child = os.fork()
if child == 0:
    signal.alarm(15)
    late_imports._LONGEST = 60
    with late_imports.late_import():
        os._exit(0 if os.fork() else 1)
assert os.waitpid(child, 0)[1] == 0
"""
        ended = run_python(_WATCHED + _HELD + program, timeout=60)
        assert ended.returncode == 0, ended.stderr

    def test_it_does_not_wait_for_itself(self, run_python: Run) -> None:
        """A module that forks while it is imported late goes on at once, parent and child."""
        program = """
late_imports._LONGEST = 60
leave.set()
with late_imports.late_import():
    child = os.fork()
if child == 0:
    signal.alarm(15)
    with late_imports.late_import():
        os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""
        ended = run_python(_WATCHED + _HELD + program, timeout=60)
        assert ended.returncode == 0, ended.stderr

    def test_no_import_begins_meanwhile(self, run_python: Run) -> None:
        """Until the fork is over, whatever else it waits for, no other thread begins to import."""
        program = """
import faulthandler, os, threading, time
faulthandler.dump_traceback_later(20, exit=True)
steps, forking = [], threading.Event()

def last_hook():  # hooks run in reverse: what was registered before the import comes after its own
    forking.set()
    time.sleep(0.3)
    steps.append("forks")

os.register_at_fork(before=last_hook)
from analytics_mixpanel.process.late_imports import late_import

def importing():
    forking.wait()
    with late_import():
        steps.append("imports")

thread = threading.Thread(target=importing)
thread.start()
if child := os.fork():
    thread.join()
    assert os.waitpid(child, 0)[1] == 0
    assert steps == ["forks", "imports"], steps
else:
    with late_import():
        os._exit(0)
"""
        ended = run_python(program, timeout=60, PYTHONWARNINGS="ignore::DeprecationWarning")
        assert ended.returncode == 0, ended.stderr

    def test_it_may_be_interrupted(self, run_python: Run) -> None:
        """A signal handler may import late, in the middle of an import, of a fork and of their waits."""
        program = """
import faulthandler, os, signal, threading, time
from analytics_mixpanel.process import late_imports
faulthandler.dump_traceback_later(25, exit=True)
late_imports._LONGEST = 20
handled, going = [], True

def handler(*_):
    with late_imports.late_import():
        handled.append(None)

def importing():
    while going:
        with late_imports.late_import():
            time.sleep(0.001)

threads = [threading.Thread(target=importing) for _ in range(3)]
for thread in threads:
    thread.start()
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
children = []
for _ in range(40):
    with late_imports.late_import():
        pass
    child = os.fork()
    if child == 0:
        with late_imports.late_import():
            os._exit(late_imports._importing != [threading.get_ident()])
    children.append(child)
signal.setitimer(signal.ITIMER_REAL, 0)
going = False
for thread in threads:
    thread.join()
assert [os.waitpid(child, 0)[1] for child in children] == [0] * 40
assert len(handled) > 20
assert late_imports._importing == late_imports._forking == late_imports._waiting == []
"""
        ended = run_python(program, timeout=60, PYTHONWARNINGS="ignore::DeprecationWarning")
        assert ended.returncode == 0, ended.stderr

    @pytest.mark.parametrize("library", ["gevent", "eventlet"])
    @pytest.mark.parametrize("when", ["before the import", "after the import", "in a late import"])
    def test_greenlets_import(self, run_python: Run, library: str, when: str) -> None:
        """A fork by one greenlet lets another finish its import, whenever the library has patched."""
        if find_spec(library) is None:  # eventlet, once imported, has something to say of every fork
            pytest.skip(f"{library} is not installed")
        patch = {
            "gevent": "from gevent import monkey; monkey.patch_all(); from gevent import spawn\n",
            "eventlet": "import warnings; warnings.simplefilter('ignore')\n"
            "import eventlet; eventlet.monkey_patch(); from eventlet import spawn\n",
        }[library]
        program = f"""
{patch if when == "before the import" else ""}
from analytics_mixpanel.process import late_imports
late_imports._LONGEST = 40
if {when == "in a late import"}:
    with late_imports.late_import():
        exec({patch!r})
{patch if when == "after the import" else ""}
import os, time
steps = []

def importing():
    with late_imports.late_import():
        steps.append("begins")
        time.sleep(0.2)
        steps.append("ends")

spawn(importing)
while not steps:
    time.sleep(0.01)
started = time.monotonic()
reading, writing = os.pipe()  # gevent's waitpid misses a child that ends at once
if os.fork() == 0:
    with late_imports.late_import():
        os.write(writing, b"well")
    os._exit(0)
assert time.monotonic() - started < 30
assert steps == ["begins", "ends"], steps
assert os.read(reading, 4) == b"well"
"""
        ended = run_python(program, timeout=60, PYTHONWARNINGS="ignore::DeprecationWarning")
        assert ended.returncode == 0, ended.stderr


class TestLateImport:
    """The block that imports stand in."""

    def test_all_late_imports_are_inside(self, run_python: Run, stand_in: StandIn) -> None:
        """After the package itself nothing is imported outside, up to a repeated delivery."""
        stand_in.answer_next(503)
        told = {"MIXPANEL_TOKEN": "token", "MIXPANEL_API_HOST": stand_in.url}
        ended = run_python(_WATCHED + _SPY, timeout=60, **told)
        assert ended.stdout == "6 True\n", ended.stderr

    def test_imports_do_not_wait_for_each_other(self) -> None:
        """Two threads import at the same time, or one could wait for what only the other can finish."""
        both = threading.Barrier(2)

        def importing() -> None:
            with late_import():
                both.wait(10)

        thread = threading.Thread(target=importing)
        thread.start()
        importing()
        thread.join()
        assert late_imports._importing == []

    def test_it_may_be_nested_and_fail(self) -> None:
        """What is imported late may import late, and may raise."""
        with pytest.raises(ImportError), late_import(), late_import():
            raise ImportError
        assert late_imports._importing == []

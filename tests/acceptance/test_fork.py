"""Forking: each process delivers what was tracked in it, once, and none hangs."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import define, field

from analytics_mixpanel.debugger import StandIn

Start = Callable[..., Any]
Arrived = Callable[[], dict[str, int]]

# By PyDLL, which holds the GIL over the call, as a server that embeds Python does: the child has no thread
# that could ever let go of it. For the same reason no other thread may be about to take it: hence ``quiet``.
_FORKS: Final = {
    "os.fork": "quiet, fork = 0, os.fork",
    "fork by C code": "import ctypes\nquiet, fork = 0.3, ctypes.PyDLL(None).fork",
}
#: 3.12 warns of every fork that a process with threads makes.
_FORKING: Final = {"PYTHONWARNINGS": "ignore::DeprecationWarning"}


@pytest.fixture(params=list(_FORKS.values()), ids=list(_FORKS))
def fork(request: pytest.FixtureRequest) -> str:
    """Code that defines ``fork``."""
    return str(request.param)


def test_parent_and_child_deliver_their_own(start: Start, arrived: Arrived, fork: str) -> None:
    """Fifty sent and fifty waiting at the fork, a hundred in the child: two hundred, none twice."""
    program = start(
        fork
        + """
client = make(upload_interval=60)
track(client, "Sent", 50)
assert client.flush() == 0
track(client, "Waiting", 50)
time.sleep(quiet)
child = fork()
if child == 0:
    track(client, "Child", 100)
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
""",
        **_FORKING,
    ).succeeded()
    assert arrived() == {"Sent": 50, "Waiting": 50, "Child": 100}
    assert program.accounts.add_up()
    assert (program.accounts.clients, program.accounts.delivered) == (2, 200)


@pytest.mark.parametrize("children", [15, pytest.param(100, marks=pytest.mark.stress)])
@pytest.mark.parametrize("queue", ["memory", "spool"])
def test_at_any_moment(start: Start, arrived: Arrived, tmp_path: Path, queue: str, children: int) -> None:
    """Children forked while other threads track and deliver: each delivers its own, and none hangs."""
    program = start(
        """
CHILDREN = int(os.environ["CHILDREN"])
client = make(upload_interval=0.001, queue=os.environ["QUEUE"])
going = True

def work(name):
    while going:
        client.track("u", name)
        time.sleep(0.0002)

threads = [threading.Thread(target=work, args=(f"Busy {n}",)) for n in range(3)]
for thread in threads:
    thread.start()
children = []
for number in range(CHILDREN):
    client.track("u", "Parent")
    child = os.fork()
    if child == 0:
        track(client, "Child", 10)
        stats = client.stats()["Mixpanel"] if client.flush(30) == 0 else None
        os._exit(stats is None or (stats.accepted, stats.delivered) != (10, 10))
    children.append(child)
statuses = [os.waitpid(child, 0)[1] for child in children]
going = False
for thread in threads:
    thread.join()
assert statuses == [0] * CHILDREN, statuses
""",
        CHILDREN=str(children),
        QUEUE="memory" if queue == "memory" else f"spool:{tmp_path / 'spool'}",
        **_FORKING,
    ).succeeded()
    accounts = program.accounts
    assert accounts.add_up()
    assert accounts.accepted == accounts.delivered
    counts = arrived()
    assert (counts.pop("Child"), counts.pop("Parent")) == (10 * children, children)
    assert sum(counts.values()) == accounts.delivered - children


def test_in_the_middle_of_a_request(start: Start, stand_in: StandIn, arrived: Arrived, fork: str) -> None:
    """The child opens a connection of its own; neither reads the other's answers."""
    stand_in.answer_next(delay=1.0, times=2)
    program = start(
        fork
        + """
client = make(upload_size=20, upload_interval=0)
track(client, "First", 1)
assert client.flush() == 0  # what is imported by now is not in the middle of that, which no C code waits for
track(client, "Parent", 100)
time.sleep(0.5)  # the second request is on its way
child = fork()
if child == 0:
    track(client, "Child", 100)
    assert client.flush() == 0
    sys.exit()
track(client, "Later", 100)
assert os.waitpid(child, 0)[1] == 0
""",
        **_FORKING,
    ).succeeded()
    assert arrived() == {"First": 1, "Parent": 100, "Child": 100, "Later": 100}
    assert program.accounts.add_up()
    assert program.accounts.delivered == 301


@define(eq=False)
class Server:
    """Takes events, slowly.

    Attributes:
        senders: by the connection's port, the processes whose events came over it.
    """

    url: str
    senders: dict[int, set[int]] = field(factory=lambda: defaultdict(set))
    names: list[str] = field(factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that keeps its connections open."""

    class Taking(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            plain = gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body
            records = json.loads(plain)
            told.senders[self.client_address[1]].update(each["properties"]["process"] for each in records)
            told.names.extend(each["event"] for each in records)
            time.sleep(0.02)
            answer = json.dumps({"code": 200, "num_records_imported": len(records), "status": "OK"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as listening:
        listening.daemon_threads = True
        told = Server(f"http://127.0.0.1:{listening.server_port}")
        serving = threading.Thread(target=listening.serve_forever)
        serving.start()
        yield told
        listening.shutdown()
        serving.join()


def test_no_connection_is_shared(start: Start, server: Server, fork: str) -> None:
    """One that was open at the fork is the parent's alone: each carries the requests of one process."""
    program = start(
        fork
        + """
client = make(upload_size=5, upload_interval=0)
track(client, "Sent", 5)
assert client.flush() == 0
time.sleep(quiet)
child = fork()
track(client, "Parent" if child else "Child", 100)
assert client.flush() == 0
if child == 0:
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
""",
        **_FORKING,
        MIXPANEL_API_HOST=server.url,
    ).succeeded()
    assert program.accounts.delivered == 205
    assert sorted(server.names) == ["Child"] * 100 + ["Parent"] * 100 + ["Sent"] * 5
    assert [len(processes) for processes in server.senders.values()] == [1] * len(server.senders)
    assert len(set.union(*server.senders.values())) == 2
    first = next(iter(server.senders))
    assert program.process.pid in server.senders[first]


def test_a_daemon_s_double_fork(start: Start, arrived: Arrived, fork: str) -> None:
    """The grandchild goes on alone, in a session of its own."""
    program = start(
        fork
        + """
client = make(upload_interval=60)
track(client, "Parent", 10)
reading, writing = os.pipe()
time.sleep(quiet)
child = fork()
if child == 0:
    track(client, "Child", 10)
    time.sleep(quiet)
    os.setsid()
    if fork() == 0:
        os.close(reading)
        track(client, "Grandchild", 10)
        sys.exit()
    sys.exit()
os.close(writing)
assert os.waitpid(child, 0)[1] == 0
assert os.read(reading, 1) == b"", "the grandchild has ended"
""",
        **_FORKING,
    ).succeeded()
    assert arrived() == {"Parent": 10, "Child": 10, "Grandchild": 10}
    assert program.accounts.add_up()
    assert program.accounts.delivered == 30


def test_a_client_is_made_before_the_fork(start: Start, arrived: Arrived) -> None:
    """Nothing starts a thread before the first call, so that no Python warns of the fork."""
    start(
        """
        client = make()
        if os.path.exists("/proc/self/task"):
            assert len(os.listdir("/proc/self/task")) == 1
        child = os.fork()
        track(client, "Parent" if child else "Child", 10)
        if child:
            assert os.waitpid(child, 0)[1] == 0
        """,
        python=("-W", "error::DeprecationWarning", "program.py"),
    ).succeeded()
    assert arrived() == {"Parent": 10, "Child": 10}


_MAIN: Final = """
import multiprocessing, working

if __name__ == "__main__":
    context = multiprocessing.get_context("{method}")
    working.track(working.client, "Parent", 20)
    {work}
"""
_MODULE: Final = """
import os
from analytics_mixpanel import Client
from analytics_mixpanel_destination import Mixpanel

client = Client("token", plugins=[Mixpanel()], discover=False, upload_interval=60)

def track(client, name, count):
    for number in range(count):
        client.track("u", name, {"n": number, "process": os.getpid()})

def work(number):
    track(client, "Child", 25)
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize(
    "work",
    [
        (
            "children = [context.Process(target=working.work, args=(number,)) for number in range(4)]\n"
            "    [child.start() for child in children]\n"
            "    assert [(child.join(), child.exitcode) for child in children] == [(None, 0)] * 4"
        ),
        (
            "with context.Pool(2, maxtasksperchild=1) as pool:\n"
            "        pool.map(working.work, range(4), chunksize=1)\n"
            "        pool.close()\n"
            "        pool.join()"
        ),
    ],
    ids=["Process", "Pool(maxtasksperchild=1)"],
)
def test_multiprocessing(start: Start, arrived: Arrived, method: str, work: str) -> None:
    """Its children leave through os._exit, on most Pythons past atexit; what they tracked arrives."""
    start(_MAIN.format(method=method, work=work), files={"working.py": _MODULE}, **_FORKING).succeeded()
    assert arrived() == {"Parent": 20, "Child": 100}

"""What a connection can do besides answering: nothing hangs, nothing grows, nothing is lost."""

from __future__ import annotations

import functools
import gzip
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from analytics_mixpanel import Client

Make = Callable[..., Client]
AddsUp = Callable[..., None]
WaitUntil = Callable[[Callable[[], bool]], None]
SURELY = 60.0
YES = b'{"code":200,"status":"OK"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def track(client: Client, count: int, **properties: Any) -> None:
    """Track events E0, E1, E2 and so on."""
    for number in range(count):
        client.track("u", f"E{number}", properties)


def names(count: int) -> list[str]:
    """The events that ``track`` makes."""
    return [f"E{number}" for number in range(count)]


def reset(connection: socket.socket) -> None:
    """End a connection with a RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def recovers(server: Any, client: Client, adds_up: AddsUp, count: int) -> None:
    """Once the server is mended everything is there, once; nothing was delivered before."""
    adds_up(client, accepted=count, delivered=0, pending=count)
    server.mend()
    assert client.flush(SURELY) == 0
    assert Counter(server.shown) == Counter(names(count))
    assert client.health["Mixpanel"].state == "ok"
    adds_up(client, accepted=count, delivered=count)


def test_a_lost_answer_is_repeated_byte_by_byte(
    server: Any, wire: Any, mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil
) -> None:
    """Where the events arrived and the answer did not, the same bytes come again: same time, same id."""
    bodies: list[bytes] = []

    def lose_answer(connection: socket.socket) -> None:
        bodies.append(wire.read_request(connection).plain)
        if len(bodies) == 3:
            server.behaviour = None

    server.misbehave(lose_answer)
    client = mixpanel_client(server.url, upload_size=20, upload_interval=60)
    track(client, 20)
    wait_until(lambda: len(bodies) == 3)
    assert client.flush(SURELY) == 0
    bodies.append(server.heard[0].plain)
    assert len(set(bodies)) == 1
    assert len({record["properties"]["$insert_id"] for record in json.loads(bodies[0])}) == 20
    adds_up(client, accepted=20, delivered=20)


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (HEAD, b"X: y\r\n"),
        (HEAD + b"Content-Length: 99999\r\n\r\n", b" "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["status line", "header", "headers", "body", "chunks", "trailers", "continue"],
)
def test_a_dripping_answer_ends(
    server: Any,
    wire: Any,
    mixpanel_client: Make,
    adds_up: AddsUp,
    wait_until: WaitUntil,
    start: bytes,
    drop: bytes,
) -> None:
    """However slowly an answer drips, and wherever, it is left when the request has had its time."""
    gone = threading.Event()

    def drip(connection: socket.socket) -> None:
        try:
            wire.read_request(connection)
            connection.sendall(start)
            while True:
                connection.sendall(drop)
                time.sleep(0.02)
        except OSError:
            gone.set()

    server.misbehave(drip)
    client = mixpanel_client(server.url, timeout=0.5)
    track(client, 10)
    assert gone.wait(SURELY)
    wait_until(lambda: client.health["Mixpanel"].state == "retrying")
    recovers(server, client, adds_up, 10)


def test_a_server_that_does_not_read_is_left(
    server: Any, mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil
) -> None:
    """Sending has no more time than the whole request."""
    done = threading.Event()
    server.misbehave(lambda _: done.wait(SURELY))
    client = mixpanel_client(server.url, timeout=0.5, gzip=False, upload_interval=0.3)
    noise = os.urandom(8_000).hex()
    track(client, 200, **{f"p{n}": noise[n * 50 : n * 50 + 200] for n in range(70)})
    wait_until(lambda: client.health["Mixpanel"].state == "retrying")
    done.set()
    recovers(server, client, adds_up, 200)


def test_a_server_that_does_not_accept_is_left(
    mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil
) -> None:
    """A backlog that is full keeps a request no longer than its time."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        client = mixpanel_client(f"http://127.0.0.1:{address[1]}", timeout=0.5)
        track(client, 5)
        wait_until(lambda: client.health["Mixpanel"].state == "retrying")
        assert "no answer in time" in client.health["Mixpanel"].reason
        adds_up(client, accepted=5, pending=5)
        for each in waiting:
            each.close()


_STAND_IN = """
import sys, time
from analytics_mixpanel.debugger import StandIn
with StandIn(port=int(sys.argv[1])) as stand_in:
    print(stand_in.url, flush=True)
    sys.stdin.readline()
    print(len(stand_in.events), flush=True)
"""


@pytest.fixture
def stopped_server() -> Iterator[subprocess.Popen[str]]:
    """A stand-in in a process of its own, which can be stopped."""
    path = os.pathsep.join(each for each in sys.path if each)
    process = subprocess.Popen(
        [sys.executable, "-c", _STAND_IN, "0"],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


def test_a_frozen_server_is_left(
    stopped_server: subprocess.Popen[str], mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil
) -> None:
    """A half-open connection, its server stopped by SIGSTOP, ends in time; all arrive once it goes on."""
    assert stopped_server.stdout
    assert stopped_server.stdin
    url = stopped_server.stdout.readline().strip()
    client = mixpanel_client(url, timeout=1)
    client.track("u", "first")
    assert client.flush(SURELY) == 0
    stopped_server.send_signal(signal.SIGSTOP)
    track(client, 10)
    wait_until(lambda: client.health["Mixpanel"].state == "retrying")
    adds_up(client, accepted=11, delivered=1, pending=10)
    stopped_server.send_signal(signal.SIGCONT)
    assert client.flush(SURELY) == 0
    stopped_server.stdin.write("\n")
    stopped_server.stdin.flush()
    assert int(stopped_server.stdout.readline()) == 11
    adds_up(client, accepted=11, delivered=11)


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200", HEAD, HEAD + b"Content-Length: 50\r\n\r\n" + YES],
    ids=["at once", "in the status line", "in the headers", "in the body"],
)
def test_a_reset_is_no_success(
    server: Any,
    wire: Any,
    mixpanel_client: Make,
    adds_up: AddsUp,
    wait_until: WaitUntil,
    start: bytes,
) -> None:
    """A connection that is reset while it answers has delivered nothing, whatever it said so far."""

    def cut(connection: socket.socket) -> None:
        wire.read_request(connection)
        connection.sendall(start)
        time.sleep(0.01)
        reset(connection)

    server.misbehave(cut)
    client = mixpanel_client(server.url)
    track(client, 10)
    wait_until(lambda: client.stats()["Mixpanel"].retried >= 20)
    recovers(server, client, adds_up, 10)


@pytest.mark.parametrize("end", [reset, socket.socket.close], ids=["reset", "closed"])
def test_an_idle_connection_that_ended_costs_nothing(
    server: Any, wire: Any, mixpanel_client: Make, adds_up: AddsUp, end: Callable[[socket.socket], None]
) -> None:
    """A kept connection that the server has left meanwhile is replaced at once: no failure is counted."""
    ended = threading.Semaphore(0)

    def serve_one(connection: socket.socket) -> None:
        server.heard.append(wire.read_request(connection))
        connection.sendall(wire.answer(YES))
        time.sleep(0.02)  # until the answer has been read
        server._open.remove(connection)
        end(connection)
        ended.release()

    server.misbehave(serve_one)
    client = mixpanel_client(server.url)
    for number in range(5):
        client.track("u", f"E{number}")
        assert client.flush(SURELY) == 0
        assert ended.acquire(timeout=SURELY)
    assert Counter(server.events) == Counter(names(5))
    assert server.connections == 5
    adds_up(client, accepted=5, delivered=5, retried=0)


def test_a_reset_under_a_request_is_repeated_at_once(
    server: Any, wire: Any, mixpanel_client: Make, adds_up: AddsUp
) -> None:
    """A kept connection that breaks as it is used costs one more request, not a failure."""
    requests: list[Any] = []

    def serve_one(connection: socket.socket) -> None:
        server.heard.append(wire.read_request(connection))
        connection.sendall(wire.answer(YES))
        requests.append(wire.read_request(connection))
        reset(connection)

    server.misbehave(serve_one)
    client = mixpanel_client(server.url)
    for number in range(4):
        client.track("u", f"E{number}")
        assert client.flush(SURELY) == 0
    assert Counter(server.events) == Counter(names(4))
    assert len(requests) == 3
    adds_up(client, accepted=4, delivered=4, retried=0)


def test_a_new_connection_is_repeated_by_the_lane_alone(
    server: Any, wire: Any, mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil
) -> None:
    """Where a connection never served anything, each failure is one request."""
    requests: list[Any] = []

    def cut(connection: socket.socket) -> None:
        requests.append(wire.read_request(connection))

    server.misbehave(cut)
    client = mixpanel_client(server.url)
    client.track("u", "E0")
    wait_until(lambda: client.stats()["Mixpanel"].retried >= 5)
    assert len(requests) - client.stats()["Mixpanel"].retried in (0, 1)
    recovers(server, client, adds_up, 1)


# -- answers that would burst the memory -----------------------------------------------------------

_CLIENT = """
import resource, sys, time
from pathlib import Path
from analytics_mixpanel import Client
from analytics_mixpanel.lanes.retry import RetryPolicy
from analytics_mixpanel_destination import Mixpanel

def deliver(url, count):
    client = Client(
        "token", plugins=[Mixpanel(api_host=url)], discover=False, timeout=3,
        retry=RetryPolicy(max_retries=3, first_wait=0.01, longest_wait=0.02),
    )
    for number in range(count):
        client.track("u", f"E{number}")
    client.flush(60)
    client.shutdown(1)
    return client.stats()["Mixpanel"]

def peak():
    # In kilobytes. On Linux getrusage would tell the peak of the parent.
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)

deliver(sys.argv[1], 100)
before = peak()
stats = deliver(sys.argv[2], 100)
after = peak()
print((after - before) * 1024, stats.accepted, stats.delivered, sum(stats.dropped.values()), stats.pending)
"""
MEGABYTE = 1 << 20


@functools.cache
def _packed() -> bytes:
    return gzip.compress(bytes(64 * MEGABYTE)) * 16


def bomb() -> Iterator[bytes]:
    """A gigabyte of zeros, in one megabyte of gzip."""
    packed = _packed()
    yield HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed


def ten_gigabytes() -> Iterator[bytes]:
    """A body that says it has ten gigabytes, and begins."""
    yield HEAD + b"Content-Length: 10737418240\r\n\r\n"
    for _ in range(10_240):
        yield b" " * MEGABYTE


def endless_chunks() -> Iterator[bytes]:
    """Chunks without end."""
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    for _ in range(10_240):
        yield b"100000\r\n" + b" " * MEGABYTE + b"\r\n"


def tiny_chunks() -> Iterator[bytes]:
    """Chunks of a byte, each with a long extension."""
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    for _ in range(10_240):
        yield (b"1;" + b"x" * 60_000 + b"\r\n \r\n") * 17


def long_header() -> Iterator[bytes]:
    """One header of a megabyte."""
    yield HEAD + b"X-Long: " + b"x" * MEGABYTE + b"\r\n\r\n"


def many_headers() -> Iterator[bytes]:
    """Headers without end, each as long as one may be."""
    yield HEAD
    for _ in range(10_240):
        yield b"X-Long: " + b"x" * 65_000 + b"\r\n"


def endless_trailers() -> Iterator[bytes]:
    """Trailers without end."""
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n"
    for _ in range(10_240):
        yield (b"X-Long: " + b"x" * 60_000 + b"\r\n") * 17


@pytest.mark.parametrize(
    "content",
    [bomb, ten_gigabytes, endless_chunks, tiny_chunks, long_header, many_headers, endless_trailers],
    ids=lambda each: each.__name__,
)
def test_no_answer_bursts_the_memory(
    server: Any, wire: Any, run_python: Callable[..., Any], content: Callable[[], Iterator[bytes]]
) -> None:
    """Whatever is answered, the process grows by less than ten megabytes and ends in time."""
    healthy = wire.serve()

    def pour(connection: socket.socket) -> None:
        wire.read_request(connection)
        for some in content():
            connection.sendall(some)

    server.misbehave(pour)
    ended = run_python(_CLIENT, healthy.url, server.url, timeout=SURELY)
    assert ended.returncode == 0, ended.stderr
    grown, accepted, delivered, dropped, pending = map(int, ended.stdout.split())
    assert grown < 10 * MEGABYTE
    assert (accepted, delivered + dropped, pending) == (100, 100, 0)
    assert delivered == 0

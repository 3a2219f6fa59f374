"""Starting, stopping and reading a stand-in."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from analytics_mixpanel.debugger import StandIn

Post = Callable[..., requests.Response]

EVENT = {"event": "A", "properties": {"token": "token", "distinct_id": "u"}}


def test_a_stand_in_serves_on_loopback_from_the_start() -> None:
    """Its first request needs no waiting, on a port of its own."""
    with StandIn() as first, StandIn() as second:
        assert first.url != second.url
        for running in (first, second):
            assert running.url.startswith("http://127.0.0.1:")
            assert requests.post(running.url + "/track", json=EVENT, timeout=10).text == "1"
            assert len(running.events) == 1


def test_a_closed_stand_in_leaves_nothing_behind() -> None:
    """No thread, no open port, no socket, also with a connection still open at the other end."""
    threads = threading.active_count()
    session = requests.Session()
    running = StandIn()
    session.post(running.url + "/track", json=EVENT, timeout=10)
    running.close()
    running.close()
    session.close()
    gc.collect()  # an unclosed socket would warn, and warnings are errors
    assert threading.active_count() == threads
    with pytest.raises(requests.ConnectionError):
        requests.get(running.url, timeout=10)


def test_closing_does_not_wait_for_a_slow_answer() -> None:
    """A request that hangs is given up within seconds."""
    running = StandIn()
    running.answer_next(delay=60)
    errors: list[BaseException] = []

    def send() -> None:
        try:
            requests.post(running.url + "/track", json=EVENT, timeout=30).raise_for_status()
        except requests.RequestException as error:
            errors.append(error)

    sender = threading.Thread(target=send)
    sender.start()
    assert running.wait_until(lambda: len(running.requests) == 1)
    began = time.monotonic()
    running.close()
    sender.join(20)
    assert time.monotonic() - began < 20
    assert len(errors) == 1


def test_a_taken_port_is_an_error() -> None:
    """The error is the system's own, at construction."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            StandIn(taken.getsockname()[1])


def test_a_given_port_is_served_again_at_once() -> None:
    """Restarting does not wait for the system to forget old connections."""
    with requests.Session() as session, StandIn() as first:
        port = int(first.url.rpartition(":")[2])
        session.post(first.url + "/track", json=EVENT, timeout=10)
        first.close()  # its end of the connection goes first, and is the one the system remembers
    with StandIn(port) as second:
        assert second.url == first.url
        assert second.events == []


def test_a_file_outlives_its_stand_in(tmp_path: Path) -> None:
    """What one received, the next one shows."""
    path = tmp_path / "debugger.db"
    with StandIn(db=path) as first:
        requests.post(first.url + "/track", json=EVENT, timeout=10)
    with StandIn(db=path) as second:
        assert [event.event for event in second.events] == ["A"]


def test_how_much_is_kept_is_a_setting(post: Post) -> None:
    """The newest events stay."""
    with StandIn(keep=2) as running:
        for name in "ABC":
            post(running.url + "/track", json={**EVENT, "event": name})
        assert [event.event for event in running.events] == ["B", "C"]


def test_clear_forgets_live_clients(stand_in: StandIn) -> None:
    """What a client told of its losses before is no news either when it goes on reporting."""
    report = {"process": {"host": "h", "pid": 7, "started": 1.5}, "client": 1}
    stand_in.desk.reports.take({**report, "losses": [{"number": 1}, {"number": 2}]}, [])
    stand_in.clear()
    assert stand_in.desk.reports.clients() == []
    stand_in.desk.reports.take({**report, "losses": [{"number": 2}, {"number": 3}]}, [])
    (client,) = stand_in.desk.reports.clients()
    assert [loss["number"] for loss in client.losses] == [3]


def test_clear_forgets_scripted_answers_too(stand_in: StandIn, post: Post) -> None:
    """A cleared stand-in is as new."""
    stand_in.answer_next(503, times=5)
    stand_in.clear()
    assert post(stand_in.url + "/track", json=EVENT).status_code == 200


def test_senders_in_parallel_are_all_served(stand_in: StandIn) -> None:
    """Nothing is lost, mixed up or refused."""

    def send(name: str) -> None:
        with requests.Session() as session:
            for number in range(10):
                record = {"event": name, "properties": {"token": "token", "n": number}}
                assert session.post(stand_in.url + "/track", json=record, timeout=30).text == "1"

    senders = [threading.Thread(target=send, args=(name,)) for name in "ABCD"]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    for name in "ABCD":
        events = stand_in.store.events(event=name)
        assert [event.properties["n"] for event in events] == list(range(10))


def test_small_requests_are_answered_without_delay(stand_in: StandIn, post: Post) -> None:
    """No answer waits for the network's small-packet delay of 40 ms, once a connection has warmed up."""

    def duration() -> float:
        began = time.perf_counter()
        post(stand_in.url + "/track", json=EVENT)
        return time.perf_counter() - began

    durations = [duration() for _ in range(30)]
    assert min(durations[15:]) < 0.035


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_without_the_extra_the_import_says_what_to_install(missing: str) -> None:
    """The error is a command that can be pasted."""
    code = f"import sys; sys.modules[{missing!r}] = None; import analytics_mixpanel.debugger"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 1
    assert 'pip install "analytics-mixpanel[debugger]"' in run.stderr.splitlines()[-1]

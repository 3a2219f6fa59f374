"""The live stream, as browsers and ``tail`` read it."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from analytics_mixpanel.debugger import StandIn

Connect = Callable[..., Any]
Arrive = Callable[..., None]


def test_a_new_reader_learns_the_present_state(quick: StandIn, connect: Connect, arrive: Arrive) -> None:
    """Counts and newest ids, before anything changes."""
    arrive("A", "B")
    kind, state = connect().next()
    assert kind == "message"
    assert (state["counts"]["events"], state["newest"]["events"]) == (2, 2)
    assert "lines" not in state


def test_a_change_reaches_every_reader(connect: Connect, arrive: Arrive) -> None:
    """Each reader learns of it, whenever it came."""
    readers = [connect(), connect()]
    for reader in readers:
        reader.next()
    arrive("A")
    assert [reader.next()[1]["counts"]["events"] for reader in readers] == [1, 1]


def test_lines_come_in_order_and_once(connect: Connect, arrive: Arrive) -> None:
    """Who asks for lines gets each of them, oldest first."""
    reader = connect("lines=100")
    for number in range(30):
        arrive(f"A{number}", f"B{number}")
    arrive("last")
    names = [line["name"] for line in reader.lines_until("last")]
    assert names == [f"{letter}{number}" for number in range(30) for letter in "AB"] + ["last"]


def test_a_line_says_what_arrived(quick: StandIn, connect: Connect) -> None:
    """Events, updates and refusals, with user, verdict and reason."""
    reader = connect("lines=100")
    quick.desk.ingest([{"event": "A", "properties": {"distinct_id": "u"}}], "import", "t")
    quick.desk.ingest([{"$token": "t", "$distinct_id": "u", "$set": {"a": 1}}], "engage", "t")
    quick.desk.ingest([{"event": "B", "properties": {"token": "t", "distinct_id": "u"}}], "track", "t")
    rejected, update, event = reader.lines_until("B")
    assert (rejected["name"], rejected["user"], rejected["verdict"]) == ("A", "u", "rejected")
    assert rejected["reason"] == "'properties.time' is invalid: must not be missing"
    assert (update["name"], update["user"], update["verdict"]) == ("$set", "u", "accepted")
    assert (event["name"], event["user"], event["verdict"]) == ("B", "u", "accepted")


def test_a_reader_who_comes_back_misses_nothing(connect: Connect, arrive: Arrive) -> None:
    """The id of the last message says where to go on."""
    reader = connect("lines=100")
    arrive("A")
    reader.lines_until("A")
    arrive("B", "C")
    again = connect("lines=100", seen=reader.id)
    assert [line["name"] for line in again.lines_until("C")] == ["B", "C"]


def test_a_reader_who_missed_nothing_hears_nothing(connect: Connect, arrive: Arrive) -> None:
    """The state that they know is not sent again; the heartbeat is."""
    arrive("A")
    reader = connect()
    reader.next()
    again = connect(seen=reader.id)
    assert [again.line() for _ in range(3)] == ["retry: 1000", "", ": still here"]


@pytest.mark.parametrize("seen", ["nonsense", "a.b.c.d.e", "00000000.0.5.0.5", "....", "\x80"])
def test_an_id_of_another_run_means_reload(connect: Connect, seen: str) -> None:
    """After a new start the reader is told to fetch everything anew, then goes on."""
    reader = connect(seen=seen)
    assert reader.next()[0] == "reload"
    assert reader.next()[0] == "message"


def test_forgetting_everything_means_reload(quick: StandIn, connect: Connect, arrive: Arrive) -> None:
    """What the reader shows is there no more; afterwards changes arrive as before."""
    arrive("A")
    reader = connect("lines=9")
    reader.next()
    quick.clear()
    assert reader.next()[0] == "reload"
    arrive("B")
    assert [line["name"] for line in reader.lines_until("B")] == ["B"]


def test_a_reader_who_is_far_behind_has_to_reload(quick: StandIn, connect: Connect, arrive: Arrive) -> None:
    """Nothing is kept for a reader who comes back after too much."""
    quick.desk.hub.pace = evolve(quick.desk.hub.pace, behind=5)
    reader = connect()
    arrive("A")
    reader.next()
    arrive(*"BCDEFGHI")
    assert connect(seen=reader.id).next()[0] == "reload"


def test_what_is_too_much_is_left_out_and_counted(connect: Connect, arrive: Arrive) -> None:
    """The newest lines come, and the number of those that did not."""
    reader = connect("lines=3")
    reader.next()
    arrive(*"ABCDEFGH")
    state = reader.next()[1]
    assert [line["name"] for line in state["lines"]] == ["F", "G", "H"]
    assert state["skipped"] == 5


def test_a_reader_may_begin_with_the_last_lines(connect: Connect, arrive: Arrive) -> None:
    """As ``tail --last`` does."""
    arrive(*"ABC")
    assert [line["name"] for line in connect("lines=9&last=2").next()[1]["lines"]] == ["B", "C"]


def test_many_changes_are_few_messages(connect: Connect, arrive: Arrive, quick: StandIn) -> None:
    """A hundred writes while a reader waits its turn are one message with the newest state."""
    quick.desk.hub.pace = evolve(quick.desk.hub.pace, interval=0.5)
    reader = connect()
    reader.next()
    for number in range(100):
        arrive(f"A{number}")
    counts = [reader.next()[1]["counts"]["events"]]
    while counts[-1] < 100:
        counts.append(reader.next()[1]["counts"]["events"])
    assert len(counts) <= 20


def test_silence_is_broken_by_a_heartbeat(connect: Connect) -> None:
    """A comment shows that the connection lives."""
    reader = connect()
    reader.next()
    assert reader.line() == ": still here"


def test_a_reader_who_does_not_read_is_dropped(quick: StandIn, connect: Connect, arrive: Arrive) -> None:
    """Their connection is closed and forgotten; the others go on."""
    quick.desk.hub.pace = evolve(quick.desk.hub.pace, patience=0.2)
    host, port = quick.url.removeprefix("http://").split(":")
    with socket.socket() as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.connect((host, int(port)))
        stuck.sendall(f"GET /debugger/live?lines=1000 HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        assert stuck.recv(4096)
        deadline = time.monotonic() + 60
        while quick.desk.hub.readers:
            assert time.monotonic() < deadline
            arrive(*("x" * 200 + str(n) for n in range(200)))
            time.sleep(0.02)
        arrive("after")
        assert connect("lines=1&last=1").next()[1]["lines"][0]["name"] == "after"


def test_a_reader_who_goes_is_forgotten(quick: StandIn, arrive: Arrive) -> None:
    """Closing the connection is enough."""
    connection = http.client.HTTPConnection(quick.url.removeprefix("http://"), timeout=30)
    connection.request("GET", "/debugger/live")
    response = connection.getresponse()
    response.readline()
    assert quick.desk.hub.readers == 1
    response.close()
    connection.close()
    deadline = time.monotonic() + 30
    while quick.desk.hub.readers:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_there_is_a_bound_to_readers(quick: StandIn, connect: Connect) -> None:
    """One too many is told to come again."""
    quick.desk.hub.pace = evolve(quick.desk.hub.pace, readers=2)
    for reader in (connect(), connect()):
        reader.next()
    connection = http.client.HTTPConnection(quick.url.removeprefix("http://"), timeout=30)
    connection.request("GET", "/debugger/live")
    response = connection.getresponse()
    assert (response.status, response.getheader("Retry-After")) == (503, "5")
    response.read()
    connection.close()


def test_readers_do_not_hold_up_the_end(connect: Connect, quick: StandIn) -> None:
    """Stopping ends the streams, so that no answer is waited for."""
    reader = connect()
    reader.next()
    quick.close()
    while reader.response.readline():
        pass


def test_what_is_not_in_the_store_reaches_readers_too(quick: StandIn, connect: Connect) -> None:
    """Facts of other parts come with the state, when these say that they changed."""
    temperature = [20]
    quick.desk.hub.facts["temperature"] = lambda: temperature[0]
    reader = connect()
    assert reader.next()[1]["temperature"] == 20
    temperature[0] = 21
    quick.desk.hub.touch()
    assert reader.next()[1]["temperature"] == 21

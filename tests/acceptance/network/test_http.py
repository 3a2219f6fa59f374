"""What an HTTP server can answer, and what becomes of the events: nothing is lost and all is counted."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel import Client
from analytics_mixpanel.debugger import Limits, StandIn
from analytics_mixpanel.errors import RejectedError
from analytics_mixpanel.lanes.retry import RetryPolicy

Make = Callable[..., Client]
AddsUp = Callable[..., None]
WaitUntil = Callable[[Callable[[], bool]], None]
SURELY = 60.0


def track(client: Client, count: int, user: str = "u", **properties: Any) -> None:
    """Track events E0, E1, E2 and so on."""
    for number in range(count):
        client.track(user, f"E{number}", properties)


def names(count: int) -> list[str]:
    """The events that ``track`` makes."""
    return [f"E{number}" for number in range(count)]


def state(client: Client) -> str:
    """How Mixpanel is doing."""
    return client.health["Mixpanel"].state


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The ERRORs of the log."""
    return [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_an_outage_loses_nothing(
    stand_in: StandIn, mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil, status: int
) -> None:
    """While a server fails everything is kept, few of the events are tried with; afterwards all arrive."""
    stand_in.answer_next(status, times=None)
    client = mixpanel_client(stand_in.url, upload_interval=0.2, gzip=False)
    track(client, 300)
    wait_until(lambda: len(stand_in.requests) >= 6)
    sizes = [request.size for request in stand_in.requests]
    assert max(sizes[1:]) < sizes[0]  # the probes are small
    assert state(client) == "retrying"
    assert f"HTTP {status}" in client.health["Mixpanel"].reason
    adds_up(client, accepted=300, delivered=0, pending=300)

    stand_in.answer_as_usual()
    assert client.flush(SURELY) == 0
    assert sorted(event.event for event in stand_in.events) == sorted(names(300))
    assert state(client) == "ok"
    adds_up(client, accepted=300, delivered=300)


def test_an_outage_costs_one_request_an_interval(
    stand_in: StandIn,
    mixpanel_client: Make,
    adds_up: AddsUp,
    wait_until: WaitUntil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Eight threads together ask a dead server once an interval, and the intervals double."""
    monkeypatch.setattr("random.uniform", lambda _, top: top)
    stand_in.answer_next(503, times=None)
    policy = RetryPolicy(max_retries=1_000, first_wait=0.05, longest_wait=60)
    client = mixpanel_client(stand_in.url, thread=8, retry=policy)
    began = time.monotonic()
    for user in range(64):
        track(client, 3, f"user-{user}")
    wait_until(lambda: client.stats()["Mixpanel"].retried > 0)
    wait_until(lambda: time.monotonic() - began > 1.0)
    intervals, waited = 1, 0.05
    while waited < time.monotonic() - began:
        intervals, waited = intervals + 1, waited * 2 + 0.05
    assert len(stand_in.requests) <= 8 + intervals
    adds_up(client, accepted=192, pending=192)

    stand_in.answer_as_usual()
    assert client.flush(SURELY) == 0
    adds_up(client, accepted=192, delivered=192)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_the_wait_that_is_asked_for_is_waited(
    stand_in: StandIn, mixpanel_client: Make, adds_up: AddsUp, form: str
) -> None:
    """Retry-After is kept to in both of its forms, though somebody flushes all the while."""
    moment = int(time.time()) + 3
    asked = "1" if form == "seconds" else formatdate(moment, usegmt=True)
    stand_in.answer_next(429, headers={"Retry-After": asked})
    client = mixpanel_client(stand_in.url)
    track(client, 10)
    deadline = time.monotonic() + SURELY
    while client.flush(0.05) and time.monotonic() < deadline:
        assert state(client) in ("ok", "retrying")
    first, second = stand_in.requests
    assert second.received >= (first.received + 1 if form == "seconds" else moment) - 0.01
    adds_up(client, accepted=10, delivered=10)


@pytest.mark.parametrize("asked", ["-1", "nan", "abc", "", "0", "-inf"])
def test_a_wait_that_makes_no_sense_is_not_heard(
    stand_in: StandIn, mixpanel_client: Make, adds_up: AddsUp, asked: str
) -> None:
    """Then it backs off as without one, which a flush may cut short."""
    stand_in.answer_next(429, headers={"Retry-After": asked})
    client = mixpanel_client(stand_in.url, upload_size=10, upload_interval=60)
    track(client, 10)
    assert client.flush(SURELY) == 0
    assert len(stand_in.requests) == 2
    adds_up(client, accepted=10, delivered=10)


@pytest.mark.parametrize("asked", ["1e9", "inf", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wait_of_years_is_five_minutes(
    stand_in: StandIn, mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil, asked: str
) -> None:
    """It is capped, and waited out in one piece: no request is made meanwhile."""
    stand_in.answer_next(429, headers={"Retry-After": asked})
    client = mixpanel_client(stand_in.url)
    track(client, 10)
    wait_until(lambda: state(client) == "retrying")
    assert client.flush(0.2) == 10
    next_try = client.health["Mixpanel"].next_try
    assert next_try is not None
    assert next_try.timestamp() - time.time() <= 300
    assert len(stand_in.requests) == 1
    adds_up(client, accepted=10, pending=10)


@pytest.fixture
def small_stand_in() -> Iterator[Callable[..., StandIn]]:
    """Starts stand-ins with limits of the test's own."""
    started: list[StandIn] = []

    def start(**limits: int) -> StandIn:
        started.append(StandIn(limits=Limits(**limits)))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.mark.parametrize("limits", [{"events": 50}, {"request_bytes": 20_000}])
def test_too_large_a_request_is_split(
    small_stand_in: Callable[..., StandIn], mixpanel_client: Make, adds_up: AddsUp, limits: dict[str, int]
) -> None:
    """Of a 413 nothing is lost, however the server counts; what it takes is remembered."""
    stand_in = small_stand_in(**limits)
    client = mixpanel_client(stand_in.url, upload_interval=1)
    refusals = []
    for _ in range(2):
        track(client, 1_000)
        assert client.flush(SURELY) == 0
        refusals.append([request.status for request in stand_in.requests].count(413))
    assert len(stand_in.events) == 2_000
    assert refusals[0] >= 3
    assert refusals[1] - refusals[0] <= 2
    adds_up(client, accepted=2_000, delivered=2_000)


def test_a_record_too_large_by_itself_is_rejected(
    small_stand_in: Callable[..., StandIn], mixpanel_client: Make, adds_up: AddsUp
) -> None:
    """The one that no split makes small enough costs itself alone."""
    stand_in = small_stand_in(request_bytes=20_000)
    lost: list[str] = []
    client = mixpanel_client(
        stand_in.url,
        upload_interval=1,
        on_error=lambda error, messages: lost.extend(f"{m['event']}: {error.reason}" for m in messages),
    )
    track(client, 50)
    client.track("u", "Large", {f"p{n}": "x" * 200 for n in range(150)})
    track(client, 50)
    assert client.flush(SURELY) == 0
    assert [each[:15] for each in lost] == ["Large: HTTP 413"]
    assert len(stand_in.events) == 100
    adds_up(client, accepted=101, delivered=100, rejected=1)


def test_named_records_are_rejected_and_the_others_taken(
    stand_in: StandIn, mixpanel_client: Make, adds_up: AddsUp
) -> None:
    """A 400 that names records rejects these; the others arrived, and nothing is sent again."""
    lost: list[tuple[str, str]] = []

    def on_error(error: Exception, messages: list[Any]) -> None:
        assert isinstance(error, RejectedError)
        lost.extend((message["event"], error.field) for message in messages)

    client = mixpanel_client(stand_in.url, upload_interval=1, on_error=on_error)
    for number in range(10):
        never = datetime(2999, 1, 1, tzinfo=timezone.utc)
        client.track("u", f"E{number}", timestamp=never if number in (3, 7) else None)
    assert client.flush(SURELY) == 0
    assert [request.status for request in stand_in.requests] == [400]
    assert [name for name, _ in lost] == ["E3", "E7"]
    assert all(field == "properties.time" for _, field in lost)
    assert len(stand_in.events) == 8
    adds_up(client, accepted=10, delivered=8, rejected=2)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        *[(status, {}) for status in (401, 403, 404, 405, 407, 410, 451)],
        *[(status, {"Location": "/elsewhere"}) for status in (301, 302, 303, 307, 308)],
    ],
)
def test_a_wrong_setting_pauses(
    stand_in: StandIn,
    mixpanel_client: Make,
    adds_up: AddsUp,
    wait_until: WaitUntil,
    caplog: pytest.LogCaptureFixture,
    status: int,
    headers: dict[str, str],
) -> None:
    """Everything is kept, one ERROR says which setting, single events probe, and all arrive afterwards."""
    stand_in.answer_next(status, headers=headers, times=None)
    policy = RetryPolicy(max_retries=0, max_total_backoff=0, first_probe=0.02, longest_probe=0.05)
    client = mixpanel_client(stand_in.url, retry=policy, upload_interval=1, gzip=False)
    track(client, 100)
    client.hurry()
    wait_until(lambda: len(stand_in.requests) >= 4)
    first, *probes = [request.size for request in stand_in.requests]
    assert max(probes) < first / 20
    assert state(client) == "paused"
    assert f"HTTP {status}" in str(client.health["Mixpanel"])
    assert "MIXPANEL_" in errors(caplog)[0] or "HTTPS_PROXY" in errors(caplog)[0]
    adds_up(client, accepted=100, pending=100)

    stand_in.answer_as_usual()
    assert client.flush(SURELY) == 0
    assert len(stand_in.events) == 100
    assert len(errors(caplog)) == 1
    assert state(client) == "ok"
    adds_up(client, accepted=100, delivered=100)


def test_a_pause_costs_one_probe_an_interval(
    stand_in: StandIn, mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil
) -> None:
    """Whatever the number of threads; and a flush probes at once."""
    stand_in.answer_next(401, times=None)
    policy = RetryPolicy(first_probe=600, longest_probe=600)
    client = mixpanel_client(stand_in.url, thread=8, retry=policy)
    for user in range(64):
        track(client, 3, f"user-{user}")
    wait_until(lambda: state(client) == "paused")
    client.flush(0.2)
    settled = len(stand_in.requests)
    assert settled <= 8 + 1
    client.flush(0.2)
    client.flush(0.2)
    assert len(stand_in.requests) - settled <= 2
    adds_up(client, accepted=192, pending=192)

    stand_in.answer_as_usual()
    assert client.flush(SURELY) == 0
    adds_up(client, accepted=192, delivered=192)


@pytest.mark.parametrize("queue", ["memory", "spool"])
def test_a_flush_probes_a_pause_with_one_event(
    stand_in: StandIn,
    mixpanel_client: Make,
    adds_up: AddsUp,
    wait_until: WaitUntil,
    tmp_path: Path,
    queue: str,
) -> None:
    """At once, though the next probe is ten minutes away, and from disk as from memory."""
    stand_in.answer_next(401, times=None)
    policy = RetryPolicy(first_probe=600, longest_probe=600)
    place = f"spool:{tmp_path / 'spool'}" if queue == "spool" else queue
    client = mixpanel_client(stand_in.url, queue=place, retry=policy, upload_interval=0.2, gzip=False)
    track(client, 100)
    wait_until(lambda: state(client) == "paused")
    for probes in range(1, 4):
        assert client.flush(0.2) == 100
        wait_until(lambda count=probes: len(stand_in.requests) == 1 + count)  # type: ignore[misc]
    first, *sizes = [request.size for request in stand_in.requests]
    assert max(sizes) < first / 20
    adds_up(client, accepted=100, pending=100)

    stand_in.answer_as_usual()
    assert client.flush(SURELY) == 0
    assert [event.event for event in stand_in.events] == names(100)
    adds_up(client, accepted=100, delivered=100)


@pytest.mark.parametrize("body", ["<html>Sign in</html>", '{"code": 20', "[]", "[1]", "", "null", '"OK"x'])
def test_a_200_that_is_not_mixpanels_is_no_success(
    stand_in: StandIn, mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil, body: str
) -> None:
    """A captive portal's page, or anything else that is not Mixpanel's answer, delivers nothing."""
    stand_in.answer_next(200, body=body, times=None)
    client = mixpanel_client(stand_in.url)
    track(client, 20)
    wait_until(lambda: len(stand_in.requests) >= 4)
    assert state(client) == "retrying"
    adds_up(client, accepted=20, delivered=0, pending=20, dropped={})

    stand_in.answer_as_usual()
    assert client.flush(SURELY) == 0
    assert Counter(event.event for event in stand_in.events) == Counter(names(20))
    adds_up(client, accepted=20, delivered=20)


@pytest.mark.parametrize("culprits", [[0], [777], [1_999], []])
def test_a_400_without_a_list_costs_its_culprit(
    server: Any, wire: Any, mixpanel_client: Make, adds_up: AddsUp, culprits: list[int]
) -> None:
    """The one bad event among two thousand is found within two times log2 n requests; the others arrive."""
    bad = {f"E{number}" for number in culprits}
    asked: list[list[str]] = []
    taken: list[str] = []

    def refusing(connection: Any) -> None:
        while heard := wire.read_request(connection):
            events = [record["event"] for record in heard.records]
            asked.append(events)
            refuses = bad.intersection(events)
            taken.extend([] if refuses else events)
            refusal = wire.answer(b'{"error": "bad"}', "400 Bad Request")
            connection.sendall(refusal if refuses else wire.answer(b'{"code": 200, "status": "OK"}'))

    server.misbehave(refusing)
    client = mixpanel_client(server.url, upload_interval=5)
    track(client, 2_000)
    assert client.flush(SURELY) == 0
    assert Counter(taken) == Counter(set(names(2_000)) - bad)
    assert len(asked) <= 1 + 2 * 11
    adds_up(client, accepted=2_000, delivered=2_000 - len(bad), rejected=len(bad))


def test_many_bad_events_do_not_burn_the_rate_limit(
    server: Any, wire: Any, mixpanel_client: Make, adds_up: AddsUp
) -> None:
    """Where every third event is bad all of them are found, each attempt within its number of requests."""
    taken: list[str] = []

    def refusing(connection: Any) -> None:
        while heard := wire.read_request(connection):
            events = [record["event"] for record in heard.records]
            refuses = any(int(event[1:]) % 3 == 0 for event in events)
            taken.extend([] if refuses else events)
            refusal = wire.answer(b'{"error": "bad"}', "400 Bad Request")
            connection.sendall(refusal if refuses else wire.answer(b'{"code": 200, "status": "OK"}'))

    server.misbehave(refusing)
    client = mixpanel_client(server.url, upload_interval=5)
    track(client, 60)
    assert client.flush(SURELY) == 0
    assert Counter(taken) == Counter(name for name in names(60) if int(name[1:]) % 3)
    adds_up(client, accepted=60, delivered=40, rejected=20)

"""What becomes of events that were taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import StandIn

Post = Callable[..., requests.Response]

NOW = 1_700_000_000  # what the fixture ``fixed`` has for a clock
DAY = 86_400


@pytest.fixture
def kept(fixed: StandIn, post: Post) -> Callable[..., list[dict[str, Any]]]:
    """Track one event with these properties, and give the properties of what is kept."""

    def send(query: str = "ip=0", **properties: Any) -> list[dict[str, Any]]:
        record = {"event": "A", "properties": {"token": "token", "distinct_id": "u", **properties}}
        assert post(f"{fixed.url}/track?{query}", json=[record]).text == "1"
        return [event.properties for event in fixed.events]

    return send


Kept = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize("time", [NOW - 5 * DAY - 1, (NOW - 5 * DAY - 1) * 1000, NOW - 4000 * DAY, 0])
def test_track_drops_events_older_than_five_days(fixed: StandIn, kept: Kept, time: int) -> None:
    """The answer is 1 all the same."""
    assert kept(time=time) == []
    assert (fixed.requests[0].accepted, fixed.requests[0].dropped) == (1, 1)


def test_track_keeps_events_of_the_last_five_days(kept: Kept) -> None:
    """Five days less a second is fine."""
    assert len(kept(time=NOW - 5 * DAY + 1)) == 1


def test_import_keeps_events_of_any_age_since_1971(fixed: StandIn, post: Post) -> None:
    """The five days are ``/track``'s alone."""
    record = {"event": "A", "properties": {"time": NOW - 4000 * DAY, "distinct_id": "u", "$insert_id": "i"}}
    assert post(fixed.url + "/import", json=[record], auth=("token", "")).ok
    assert fixed.events[0].time == (NOW - 4000 * DAY) * 1000


@pytest.mark.parametrize("properties", [{}, {"time": None}, {"time": NOW + 2 * DAY}])
def test_track_gives_its_own_time_where_there_is_none_or_a_future_one(
    fixed: StandIn, kept: Kept, properties: dict[str, Any]
) -> None:
    """A future time is overwritten with the current one."""
    kept(**properties)
    assert fixed.events[0].time == NOW * 1000


def test_an_event_to_be_ignored_is_dropped(fixed: StandIn, kept: Kept) -> None:
    """``$ignore`` drops an event silently, whatever its value."""
    assert kept(**{"$ignore": False}) == []
    assert fixed.requests[0].dropped == 1


def test_the_token_is_not_a_property(fixed: StandIn, kept: Kept) -> None:
    """It says which project the event is in."""
    assert kept(plan="pro") == [{"distinct_id": "u", "plan": "pro"}]
    assert fixed.events[0].project == "token"


def test_events_are_read_by_project_and_by_name(fixed: StandIn, post: Post) -> None:
    """Projects are apart."""
    for token, name in (("one", "A"), ("one", "B"), ("two", "A")):
        record = {"event": name, "properties": {"token": token, "distinct_id": "u"}}
        post(fixed.url + "/track", json=record)
    assert [event.event for event in fixed.store.events("one")] == ["A", "B"]
    assert [event.project for event in fixed.store.events(event="A")] == ["one", "two"]


def test_long_text_is_cut_at_every_depth(kept: Kept) -> None:
    """255 characters are kept; the event is not refused."""
    (properties,) = kept(a="x" * 300, b=["y" * 300, {"c": "z" * 300}], d="é" * 255)
    assert properties["a"] == "x" * 255
    assert properties["b"] == ["y" * 255, {"c": "z" * 255}]
    assert properties["d"] == "é" * 255


def test_an_equal_event_takes_the_place_of_the_first(fixed: StandIn, kept: Kept) -> None:
    """Of the same event, distinct id, time and ``$insert_id`` only the latest is shown."""
    same = {"time": NOW, "$insert_id": "i"}
    kept(**same, attempt=1)
    kept(**same, attempt=2)
    (properties,) = kept(**same, attempt=3)
    assert properties["attempt"] == 3
    assert fixed.events[0].duplicates == 2
    assert [request.duplicates for request in fixed.requests] == [0, 1, 1]
    assert fixed.store.counts()["duplicates"] == 2


@pytest.mark.parametrize("change", [{"time": NOW - 1}, {"distinct_id": "v"}, {"$insert_id": "j"}])
def test_an_event_that_differs_in_the_key_is_another(kept: Kept, change: dict[str, Any]) -> None:
    """Each part of the key counts."""
    same = {"time": NOW, "$insert_id": "i", "distinct_id": "u"}
    kept(**same)
    assert len(kept(**{**same, **change})) == 2


def test_seconds_and_milliseconds_are_the_same_time(kept: Kept) -> None:
    """The key has one unit."""
    kept(time=NOW, **{"$insert_id": "i"})
    assert len(kept(time=NOW * 1000, **{"$insert_id": "i"})) == 1


def test_duplicates_within_one_batch_are_found(fixed: StandIn, post: Post) -> None:
    """The latest in the batch is shown."""
    records = [
        {"event": "A", "properties": {"time": NOW, "distinct_id": "u", "$insert_id": "i", "n": n}}
        for n in range(3)
    ]
    answer = post(fixed.url + "/import", json=records, auth=("token", ""))
    assert answer.json()["num_records_imported"] == 3
    assert [event.properties["n"] for event in fixed.events] == [2]


def test_the_address_gives_way(kept: Kept) -> None:
    """``ip`` is not kept; nothing is looked up here."""
    assert kept("ip=1", ip="198.51.100.7") == [{"distinct_id": "u"}]


def test_the_senders_place_becomes_the_users_unless_told_not_to(kept: Kept) -> None:
    """Without ``ip`` and without ``ip=0`` Mixpanel looks up the address the request came from."""
    assert kept("verbose=0")[0]["$city"] == "(city of the sender)"


@pytest.mark.parametrize(
    ("query", "properties"),
    [("ip=0", {}), ("ip=1", {"ip": 0}), ("ip=1", {"ip": "198.51.100.7"}), ("ip=0", {"ip": None})],
)
def test_the_senders_place_stays_out(kept: Kept, query: str, properties: dict[str, Any]) -> None:
    """``ip=0`` in the request, or any ``ip`` in the event, keeps the server's own address out."""
    assert "$city" not in kept(query, **properties)[0]


def test_a_place_that_was_sent_wins(kept: Kept) -> None:
    """``$city`` in the event is kept as it is."""
    assert kept("ip=1", **{"$city": "Oslo"})[0]["$city"] == "Oslo"

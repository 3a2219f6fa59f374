"""The list of what arrived, which the database keeps by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.debugger.lookups import Arrivals, Filters
from analytics_mixpanel.debugger.store import Store

Post = Callable[..., requests.Response]
NOW = 1_700_000_000


def event(name: str = "Signed Up", user: str = "ada", **properties: Any) -> dict[str, Any]:
    """One event, whose id is its name's unless it is given."""
    insert_id = properties.pop("insert_id", "".join(filter(str.isalnum, name)))
    return {
        "event": name,
        "properties": {"distinct_id": user, "time": NOW, "$insert_id": insert_id, **properties},
    }


@pytest.fixture
def arrivals(stand_in: StandIn) -> Arrivals:
    """The list of the stand-in."""
    return Arrivals(stand_in.store)


@pytest.fixture
def small() -> Iterator[Store]:
    """A store that keeps ten of each kind."""
    store = Store(keep=10)
    yield store
    store.close()


def shown(arrivals: Arrivals, **filters: str) -> list[tuple[str, str]]:
    """Name and verdict of each, newest first."""
    return [(each.name, each.verdict) for each in arrivals.page(Filters(**filters)).rows]


def test_every_kind_of_arrival_is_listed(stand_in: StandIn, arrivals: Arrivals, post: Post) -> None:
    """Events, updates, refusals, refused requests, and messages that became nothing; newest first."""
    post(stand_in.url + "/import", json=[event()], auth=("token", ""))
    post(stand_in.url + "/engage", json=[{"$token": "t", "$distinct_id": "ada", "$set": {"plan": "pro"}}])
    post(stand_in.url + "/import", json=[event("", insert_id="b")], auth=("token", ""))
    post(stand_in.url + "/import", json=[event()])
    post(stand_in.url + "/v1/track", json={"event": "", "userId": "ada"}, auth=("token", ""))

    found = arrivals.page(Filters())
    assert [(each.kind, each.verdict) for each in found.rows] == [
        ("message", "rejected"),
        ("request", "rejected"),
        ("rejection", "rejected"),
        ("operation", "accepted"),
        ("event", "accepted"),
    ]
    assert found.total == 5


def test_a_record_knows_its_message(stand_in: StandIn, arrivals: Arrivals, post: Post) -> None:
    """Type and library are the message's, and the message is no row of its own."""
    library = {"name": "analytics.js", "version": "2.1"}
    message = {"event": "Signed Up", "userId": "ada", "context": {"library": library}}
    post(stand_in.url + "/v1/track", json=message, auth=("token", ""))

    (found,) = arrivals.page(Filters()).rows
    assert (found.kind, found.type, found.library) == ("event", "track", "analytics.js 2.1")
    assert found.message is not None


def test_a_repeated_message_is_a_duplicate(stand_in: StandIn, arrivals: Arrivals, post: Post) -> None:
    """One with the same messageId is in the list, and leads to the first one's record."""
    for _ in range(2):
        message = {"event": "Signed Up", "userId": "ada", "messageId": "m-1"}
        post(stand_in.url + "/v1/track", json=message, auth=("token", ""))

    assert shown(arrivals) == [("Signed Up", "duplicate"), ("Signed Up", "accepted")]


def test_of_an_events_duplicates_the_last_one_is_listed(
    stand_in: StandIn, arrivals: Arrivals, post: Post
) -> None:
    """A sender that repeats itself fills no list."""
    for _ in range(5):
        post(stand_in.url + "/import", json=[event()], auth=("token", ""))

    assert shown(arrivals) == [("Signed Up", "duplicate"), ("Signed Up", "accepted")]


def test_a_page_stays_the_same_while_more_arrives(stand_in: StandIn, arrivals: Arrivals, post: Post) -> None:
    """Below the newest that it began with; what came since is counted."""
    post(stand_in.url + "/import", json=[event(f"Event {n}") for n in range(5)], auth=("token", ""))
    first = arrivals.page(Filters(), limit=2)
    post(stand_in.url + "/import", json=[event("Later")], auth=("token", ""))

    second = arrivals.page(Filters(), newest=first.newest, offset=2, limit=2)
    assert [each.name for each in (*first.rows, *second.rows)] == ["Event 4", "Event 3", "Event 2", "Event 1"]
    assert second.total == 5
    assert arrivals.count_after(Filters(), first.newest) == 1


def test_what_is_kept_no_more_is_not_listed(small: Store) -> None:
    """The list goes with the records; ids are never given twice."""
    rows = [(0, "t", "/import", float(n), f"E{n}", "ada", n, f"i{n}", b"{}") for n in range(40)]
    for row in rows:
        with small.writing():
            small.add_events([row])

    found = Arrivals(small).page(Filters())
    assert found.total <= 12
    assert found.rows[0].name == "E39"
    small.clear()
    assert Arrivals(small).page(Filters()).total == 0
    with small.writing():
        small.add_events(rows[:1])
    assert Arrivals(small).newest() > 40


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"name": "signed"}, {"Signed Up", "Signed In"}),
        ({"name": "%"}, {"100% Done"}),
        ({"user": "AD"}, {"Signed Up", "100% Done"}),
        ({"text": "lamp"}, {"Signed In"}),
        ({"text": "future"}, {"Late"}),
        ({"text": "grace"}, {"Signed In"}),
        ({"verdict": "rejected"}, {"Late"}),
        ({"type": "event", "library": "web"}, {"Signed Up"}),
        ({"text": "lamp", "user": "ada"}, set()),
    ],
)
def test_filters(
    stand_in: StandIn, arrivals: Arrivals, post: Post, filters: dict[str, str], expected: set[str]
) -> None:
    """Each leaves what it asks for; together they leave what all ask for."""
    records = [
        event("Signed Up", mp_lib="web"),
        event("Signed In", "grace", item="Lamp"),
        event("100% Done"),
        event("Late", "eve", time=NOW * 3),
    ]
    post(stand_in.url + "/import", json=records, auth=("token", ""))

    assert {name for name, _ in shown(arrivals, **filters)} == expected


def test_a_user_is_found_by_every_id(stand_in: StandIn, arrivals: Arrivals, post: Post) -> None:
    """After a merge, the whole of one id finds the events of the other."""
    anonymous = "6f7c1c9e-29ad-4f0c-8f49-0a8e0a3c1d11"
    identify = {"$identified_id": "ada", "$anon_id": anonymous, "distinct_id": "ada", "token": "token"}
    records = [
        event("Seen", anonymous),
        {"event": "$identify", "properties": {**identify, "time": NOW, "$insert_id": "x"}},
    ]
    post(stand_in.url + "/import", json=records, auth=("token", ""))

    assert ("Seen", "accepted") in shown(arrivals, user="ada")


def test_the_neighbours_obey_the_filters(stand_in: StandIn, arrivals: Arrivals, post: Post) -> None:
    """The next one is the next that is shown."""
    records = [event("A"), event("B", "grace"), event("C")]
    post(stand_in.url + "/import", json=records, auth=("token", ""))
    oldest = arrivals.page(Filters()).rows[-1].id

    assert arrivals.beside(oldest, Filters(user="ada")) == (oldest + 2, None)
    assert arrivals.beside(oldest, Filters()) == (oldest + 1, None)


@pytest.mark.parametrize("filters", [Filters(), Filters(user="ada")])
def test_volume_counts_by_time_and_verdict(small: Store, filters: Filters) -> None:
    """Each arrival in its step, what is later than all of them in the last one."""
    rows = [
        (0, "t", "/import", at, "E", "ada", n, f"i{n}", b"{}")
        for n, at in enumerate((9.0, 10.0, 10.9, 12.5, 17.0))
    ]
    with small.writing():
        small.add_events(rows)

    found = Arrivals(small).volume(filters, 10.0, 1.0, 4)
    assert found == [(0, "accepted", 2), (2, "accepted", 1), (3, "accepted", 1)]
    assert Arrivals(small).span() == (9.0, 17.0)

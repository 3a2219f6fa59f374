"""Fairness: clients that were written for the real service, unchanged, find it here."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import mixpanel
import pytest
import requests
from mixpanel.credentials import ServiceAccountCredentials

from analytics_mixpanel.debugger import Project, StandIn

ANON = "8a66058c-29fc-4d95-8b84-f09b9e429fc2"


def urls(stand_in: StandIn) -> dict[str, str]:
    """Give the addresses that the official client's consumers take, which may be without TLS."""
    return {
        "events_url": stand_in.url + "/track",
        "people_url": stand_in.url + "/engage",
        "groups_url": stand_in.url + "/groups",
        "import_url": stand_in.url + "/import",
    }


@pytest.fixture
def consumer(stand_in: StandIn) -> Iterator[mixpanel.Consumer]:
    """The official client's sender; it never closes its session by itself."""
    sender = mixpanel.Consumer(**urls(stand_in), retry_limit=0)
    yield sender
    sender._session.close()


@pytest.fixture
def official(consumer: mixpanel.Consumer) -> mixpanel.Mixpanel:
    """The official client."""
    return mixpanel.Mixpanel("token", consumer)


def test_its_track_lands(stand_in: StandIn, official: mixpanel.Mixpanel) -> None:
    """With its time as a float and its ``$insert_id`` of 32 letters."""
    official.track("user-1", "Signed Up", {"plan": "pro"})
    (event,) = stand_in.events
    assert (event.project, event.event, event.distinct_id) == ("token", "Signed Up", "user-1")
    assert event.properties["plan"] == "pro"
    assert event.properties["$insert_id"] == event.insert_id
    assert "$city" not in event.properties


def test_its_import_lands(stand_in: StandIn, official: mixpanel.Mixpanel) -> None:
    """With a secret, and beside it the old API key; without either the client is told."""
    official.import_data("key", "user-1", "Old", 1_500_000_000, {"n": 1}, api_secret="secret")
    official.import_data(None, "user-1", "Old", 1_500_000_000, {"n": 2}, api_secret="secret")
    with pytest.raises(mixpanel.MixpanelException, match="Invalid credentials"):
        official.import_data("key", "user-1", "Old", 1_500_000_000, {"n": 3})
    assert [(event.time, event.properties["n"]) for event in stand_in.events] == [
        (1_500_000_000_000, 1),
        (1_500_000_000_000, 2),
    ]
    assert {event.endpoint for event in stand_in.events} == {"/import"}


def test_its_service_account_is_known(restricted: StandIn) -> None:
    """It comes with the project's id in the query, and only to ``/import``."""
    credentials = ServiceAccountCredentials("alice", "pass-a", "1")
    sender = mixpanel.Consumer(**urls(restricted), retry_limit=0, credentials=credentials)
    try:
        client = mixpanel.Mixpanel("token-a", sender)
        client.import_data(None, "user-1", "Old", 1_500_000_000)
        client.track("user-1", "New")
    finally:
        sender._session.close()
    assert [(event.event, event.project) for event in restricted.events] == [
        ("Old", "token-a"),
        ("New", "token-a"),
    ]


def test_its_errors_are_told(restricted: StandIn) -> None:
    """A wrong service account raises in the client, with Mixpanel's words."""
    credentials = ServiceAccountCredentials("mallory", "x", "1")
    sender = mixpanel.Consumer(**urls(restricted), retry_limit=0, credentials=credentials)
    try:
        with pytest.raises(mixpanel.MixpanelException, match="Not a valid service account username"):
            mixpanel.Mixpanel("token-a", sender).import_data(None, "user-1", "Old", 1_500_000_000)
    finally:
        sender._session.close()


def test_its_alias_and_merge_land(
    stand_in: StandIn, official: mixpanel.Mixpanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its alias goes through a fresh consumer of its own, which is pointed here like the other."""
    made: list[mixpanel.Consumer] = []

    def consumer_here() -> mixpanel.Consumer:
        made.append(type(official._consumer)(**urls(stand_in)))
        return made[-1]

    monkeypatch.setattr(mixpanel, "Consumer", consumer_here)
    official.alias("user-1", "anon-1")
    official.merge("key", "user-1", "user-2", api_secret="secret")
    official.track("user-2", "Seen")
    for sender in made:
        sender._session.close()
    assert stand_in.events[-1].user == "anon-1"
    assert [event.event for event in stand_in.events] == ["$create_alias", "$merge", "Seen"]


PEOPLE: list[tuple[Callable[[mixpanel.Mixpanel], Any], dict[str, Any] | None]] = [
    (lambda client: client.people_set("u", {"plan": "pro"}), {"plan": "pro", "n": 1, "tags": ["a"]}),
    (
        lambda client: client.people_set_once("u", {"plan": "pro", "n": 5}),
        {"n": 1, "tags": ["a"], "plan": "pro"},
    ),
    (lambda client: client.people_increment("u", {"n": 2}), {"n": 3, "tags": ["a"]}),
    (lambda client: client.people_append("u", {"tags": "b"}), {"n": 1, "tags": ["a", "b"]}),
    (lambda client: client.people_union("u", {"tags": ["a", "b"]}), {"n": 1, "tags": ["a", "b"]}),
    (lambda client: client.people_unset("u", ["n"]), {"tags": ["a"]}),
    (lambda client: client.people_remove("u", {"tags": "a"}), {"n": 1, "tags": []}),
    (lambda client: client.people_clear_charges("u"), {"n": 1, "tags": ["a"]}),
    (
        lambda client: client.people_track_charge("u", 5, {"$time": "2024-01-01T00:00:00"}),
        {"n": 1, "tags": ["a"], "$transactions": [{"$time": "2024-01-01T00:00:00", "$amount": 5}]},
    ),
    (lambda client: client.people_delete("u"), None),
]


@pytest.mark.parametrize(("call", "after"), PEOPLE)
def test_its_people_calls_land(
    stand_in: StandIn,
    official: mixpanel.Mixpanel,
    call: Callable[[mixpanel.Mixpanel], Any],
    after: dict[str, Any] | None,
) -> None:
    """Each does to the profile what its documentation says."""
    official.people_set("u", {"n": 1, "tags": ["a"]})
    call(official)
    assert [profile.properties for profile in stand_in.profiles] == ([] if after is None else [after])


GROUPS: list[tuple[Callable[[mixpanel.Mixpanel], Any], dict[str, Any] | None]] = [
    (
        lambda client: client.group_set("company", "c", {"plan": "pro"}),
        {"n": 1, "tags": ["a"], "plan": "pro"},
    ),
    (lambda client: client.group_set_once("company", "c", {"n": 5}), {"n": 1, "tags": ["a"]}),
    (lambda client: client.group_union("company", "c", {"tags": ["b"]}), {"n": 1, "tags": ["a", "b"]}),
    (lambda client: client.group_unset("company", "c", ["n"]), {"tags": ["a"]}),
    (lambda client: client.group_remove("company", "c", {"tags": "a"}), {"n": 1, "tags": []}),
    (lambda client: client.group_delete("company", "c"), None),
]


@pytest.mark.parametrize(("call", "after"), GROUPS)
def test_its_group_calls_land(
    stand_in: StandIn,
    official: mixpanel.Mixpanel,
    call: Callable[[mixpanel.Mixpanel], Any],
    after: dict[str, Any] | None,
) -> None:
    """Each does to the group what its documentation says."""
    official.group_set("company", "c", {"n": 1, "tags": ["a"]})
    call(official)
    assert [group.properties for group in stand_in.groups] == ([] if after is None else [after])


def test_its_buffered_batches_land(stand_in: StandIn) -> None:
    """Batches of 50 to each endpoint, in order."""
    sender = mixpanel.BufferedConsumer(max_size=50, **urls(stand_in), retry_limit=0)
    client = mixpanel.Mixpanel("token", sender)
    for number in range(120):
        client.track("user-1", "Step", {"n": number})
        client.people_increment("user-1", {"steps": 1})
    sender.flush()
    sender._consumer._session.close()
    assert [event.properties["n"] for event in stand_in.events] == list(range(120))
    assert stand_in.profiles[0].properties == {"steps": 120}
    assert [request.accepted for request in stand_in.requests] == [50, 50, 50, 50, 20, 20]


def test_a_simplified_project_takes_what_its_documentation_shows(post: Any) -> None:
    """The documented Python sample: a device's event, then one that joins it to a user."""
    with StandIn(projects={"token": Project(merge="simplified")}) as running:
        sender = mixpanel.Consumer(**urls(running), retry_limit=0)
        client = mixpanel.Mixpanel("token", sender)
        client.track("$device:anon", "page_view", {"$device_id": "anon"})
        client.track("user-1", "login", {"$device_id": "anon", "$user_id": "user-1", "time": time.time()})
        sender._session.close()
        assert [event.user for event in running.events] == ["user-1", "user-1"]


def test_every_request_of_segments_destination_is_understood(fixed: StandIn, post: Any) -> None:
    """Recorded requests meet an answer of the documented kind; only ids and times are ever at fault."""
    vectors = Path(__file__).parents[1] / "vectors" / "preset.ndjson.gz"
    for line in gzip.decompress(vectors.read_bytes()).splitlines():
        for recorded in json.loads(line)["result"].get("requests", []):
            answer = replay(recorded, fixed.url, post)
            assert answer.status_code in (200, 400, 401)
    assert {rejection.field for rejection in fixed.rejections} <= {
        "$insert_id",
        "properties.distinct_id",
        "properties.time",
        "$distinct_id",
        "$group_id",
    }
    counts = fixed.store.counts()
    assert counts["events"] > 100
    assert min(counts["profiles"], counts["groups"]) > 10


def replay(recorded: dict[str, Any], url: str, post: Any) -> requests.Response:
    """Send a recorded request here."""
    _, _, path, query, _ = urlsplit(recorded["url"])
    headers = {"Authorization": recorded["headers"].get("authorization", "")}
    data = None if "json" in recorded else {"data": json.dumps(recorded["data"])}
    answer = post(f"{url}{path}?{query}", json=recorded.get("json"), data=data, headers=headers)
    assert isinstance(answer, requests.Response)
    return answer

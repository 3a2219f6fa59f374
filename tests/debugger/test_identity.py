"""Who events belong to, in both ways of merging."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import Limits, Project, StandIn

Post = Callable[..., requests.Response]

ANON = "8a66058c-29fc-4d95-8b84-f09b9e429fc2"
SIMPLIFIED_BODY = {
    "code": 400,
    "error": "some data points in the request failed validation",
    "failed_records": [
        "identity events are not allowed when project is using simplified identity management"
    ],
    "num_records_imported": 0,
    "status": "Bad Request",
}


def tracked(event: str = "A", **properties: Any) -> dict[str, Any]:
    """Give an event for ``/track``."""
    return {"event": event, "properties": {"token": "token", **properties}}


def identify(user: str, anon: str) -> dict[str, Any]:
    """Give an ``$identify``."""
    return tracked("$identify", **{"$identified_id": user, "$anon_id": anon})


def alias(distinct_id: str, alias: str) -> dict[str, Any]:
    """Give a ``$create_alias``."""
    return tracked("$create_alias", distinct_id=distinct_id, alias=alias)


def merge(*ids: str) -> dict[str, Any]:
    """Give a ``$merge``."""
    return {"event": "$merge", "properties": {"$distinct_ids": list(ids), "token": "token"}}


def failure(stand_in: StandIn) -> str:
    """Give why the newest identity event failed."""
    return str(stand_in.events[-1].properties["$failure_description"])


class TestOriginal:
    """Original ID Merge."""

    def test_identify_makes_two_ids_one_user(self, stand_in: StandIn, track: Post) -> None:
        """Events before and after belong to the identified id."""
        track([tracked(distinct_id=ANON), identify("user-1", ANON), tracked(distinct_id="user-1")])
        assert [(event.event, event.user) for event in stand_in.events] == [
            ("A", "user-1"),
            ("$identify", "user-1"),
            ("A", "user-1"),
        ]

    def test_identify_needs_a_uuid(self, stand_in: StandIn, track: Post) -> None:
        """Another ``$anon_id`` fails silently: the answer is yes, the reason is with the event."""
        assert track([tracked(distinct_id="anon-1"), identify("user-1", "anon-1")]).json()["status"] == 1
        assert stand_in.events[0].user == "anon-1"
        assert failure(stand_in) == "$anon_id is not a UUID v4"

    @pytest.mark.parametrize("anon", [ANON.upper(), ANON.replace("-", "")])
    def test_a_uuid_may_be_written_in_any_way(self, stand_in: StandIn, track: Post, anon: str) -> None:
        """Capitals and missing hyphens are fine."""
        track([tracked(distinct_id=anon), identify("user-1", anon)])
        assert stand_in.events[0].user == "user-1"

    def test_a_uuid_of_another_version_is_none(self, stand_in: StandIn, track: Post) -> None:
        """It must be of version 4."""
        track([identify("user-1", str(uuid.uuid1()))])
        assert failure(stand_in) == "$anon_id is not a UUID v4"

    def test_an_anonymous_id_belongs_to_one_user(self, stand_in: StandIn, track: Post) -> None:
        """The second one to claim it fails silently."""
        track([identify("user-1", ANON), identify("user-2", ANON), tracked(distinct_id=ANON)])
        assert stand_in.events[2].user == "user-1"
        assert stand_in.events[1].properties["$failure_reason"] == "$identify"

    def test_a_user_has_many_anonymous_ids(self, stand_in: StandIn, track: Post) -> None:
        """Each device's id joins the user."""
        anons = [str(uuid.uuid4()) for _ in range(3)]
        track([identify("user-1", anon) for anon in anons] + [tracked(distinct_id=anon) for anon in anons])
        assert {event.user for event in stand_in.events} == {"user-1"}

    def test_identifying_again_changes_nothing(self, stand_in: StandIn, track: Post) -> None:
        """A repeated ``$identify`` is no failure."""
        track([identify("user-1", ANON), identify("user-1", ANON)])
        assert "$failure_reason" not in stand_in.events[-1].properties

    def test_identify_counts_as_import_too(self, stand_in: StandIn, import_: Post) -> None:
        """``/import`` takes it, without a time and an ``$insert_id``."""
        assert import_([identify("user-1", ANON)]).json()["num_records_imported"] == 1
        assert stand_in.store.cluster("token", "user-1") == [ANON, "user-1"]

    def test_an_alias_joins_its_distinct_id(self, stand_in: StandIn, track: Post) -> None:
        """``$create_alias`` takes any two ids, and may be chained."""
        track([alias("first", "second"), alias("second", "third"), tracked(distinct_id="third")])
        assert stand_in.events[-1].user == "first"

    def test_an_alias_has_one_distinct_id(self, stand_in: StandIn, track: Post) -> None:
        """The second one to claim it fails silently."""
        track([alias("first", "alias"), alias("second", "alias"), tracked(distinct_id="alias")])
        assert stand_in.events[-1].user == "first"
        assert "$failure_reason" in stand_in.events[1].properties

    def test_a_user_with_devices_can_become_an_alias(self, stand_in: StandIn, track: Post) -> None:
        """Their other ids come with them."""
        track([identify("user-1", ANON), alias("old-user", "user-1"), tracked(distinct_id=ANON)])
        assert stand_in.events[-1].user == "old-user"

    def test_merge_joins_any_two_users(self, stand_in: StandIn, track: Post, import_: Post) -> None:
        """``$merge`` joins users that each have several ids."""
        track([alias("a", "a2"), alias("b", "b2")])
        assert import_([merge("a2", "b2")]).ok
        track([tracked(distinct_id="b")])
        assert stand_in.events[-1].user == "a"

    @pytest.mark.parametrize("ids", [[], ["a"], ["a", "b", "c"], ["a", ""]])
    def test_merge_takes_exactly_two_ids(self, stand_in: StandIn, import_: Post, ids: list[str]) -> None:
        """Any other number fails silently."""
        assert import_([merge(*ids)]).ok
        assert failure(stand_in) == "an id is missing or empty"

    def test_a_disallowed_id_is_not_merged(self, stand_in: StandIn, import_: Post) -> None:
        """Else all users of a broken app would be one."""
        import_([merge("user-1", "undefined")])
        assert failure(stand_in) == "an id is one of the disallowed ids"

    def test_a_user_has_at_most_so_many_ids(self, post: Post) -> None:
        """Past the cap, which is 500, merging fails silently."""
        assert Limits().cluster == 500
        with StandIn(limits=Limits(cluster=3)) as running:
            records = [merge("a", "b"), merge("a", "c"), merge("a", "d")]
            assert post(running.url + "/import", json=records, auth=("token", "")).ok
            assert failure(running) == "a user cannot have more than 3 ids"
            assert running.store.cluster("token", "a") == ["b", "a", "c"]

    def test_device_and_user_properties_merge_nothing(self, stand_in: StandIn, track: Post) -> None:
        """``$device_id`` and ``$user_id`` are plain properties here."""
        track([tracked(distinct_id="x", **{"$device_id": "d", "$user_id": "u"})])
        assert stand_in.events[0].user == "x"
        assert stand_in.store.canonical("token", "$device:d") is None

    def test_projects_do_not_share_users(self, stand_in: StandIn, track: Post) -> None:
        """The same ids elsewhere are others."""
        track([alias("a", "b"), {"event": "A", "properties": {"token": "other", "distinct_id": "b"}}])
        assert stand_in.events[-1].user == "b"


@pytest.fixture(scope="module")
def simplified() -> Any:
    """A stand-in whose projects merge in the simplified way."""
    with StandIn(merge="simplified") as running:
        yield running


@pytest.fixture
def seen(simplified: StandIn, post: Post) -> Callable[..., list[str]]:
    """Track events with these properties, one each, and give the distinct ids of all that is kept."""
    simplified.clear()

    def send(*events: dict[str, Any]) -> list[str]:
        records = [tracked(**properties) for properties in events]
        assert post(simplified.url + "/track?ip=0", json=records).text == "1"
        return [event.distinct_id for event in simplified.events]

    return send


class TestSimplified:
    """Simplified ID Merge."""

    @pytest.mark.parametrize(
        ("properties", "distinct_id"),
        [
            ({"$user_id": "u"}, "u"),
            ({"$device_id": "d"}, "$device:d"),
            ({"$device_id": "$device:d"}, "$device:d"),
            ({"$user_id": "u", "$device_id": "d"}, "u"),
            ({"distinct_id": "$device:d"}, "$device:d"),
            ({"distinct_id": "u"}, "u"),
            ({"distinct_id": "ignored", "$user_id": "u"}, "u"),
            ({}, ""),
        ],
    )
    def test_the_distinct_id_comes_from_user_and_device(
        self, seen: Callable[..., list[str]], properties: dict[str, Any], distinct_id: str
    ) -> None:
        """The user's id, else the device's with a prefix, else what a lone ``distinct_id`` says."""
        assert seen(properties) == [distinct_id]

    def test_an_event_with_both_joins_the_device_to_the_user(
        self, simplified: StandIn, seen: Callable[..., list[str]]
    ) -> None:
        """Events of the device before that belong to the user."""
        seen({"$device_id": "d"}, {"$device_id": "d", "$user_id": "u"}, {"$device_id": "e", "$user_id": "u"})
        assert [event.user for event in simplified.events] == ["u", "u", "u"]

    def test_a_device_stays_with_its_first_user(
        self, simplified: StandIn, seen: Callable[..., list[str]]
    ) -> None:
        """Another user's claim is noted with the event and changes nothing."""
        seen({"$device_id": "d", "$user_id": "u"}, {"$device_id": "d", "$user_id": "v"}, {"$device_id": "d"})
        assert [event.user for event in simplified.events] == ["u", "v", "u"]
        assert "$identity_failure_reason" in simplified.events[1].properties

    def test_an_identity_event_refuses_a_whole_import(self, restricted: StandIn, post: Post) -> None:
        """The reasons are plain strings, and nothing of the batch is taken."""
        good = {"event": "A", "properties": {"time": int(time.time()), "$user_id": "u", "$insert_id": "i"}}
        for verb in (identify("u", ANON), alias("a", "b"), merge("a", "b")):
            answer = post(restricted.url + "/import", json=[good, verb], auth=("token-b", ""))
            assert (answer.status_code, answer.json()) == (400, SIMPLIFIED_BODY)
        assert restricted.events == []

    def test_an_event_without_a_distinct_id_is_imported(self, restricted: StandIn, post: Post) -> None:
        """Which is how senders tell the two ways apart."""
        record = {"event": "A", "properties": {"time": int(time.time()), "$insert_id": "i"}}
        assert post(restricted.url + "/import", json=[record], auth=("token-b", "")).status_code == 200
        assert post(restricted.url + "/import", json=[record], auth=("token-a", "")).status_code == 400

    def test_track_ignores_identity_events(self, simplified: StandIn, post: Post) -> None:
        """The answer is yes, and nothing is kept or merged."""
        simplified.clear()
        assert post(simplified.url + "/track", json=[identify("u", ANON)]).text == "1"
        assert simplified.events == []
        assert simplified.store.canonical("token", ANON) is None

    def test_a_profile_of_the_device_is_not_carried_over(
        self, simplified: StandIn, seen: Callable[..., list[str]], post: Post
    ) -> None:
        """What was set before merging stays with the device."""
        simplified.clear()
        update = {"$token": "token", "$distinct_id": "$device:d", "$set": {"plan": "pro"}}
        post(simplified.url + "/engage?ip=0", json=[update])
        seen({"$device_id": "d", "$user_id": "u"})
        assert simplified.store.profile(("token", "", "u")) is None


def test_a_project_decides_for_itself(post: Post) -> None:
    """Projects of both kinds live beside each other."""
    projects = {"one": Project(merge="simplified"), "two": Project(merge="original")}
    event = {"event": "A", "properties": {"distinct_id": "x", "$user_id": "u"}}
    with StandIn(projects=projects) as running:
        for token in projects:
            post(running.url + "/track", json=event | {"properties": {**event["properties"], "token": token}})  # type: ignore[dict-item]
        assert [kept.distinct_id for kept in running.events] == ["u", "x"]

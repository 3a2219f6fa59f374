"""Our own actions: the profile operations that Segment has no action for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel import Client
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel_destination import Mixpanel
from analytics_mixpanel_destination.presets import default_mapping
from analytics_mixpanel_destination.record import Translation
from analytics_mixpanel_destination.translate import Translator

USER = {"$token": "t", "$distinct_id": "u"}
GROUP = {"$token": "t", "$group_key": "$group_id", "$group_id": "g"}


def mapping(action: str, **fields: Any) -> dict[str, Any]:
    """A mapping of track calls, the default one unless fields are given."""
    chosen = fields or default_mapping(action)
    return {"name": action, "subscribe": 'type = "track"', "partnerAction": action, "mapping": chosen}


def translate(action: str, operand: Any, **settings: Any) -> Translation:
    """Translate a message that has the operand where the default mapping looks for it."""
    field = next(iter(default_mapping(action).keys() - {"ip", "user_id", "anonymous_id", "group_id"}))
    message: dict[str, Any] = {"type": "track", "userId": "u", "groupId": "g"}
    message |= {"properties": {field: operand}, "traits": {field: operand}}
    return Translator(token="t", mappings=[mapping(action)], **settings).translate(message)


@pytest.mark.parametrize(
    ("action", "operand", "update"),
    [
        ("setOnceProperties", {"a": 1, "b": None}, {"$set_once": {"a": 1, "b": None}}),
        ("unionProperties", {"a": ["x", None], "b": "y", "c": []}, {"$union": {"a": ["x"], "b": ["y"]}}),
        ("appendProperties", {"a": 1, "b": None}, {"$append": {"a": 1}}),
        ("removeFromListProperties", {"a": 1, "b": None}, {"$remove": {"a": 1}}),
        ("unsetProperties", ["a", "", None, 5], {"$unset": ["a", "5"]}),
        ("unsetProperties", "a", {"$unset": ["a"]}),
    ],
)
def test_a_users_operation_is_one_update(action: str, operand: Any, update: dict[str, Any]) -> None:
    """The default mapping takes it from the properties; what Mixpanel would refuse is left out."""
    (record,) = translate(action, operand).records

    assert (record.endpoint, record.body) == ("engage", {**USER, **update})


@pytest.mark.parametrize(
    ("action", "operand", "update"),
    [
        ("groupSetOnceProperties", {"a": 1}, {"$set_once": {"a": 1}}),
        ("groupUnionProperties", {"a": "x"}, {"$union": {"a": ["x"]}}),
        ("groupRemoveFromListProperties", {"a": 1}, {"$remove": {"a": 1}}),
        ("groupUnsetProperties", ["a"], {"$unset": ["a"]}),
    ],
)
def test_a_groups_operation_is_one_update(action: str, operand: Any, update: dict[str, Any]) -> None:
    """The default mapping takes it from the traits, and the group from the message."""
    (record,) = translate(action, operand).records

    assert (record.endpoint, record.body) == ("groups", {**GROUP, **update})


@pytest.mark.parametrize(
    ("action", "operand"),
    [
        ("setOnceProperties", {}),
        ("unionProperties", {"a": []}),
        ("appendProperties", {"a": None}),
        ("unsetProperties", []),
        ("groupUnionProperties", {"a": None}),
    ],
)
def test_nothing_to_do_is_nothing_to_send(action: str, operand: Any) -> None:
    """The mapping matched, so the message is not dropped, and there is no error."""
    assert translate(action, operand) == Translation([], [], matched=True)


@pytest.mark.parametrize(
    ("action", "operand", "text"),
    [
        ("setOnceProperties", None, "missing the required field 'set_once'"),
        ("unionProperties", ["a"], "Union With Lists must be an object but it was an array."),
        ("unsetProperties", [{"a": 1}], "The value at /unset/0 must be a string but it was an object."),
    ],
)
def test_what_does_not_fit_is_refused(action: str, operand: Any, text: str) -> None:
    """The reason names the field."""
    (refusal,) = translate(action, operand).refusals

    assert text in refusal.message


def test_the_users_address_and_anonymous_id_are_as_for_increments() -> None:
    """A profile without a user's id is the anonymous one's, and ``ip`` goes with it."""
    fields = {"anonymous_id": "a", "ip": "203.0.113.17", "set_once": {"x": 1}}
    chosen = [mapping("setOnceProperties", **fields)]
    (record,) = Translator(token="t", mappings=chosen).translate({"type": "track"}).records

    assert record.body == {"$token": "t", "$distinct_id": "a", "$ip": "203.0.113.17", "$set_once": {"x": 1}}


def test_the_group_key_is_the_mappings_or_the_settings() -> None:
    """As for groupIdentifyUser."""
    chosen = [mapping("groupUnsetProperties", group_key="team", group_id="g", unset=["a"])]
    (own,) = Translator(token="t", group_key="company", mappings=chosen).translate({"type": "track"}).records
    (setting,) = translate("groupUnsetProperties", ["a"], group_key="company").records

    assert (own.body["$group_key"], setting.body["$group_key"]) == ("team", "company")


def test_they_change_profiles(stand_in: StandIn, make_client: Callable[..., Client]) -> None:
    """Through a client and over a connection, Mixpanel applies each to the user's profile."""
    mappings = [
        mapping("setOnceProperties", user_id={"@path": "$.userId"}, set_once={"first": {"@path": "$.event"}}),
        mapping("unionProperties", user_id={"@path": "$.userId"}, union={"seen": {"@path": "$.event"}}),
        mapping("appendProperties", user_id={"@path": "$.userId"}, append={"log": {"@path": "$.event"}}),
        mapping("removeFromListProperties", user_id={"@path": "$.userId"}, remove={"log": "B"}),
        mapping("unsetProperties", user_id={"@path": "$.userId"}, unset=["lead"]),
        {
            "subscribe": 'type = "identify"',
            "partnerAction": "identifyUser",
            "mapping": default_mapping("identifyUser"),
        },
    ]
    client = make_client(Mixpanel(token="token-0123456789", api_host=stand_in.url, mappings=mappings))
    client.identify("u", {"lead": True})
    for event in ("A", "B", "A"):
        client.track("u", event)
    assert client.flush(10) == 0

    (profile,) = stand_in.profiles
    assert profile.properties == {"first": "A", "seen": ["A", "B"], "log": ["A", "A"]}
    assert client.stats()["Mixpanel"].delivered == 4


def test_they_change_groups(stand_in: StandIn, make_client: Callable[..., Client]) -> None:
    """Likewise a group's profile."""
    ids = {"group_key": "company", "group_id": {"@path": "$.groupId"}}
    tags = {"tags": {"@path": "$.traits.tags"}}
    mappings = [
        mapping("groupSetOnceProperties", **ids, set_once={"founded": 1999, "owner": "x"}),
        mapping("groupUnionProperties", **ids, union=tags),
        mapping("groupRemoveFromListProperties", **ids, remove={"tags": "b"}),
        mapping("groupUnsetProperties", **ids, unset=["owner"]),
    ]
    for each in mappings:
        each["subscribe"] = 'type = "group"'
    client = make_client(Mixpanel(token="token-0123456789", api_host=stand_in.url, mappings=mappings))
    client.group("u", "acme", {"tags": ["a", "b"]})
    assert client.flush(10) == 0

    (group,) = stand_in.groups
    assert (group.group_key, group.group_id) == ("company", "acme")
    assert group.properties == {"founded": 1999, "tags": ["a"]}

"""Groups, their profiles and their members."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

GROUP = {"type": "group", "groupId": "acme"}


def test_a_group_gets_its_profile_once_and_the_user_the_key(bodies: Callable[..., Any]) -> None:
    """Under every group key; the traits keep their names, and what the profile has already stays."""
    made = bodies({**GROUP, "traits": {"name": "Acme"}}, group_identifier_traits=["company", "team"])

    ids = {"$token": "t", "$group_id": "acme"}
    assert made[:2] == [
        ("groups", {**ids, "$group_key": "company", "$set_once": {"name": "Acme"}}),
        ("groups", {**ids, "$group_key": "team", "$set_once": {"name": "Acme"}}),
    ]
    assert [(endpoint, body["$set"]) for endpoint, body in made[2:]] == [
        ("engage", {"company": ["acme"], "team": ["acme"]})
    ]


def test_without_traits_there_is_only_the_membership(bodies: Callable[..., Any]) -> None:
    """There is nothing to write to the group's profile."""
    assert [endpoint for endpoint, _ in bodies(GROUP, group_identifier_traits=["company"])] == ["engage"]


@pytest.mark.parametrize(
    ("fields", "settings", "said"),
    [
        ({}, {}, "group_identifier_traits, the group keys, is not set"),
        (
            {"userId": None, "anonymousId": "a"},
            {"group_identifier_traits": ["c"]},
            "needs a group id and a user id",
        ),
        ({"groupId": None}, {"group_identifier_traits": ["c"]}, "needs a group id and a user id"),
    ],
)
def test_what_is_missing_is_the_reason(
    translate: Callable[..., Any], fields: Any, settings: Any, said: str
) -> None:
    """A group call without a key, a group or a user is dropped, and the reason says which."""
    translation = translate({**GROUP, **fields}, **settings)

    assert translation.records == []
    assert said in translation.dropped


def test_the_plugin_groups_says_under_which_key_and_id(bodies: Callable[..., Any]) -> None:
    """What it knows wins over the setting, and does not put an end to other memberships."""
    fields = {**GROUP, "traits": {"name": "Acme"}, "context": {"memberOf": {"team": ["t1"]}}}
    (_, group), (_, user) = bodies(fields, group_identifier_traits=["company"])

    assert (group["$group_key"], group["$group_id"], user["$union"]) == ("team", "t1", {"team": ["t1"]})


def test_a_users_groups_come_and_go_with_identify(bodies: Callable[..., Any]) -> None:
    """Whether people is on or off, as with a group call."""
    context = {"memberOf": {"company": ["acme"]}, "leftGroups": {"team": "t1"}}
    made = bodies({"type": "identify", "context": context})

    assert [body.get("$union") or body.get("$remove") for _, body in made] == [
        {"company": ["acme"]},
        {"team": "t1"},
    ]


@pytest.mark.parametrize("known", ["acme", {"team": None}, {"": "t"}, {"team": [{}]}, {"team": []}])
def test_groups_of_the_wrong_shape_are_none(translate: Callable[..., Any], known: Any) -> None:
    """What names no group is not sent."""
    assert translate({"type": "identify", "context": {"memberOf": known, "leftGroups": known}}).records == []


def test_an_event_carries_the_default_key_where_none_is_set(event: Callable[..., Any]) -> None:
    """Segment's ``$group_id``."""
    made = event({"type": "track", "event": "A", "context": {"groupId": "acme"}})

    assert made["properties"]["$group_id"] == ["acme"]


def test_an_event_carries_the_group_of_its_context(event: Callable[..., Any]) -> None:
    """As a list, under each key; the event's own value wins."""
    fields = {"type": "track", "event": "A", "properties": {"team": "t1"}, "context": {"groupId": "acme"}}
    properties = event(fields, group_identifier_traits=["company", "team"])["properties"]

    assert (properties["company"], properties["team"]) == (["acme"], "t1")

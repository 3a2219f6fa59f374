"""Groups, as they are seen in Mixpanel: event, user and group joined on the group key."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analytics_mixpanel.client import Client
from analytics_mixpanel.debugger import Project, StandIn
from analytics_mixpanel_destination import Mixpanel
from analytics_mixpanel_groups import Groups

MakeClient = Callable[..., Client]


@pytest.mark.parametrize("thread", [1, 3])
def test_event_user_and_group_are_joined_on_the_key(
    stand_in: StandIn, make_client: MakeClient, thread: int
) -> None:
    """After ``identify``, ``group`` and ``track`` the same id is on all three, under the same key."""
    client = make_client(Mixpanel(token="t", api_host=stand_in.url), Groups("company_id"), thread=thread)
    client.identify("user-1", {"email": "user-1@example.com"})
    client.group("user-1", "acme", {"name": "Acme", "seats": 5})
    client.track("user-1", "Signed In")
    assert client.flush() == 0

    (event,), (user,), (group,) = stand_in.events, stand_in.profiles, stand_in.groups
    assert (group.group_key, group.group_id) == ("company_id", "acme")
    assert group.properties == {"$name": "Acme", "seats": 5}
    assert event.properties["company_id"] == "acme"
    assert user.properties == {"$email": "user-1@example.com", "company_id": ["acme"]}
    assert event.user == user.distinct_id == "user-1"
    assert client.stats()["Mixpanel"].delivered == 3


def test_several_types_and_leaving(stand_in: StandIn, make_client: MakeClient) -> None:
    """Each type has its key; whoever leaves a group is no longer tied to it, and the group stays."""
    groups = Groups({"company": "company_id", "team": "team_id"})
    client = make_client(Mixpanel(token="t", api_host=stand_in.url), groups)
    client.group("user-1", "acme")
    client.group("user-1", "globex")
    client.group("user-1", "red", context={"groupType": "team"})
    client.track("user-1", "Before")
    groups.leave("user-1", "acme")
    client.track("user-1", "After")
    assert client.flush() == 0

    events = {event.event: event.properties for event in stand_in.events}
    assert events["Before"]["company_id"] == ["acme", "globex"]
    assert events["After"]["company_id"] == "globex"
    assert {properties["team_id"] for properties in events.values()} == {"red"}
    (user,) = stand_in.profiles
    assert user.properties == {"company_id": ["globex"], "team_id": ["red"]}
    assert sorted((group.group_key, group.group_id) for group in stand_in.groups) == [
        ("company_id", "acme"),
        ("company_id", "globex"),
        ("team_id", "red"),
    ]


def test_processes_that_know_a_part_each_lose_nothing(stand_in: StandIn, make_client: MakeClient) -> None:
    """A profile's list is added to, not replaced, by a process that knows another of the user's groups."""
    for company in ("acme", "globex"):
        client = make_client(Mixpanel(token="t", api_host=stand_in.url), Groups("company_id"))
        client.group("user-1", company)
        client.identify("user-1")
        assert client.flush() == 0
    (user,) = stand_in.profiles
    assert user.properties["company_id"] == ["acme", "globex"]


def test_segments_key_by_default(stand_in: StandIn, make_client: MakeClient) -> None:
    """Under ``$group_id``, by Segment's own ways."""
    client = make_client(Mixpanel(token="t", api_host=stand_in.url), Groups())
    client.group("user-1", "acme", {"name": "Acme"})
    client.track("user-1", "Event")
    client.track("user-2", "Other", context={"groupId": "globex"})
    assert client.flush() == 0
    assert {event.event: event.properties["$group_id"] for event in stand_in.events} == {
        "Event": "acme",
        "Other": "globex",
    }
    (group,) = stand_in.groups
    assert (group.group_key, group.group_id) == ("$group_id", "acme")
    assert stand_in.profiles[0].properties == {"$group_id": ["acme"]}


def test_the_declared_key_wins_over_the_destinations(stand_in: StandIn, make_client: MakeClient) -> None:
    """``Mixpanel(group_key=...)`` is for calls whose key nobody else says."""
    mixpanel = Mixpanel(token="t", api_host=stand_in.url, group_key="firm_id")
    client = make_client(mixpanel, Groups("company_id"))
    client.group("user-1", "acme", {"company_id": "own"})
    assert client.flush() == 0
    (group,) = stand_in.groups
    assert (group.group_key, group.group_id) == ("company_id", "own")
    assert stand_in.profiles[0].properties["company_id"] == ["own"]


def test_a_key_that_the_project_does_not_define_is_seen(
    make_client: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Mixpanel says yes and keeps nothing; the stand-in shows it, and warns once."""
    with StandIn(projects={"t": Project(group_keys=["company_id"])}) as stand_in:
        client = make_client(Mixpanel(token="t", api_host=stand_in.url), Groups("company_id", "team_id"))
        client.group("user-1", "acme")
        for team in ("red", "blue"):
            client.group("user-1", team, context={"groupType": "team_id"})
        assert client.flush() == 0

        assert [group.group_key for group in stand_in.groups] == ["company_id"]
        assert [(r.endpoint, r.field, r.record["$group_id"]) for r in stand_in.rejections] == [
            ("/groups", "$group_key", "red"),
            ("/groups", "$group_key", "blue"),
        ]
        assert client.stats()["Mixpanel"].delivered == 3
    (warning,) = [record.getMessage() for record in caplog.records]
    assert warning.startswith("group key 'team_id': define the group key in the project's settings")

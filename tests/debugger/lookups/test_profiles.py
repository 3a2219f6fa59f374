"""Users and groups, and what joins them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.debugger.lookups import Arrivals, Profiles

Post = Callable[..., requests.Response]
NOW = 1_700_000_000


@pytest.fixture
def profiles(stand_in: StandIn) -> Profiles:
    """Those of the stand-in."""
    return Profiles(stand_in.store)


@pytest.fixture
def put(stand_in: StandIn, post: Post) -> Callable[..., None]:
    """Sets properties of a user, or of a group where a key is given."""

    def send(profile: str, properties: dict[str, Any], group_key: str = "") -> None:
        ids = {"$group_key": group_key, "$group_id": profile} if group_key else {"$distinct_id": profile}
        path = "/groups" if group_key else "/engage"
        post(stand_in.url + path + "?ip=0", json=[{"$token": "token", **ids, "$set": properties}])

    return send


@pytest.fixture
def happened(stand_in: StandIn, post: Post) -> Callable[..., None]:
    """Sends an event."""

    def send(user: str, **properties: Any) -> None:
        own = {"distinct_id": user, "time": NOW, "$insert_id": f"{user}-{len(properties)}", **properties}
        post(stand_in.url + "/import", json=[{"event": "E", "properties": own}], auth=("token", ""))

    return send


def test_users_with_and_without_a_profile(
    profiles: Profiles, put: Callable[..., None], happened: Callable[..., None]
) -> None:
    """Both are listed, with how many events they have."""
    put("ada", {"plan": "pro"})
    happened("ada")
    happened("grace")

    total, users = profiles.users("", 0, 10)
    assert total == 2
    assert {(user.user, user.id is None, user.events) for user in users} == {
        ("ada", False, 1),
        ("grace", True, 1),
    }


def test_users_are_found_by_their_profile(profiles: Profiles, put: Callable[..., None]) -> None:
    """Or by a part of the id; what is special in a pattern is not."""
    put("ada", {"$email": "ada@example.com"})
    put("gr%ce", {})

    assert [user.user for user in profiles.users("EXAMPLE", 0, 10)[1]] == ["ada"]
    assert [user.user for user in profiles.users("%", 0, 10)[1]] == ["gr%ce"]


def test_the_list_has_pages(profiles: Profiles, put: Callable[..., None]) -> None:
    """Each with the total, and nobody twice."""
    for number in range(5):
        put(f"user-{number}", {})

    pages = [profiles.users("", offset, 2) for offset in (0, 2, 4)]
    assert [total for total, _ in pages] == [5, 5, 5]
    assert len({user.user for _, users in pages for user in users}) == 5


@pytest.mark.parametrize("value", ["acme", ["globex", "acme"], 42])
def test_a_group_is_joined_to_users_and_events(
    stand_in: StandIn,
    profiles: Profiles,
    put: Callable[..., None],
    happened: Callable[..., None],
    value: Any,
) -> None:
    """By the same key, with one value or a list, as a text or a number."""
    group_id = str(value[-1] if isinstance(value, list) else value)
    put(group_id, {"name": "Acme"}, "company_id")
    put("ada", {"company_id": value})
    put("eve", {"other": value})
    happened("ada", company_id=value)
    happened("eve", other=value)
    group = profiles.groups("", 0, 10)[1][0]

    assert [each["user"] for each in profiles.members_of(group, 10)] == ["ada"]
    events = Arrivals(stand_in.store).among(profiles.events_of(group, 10))
    assert [each.user for each in events] == ["ada"]
    assert (("company_id", group_id, group.id)) in profiles.joins("token", {"company_id": value, "x": 1})


def test_the_history_is_newest_first(profiles: Profiles, put: Callable[..., None]) -> None:
    """With the arrival that each operation came as."""
    put("ada", {"plan": "free"})
    put("ada", {"plan": "pro"})

    history = profiles.history("token", "", "ada", 10)
    assert [each["value"] for each in history] == [{"plan": "pro"}, {"plan": "free"}]
    assert all(each["arrival"] for each in history)

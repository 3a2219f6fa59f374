"""Updates of user profiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Updates = Callable[..., list[dict[str, Any]]]
LAST = "2023-11-14T22:13:20"


def test_a_profile_gets_all_traits_by_default(updates: Updates) -> None:
    """Under Mixpanel's names, and with the user's id."""
    made = updates({"type": "identify", "traits": {"email": "a@b.example", "plan": "pro"}}, people=True)

    assert made == [{"$set": {"$email": "a@b.example", "plan": "pro", "id": "user-1"}}]


@pytest.mark.parametrize(
    ("value", "operation"),
    [
        (["home"], "$union"),
        ([1, 2.5], "$union"),
        ([], "$set"),
        ([{"a": 1}], "$set"),
        ([["a"]], "$set"),
        ([True], "$set"),
        ("home", "$set"),
    ],
)
def test_a_list_is_united_where_mixpanel_can(updates: Updates, value: Any, operation: str) -> None:
    """An empty list, or one of what Mixpanel cannot unite, takes the old one's place."""
    made = updates(
        {"type": "identify", "userId": None, "anonymousId": "a", "traits": {"seen": value}}, people=True
    )

    assert made == [{operation: {"seen": value}}]


def test_setting_and_uniting_are_records_of_their_own(updates: Updates) -> None:
    """One operation each, the setting first."""
    made = updates({"type": "identify", "traits": {"plan": "pro", "seen": ["home"]}}, people=True)

    assert made == [{"$set": {"plan": "pro", "id": "user-1"}}, {"$union": {"seen": ["home"]}}]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([], [{"$set": {"$email": "e"}}]),
        (["plan"], [{"$set": {"$email": "e", "plan": "pro"}}]),
        (["seen"], [{"$set": {"$email": "e"}}, {"$union": {"seen": ["home"]}}]),
        (["id"], [{"$set": {"$email": "e", "id": "user-1"}}]),
    ],
)
def test_without_all_traits_only_the_listed_go_to_the_profile(
    updates: Updates, listed: list[str], expected: Any
) -> None:
    """And those that Mixpanel has a name for."""
    traits = {"email": "e", "plan": "pro", "seen": ["home"]}
    settings = {"people": True, "set_all_traits_by_default": False, "people_properties": listed}

    assert updates({"type": "identify", "traits": traits}, **settings) == expected


@pytest.mark.parametrize(
    ("fields", "settings", "expected"),
    [
        ({"event": "Paid"}, {}, []),
        (
            {"event": "Paid"},
            {"event_increments": ["paid"]},
            [{"$add": {"Paid": 1}}, {"$set": {"Last Paid": LAST}}],
        ),
        ({"event": "Paid"}, {"event_increments": ["Left"]}, []),
        (
            {"event": "A", "properties": {"Seats": 3}},
            {"prop_increments": ["seats"]},
            [{"$add": {"Seats": 3}}],
        ),
        (
            {"event": "A", "properties": {"seats": "2.5"}},
            {"prop_increments": ["seats"]},
            [{"$add": {"seats": 2.5}}],
        ),
        (
            {"event": "A", "properties": {"seats": -1, "x": 2}},
            {"prop_increments": ["seats"]},
            [{"$add": {"seats": -1}}],
        ),
        ({"event": "A", "properties": {"seats": "many"}}, {"prop_increments": ["seats"]}, []),
        ({"event": "A", "properties": {"seats": True}}, {"prop_increments": ["seats"]}, []),
        ({"event": "A", "properties": {"seats": None}}, {"prop_increments": ["seats"]}, []),
        ({"event": "A", "properties": {"seats": ""}}, {"prop_increments": ["seats"]}, []),
        (
            {"event": "A", "properties": {"revenue": 9.5}},
            {},
            [{"$append": {"$transactions": {"$time": LAST, "$amount": 9.5}}}],
        ),
        (
            {"event": "A", "properties": {"revenue": 2, "seats": 1}},
            {"event_increments": ["a"], "prop_increments": ["seats", "revenue"]},
            [
                {"$add": {"A": 1}},
                {"$set": {"Last A": LAST}},
                {"$add": {"revenue": 2, "seats": 1}},
                {"$append": {"$transactions": {"$time": LAST, "$amount": 2}}},
            ],
        ),
    ],
)
def test_events_count_on_the_profile(updates: Updates, fields: Any, settings: Any, expected: Any) -> None:
    """Listed events and properties in any case, and revenue; each operation in a record of its own."""
    assert updates({"type": "track", **fields}, people=True, **settings) == expected


def test_nothing_goes_to_profiles_while_people_is_off(updates: Updates) -> None:
    """Neither traits nor counts nor revenue."""
    settings = {"event_increments": ["A"], "prop_increments": ["seats"]}
    track = {"type": "track", "event": "A", "properties": {"revenue": 2, "seats": 1}}
    identify = {"type": "identify", "anonymousId": "a", "traits": {"plan": "pro"}}

    assert updates(track, **settings) + updates(identify, **settings) == []


def test_nobody_has_no_profile(updates: Updates) -> None:
    """An event of neither a user nor a device counts nowhere."""
    track = {"type": "track", "userId": None, "event": "A", "properties": {"revenue": 2}}

    assert updates(track, people=True) == []


def test_only_users_are_counted_for(updates: Updates) -> None:
    """A device has no counts, since they would not become the user's; what it spent is noted."""
    track = {"type": "track", "userId": None, "anonymousId": "a", "event": "A", "properties": {"revenue": 2}}

    assert updates(track, people=True, event_increments=["A"]) == [
        {"$append": {"$transactions": {"$time": LAST, "$amount": 2}}}
    ]


def test_an_update_says_whose_when_and_from_where(bodies: Callable[..., Any]) -> None:
    """The time in milliseconds, the address of the call, and that an inactive user was not seen."""
    fields = {"type": "identify", "traits": {"a": 1}, "context": {"ip": "203.0.113.7", "active": False}}

    assert bodies(fields, people=True) == [
        (
            "engage",
            {
                "$token": "t",
                "$distinct_id": "user-1",
                "$time": 1_700_000_000_000,
                "$set": {"a": 1, "id": "user-1"},
                "$ip": "203.0.113.7",
                "$ignore_time": True,
            },
        )
    ]

"""Traits under Mixpanel's names."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_destination.classic.traits import chosen, known_traits


@pytest.mark.parametrize(
    ("traits", "expected"),
    [
        ({}, {}),
        ({"plan": "pro"}, {"plan": "pro"}),
        (
            {"email": "a@b.example", "username": "ada", "phone": "+1", "lastSeen": "2023-01-01"},
            {"$email": "a@b.example", "$username": "ada", "$phone": "+1", "$last_seen": "2023-01-01"},
        ),
        (
            {"firstName": "Ada", "lastName": "King"},
            {"$first_name": "Ada", "$last_name": "King", "$name": "Ada King"},
        ),
        ({"first_name": "Ada"}, {"$first_name": "Ada"}),
        ({"First Name": "Ada"}, {"$first_name": "Ada"}),
        ({"name": " Ada King "}, {"$name": "Ada King", "$first_name": "Ada", "$last_name": "King"}),
        ({"name": "Ada"}, {"$name": "Ada", "$first_name": "Ada"}),
        (
            {"name": "Ada King", "firstName": "Augusta"},
            {"$name": "Ada King", "$first_name": "Augusta", "$last_name": "King"},
        ),
        ({"name": 7}, {"name": 7}),
        ({"email": None}, {"email": None}),
        ({"$email": "a@b.example"}, {"$email": "a@b.example"}),
        ({"created": "2023-01-02T03:04:05Z"}, {"$created": "2023-01-02T03:04:05"}),
        ({"createdAt": "2023-01-02T03:04:05.678+00:00"}, {"$created": "2023-01-02T03:04:05"}),
        ({"created_at": 1_700_000_000}, {"$created": "2023-11-14T22:13:20"}),
        ({"created_at": 1_700_000_000_000}, {"$created": "2023-11-14T22:13:20"}),
        ({"created": "1700000000"}, {"$created": "2023-11-14T22:13:20"}),
        ({"created": "long ago"}, {"$created": "long ago"}),
        ({"created": "2023-01-01", "created_at": "2022-01-01"}, {"$created": "2023-01-01T00:00:00"}),
        ({"created": 1e300}, {"$created": 1e300}),
    ],
)
def test_traits_get_mixpanels_names(traits: dict[str, Any], expected: dict[str, Any]) -> None:
    """Those that Mixpanel has a name for are sent under it alone; names are completed from one another."""
    assert known_traits(traits, "") == expected


@pytest.mark.parametrize(
    ("user_id", "expected"),
    [
        ("user-1", {"id": "user-1"}),
        ("ada@example.com", {"id": "ada@example.com", "$email": "ada@example.com"}),
    ],
)
def test_the_users_id_is_a_trait(user_id: str, expected: dict[str, Any]) -> None:
    """As ``id``; and as the email, if it is one."""
    assert known_traits({}, user_id) == expected


@pytest.mark.parametrize("name", ["firstName", "first_name", "$first_name"])
def test_a_list_of_traits_may_spell_them_in_any_way(name: str) -> None:
    """Segment's name, Python's and Mixpanel's choose the same."""
    known = known_traits({"firstName": "Ada", "plan": "pro"}, "")

    assert chosen(known, [name]) == {"$first_name": "Ada"}

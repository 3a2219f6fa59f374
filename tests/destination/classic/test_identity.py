"""Who records are about, under both ID merges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

IDS = ("distinct_id", "$device_id", "$user_id")


@pytest.mark.parametrize(
    ("merge", "user", "device", "expected"),
    [
        ("original", "u", "a", {"distinct_id": "u"}),
        ("original", None, "a", {"distinct_id": "a"}),
        ("simplified", "u", "a", {"distinct_id": "u", "$device_id": "a", "$user_id": "u"}),
        ("simplified", "u", None, {"distinct_id": "u", "$user_id": "u"}),
        ("simplified", None, "a", {"distinct_id": "$device:a", "$device_id": "a"}),
        ("simplified", None, "$device:a", {"distinct_id": "$device:a", "$device_id": "$device:a"}),
        (None, "u", "a", {"distinct_id": "u", "$device_id": "a", "$user_id": "u"}),
        (None, None, "a", {"distinct_id": "a", "$device_id": "a"}),
        (None, None, None, {"distinct_id": ""}),
    ],
)
def test_an_event_says_whose_it_is(
    event: Callable[..., Any], merge: Any, user: str | None, device: str | None, expected: Any
) -> None:
    """One id for Original ID Merge, both for Simplified, and both where the merge is not given."""
    made = event({"type": "track", "event": "A", "userId": user, "anonymousId": device}, merge=merge)

    assert {name: made["properties"][name] for name in IDS if name in made["properties"]} == expected


@pytest.mark.parametrize(
    ("merge", "user", "device", "sent"),
    [
        ("original", "u", "a", True),
        (None, "u", "a", True),
        ("simplified", "u", "a", False),
        ("original", "u", None, False),
        ("original", None, "a", False),
    ],
)
def test_identify_joins_ids_in_original_merge(
    bodies: Callable[..., Any], merge: Any, user: str | None, device: str | None, sent: bool
) -> None:
    """``$identify`` needs both ids, and Simplified ID Merge has none."""
    made = bodies({"type": "identify", "userId": user, "anonymousId": device}, merge=merge)
    identify = {"event": "$identify", "properties": {"$identified_id": "u", "$anon_id": "a", "token": "t"}}

    assert made == ([("track", identify)] if sent else [])


def test_an_alias_is_created_in_original_merge(bodies: Callable[..., Any]) -> None:
    """The former id gets the user's as its alias."""
    ids = {"distinct_id": "old", "alias": "user-1", "token": "t"}

    assert bodies({"type": "alias", "previousId": "old"}, merge="original") == [
        ("track", {"event": "$create_alias", "properties": ids})
    ]


def test_an_alias_is_dropped_in_simplified_merge(translate: Callable[..., Any]) -> None:
    """With the reason."""
    translation = translate({"type": "alias", "previousId": "old"}, merge="simplified")

    assert (translation.records, translation.dropped) == (
        [],
        "a project with Simplified ID Merge has no aliases",
    )


def test_a_devices_profile_is_its_own_in_simplified_merge(bodies: Callable[..., Any]) -> None:
    """Under the id that Mixpanel gives the device, not that of a user of the same name."""
    fields = {"type": "identify", "userId": None, "anonymousId": "a", "traits": {"plan": "free"}}
    ((_, body),) = bodies(fields, people=True, merge="simplified")

    assert body["$distinct_id"] == "$device:a"

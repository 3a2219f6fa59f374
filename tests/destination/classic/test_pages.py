"""Which event a page is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

OFF = {"consolidated_page_calls": False}
ALL = {**OFF, "track_all_pages": True}
NAMED = {**OFF, "track_named_pages": True}
CATEGORIZED = {**OFF, "track_categorized_pages": True}


@pytest.mark.parametrize("kind", ["page", "screen"])
@pytest.mark.parametrize(
    ("settings", "category", "name", "expected"),
    [
        ({}, "Docs", "Index", "Loaded a {}"),
        ({}, None, None, "Loaded a {}"),
        ({"track_named_pages": True}, None, "Index", "Loaded a {}"),
        (ALL, "Docs", "Index", "Loaded a {}"),
        (ALL | NAMED | CATEGORIZED, "Docs", "Index", "Loaded a {}"),
        (NAMED, None, "Index", "Viewed Index {}"),
        (NAMED, "Docs", "Index", "Viewed Index {}"),
        (CATEGORIZED, "Docs", "Index", "Viewed Docs Index {}"),
        (CATEGORIZED, "Docs", None, "Viewed Docs {}"),
        (CATEGORIZED | NAMED, "Docs", "Index", "Viewed Docs Index {}"),
        (CATEGORIZED | NAMED, None, "Index", "Viewed Index {}"),
    ],
)
def test_the_first_option_that_applies_names_the_event(
    event: Callable[..., Any], kind: str, settings: Any, category: str | None, name: str | None, expected: str
) -> None:
    """Consolidated, all, categorized, named: in this order, and one event at most."""
    made = event({"type": kind, "category": category, "name": name}, **settings)

    assert made["event"] == expected.format(kind.capitalize())


@pytest.mark.parametrize(
    ("settings", "category", "name"),
    [(OFF, "Docs", "Index"), (NAMED, "Docs", None), (CATEGORIZED, None, "Index")],
)
def test_a_page_that_no_option_is_for_is_dropped(
    translate: Callable[..., Any], settings: Any, category: str | None, name: str | None
) -> None:
    """It is not sent, and the reason says why."""
    translation = translate({"type": "page", "category": category, "name": name}, **settings)

    assert (translation.records, translation.dropped) == (
        [],
        "no page option of the Classic framework applies to it",
    )


def test_category_and_name_are_properties(event: Callable[..., Any]) -> None:
    """Under one event for all pages, they tell the pages apart."""
    made = event(
        {"type": "page", "category": "Docs", "name": "Index", "properties": {"url": "u", "name": "x"}}
    )

    properties = made["properties"]
    assert [properties[name] for name in ("category", "name", "url")] == ["Docs", "Index", "u"]


def test_a_page_may_be_counted(updates: Callable[..., Any]) -> None:
    """A page's event is an event like others: it can be in the list of those to count."""
    made = updates({"type": "page", "name": "Index"}, people=True, event_increments=["Loaded a Page"])

    assert made == [{"$add": {"Loaded a Page": 1}}, {"$set": {"Last Loaded a Page": "2023-11-14T22:13:20"}}]

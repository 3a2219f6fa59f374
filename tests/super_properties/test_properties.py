"""The super properties of one reach."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_super_properties.properties import MOST, Properties


@pytest.fixture
def properties() -> Properties:
    """None yet."""
    return Properties()


def test_the_latest_value_stays(properties: Properties) -> None:
    """Registering again replaces."""
    properties.register({"plan": "free", "app": "shop"})
    properties.register({"plan": "pro"})
    assert properties.shown() == {"plan": "pro", "app": "shop"}


def test_once_means_once(properties: Properties) -> None:
    """What has a value keeps it, also a value that is false and a list that was united."""
    properties.register({"empty": None})
    properties.unite({"tags": ["a"]})
    properties.register_once({"empty": 1, "tags": "x", "source": "mail"})
    assert properties.shown() == {"empty": None, "tags": ["a"], "source": "mail"}


def test_names_are_taken_out(properties: Properties) -> None:
    """Also lists that were united; a name that is not there is no error."""
    properties.register({"a": 1, "b": 2})
    properties.unite({"c": [1]})
    properties.unregister(["a", "c", "unknown"])
    assert properties.shown() == {"b": 2}


def test_all_are_taken_out(properties: Properties) -> None:
    """After clearing there is nothing."""
    properties.register({"a": 1})
    properties.unite({"b": [1]})
    properties.clear()
    assert properties.shown() == {}


@pytest.mark.parametrize(
    ("first", "then", "united"),
    [
        (["a", "b"], ["b", "c"], ["a", "b", "c"]),
        (["a"], [], []),
        ([], ["a"], ["a"]),
        ("a", ["b"], ["b"]),
        (["a"], "b", "b"),
        (["a"], None, None),
        ([1, "1"], [True, 1.0], [1, "1", True, 1.0]),
        ([{"id": 1}], [{"id": 1}, {"id": 2}], [{"id": 1}, {"id": 2}]),
        (("a",), {"b"}, ["a", "b"]),
    ],
)
def test_lists_are_united(properties: Properties, first: Any, then: Any, united: Any) -> None:
    """Items are added to a list that is there; anything else, and an empty list, replaces."""
    properties.unite({"tags": first})
    properties.unite({"tags": then})
    shown = properties.shown()["tags"]
    assert shown == united
    assert [type(item) for item in shown or ()] == [type(item) for item in united or ()]


def test_a_registered_list_is_added_to(properties: Properties) -> None:
    """It makes no difference how the list came to be there."""
    properties.register({"tags": ["a"]})
    properties.unite({"tags": ["b"]})
    assert properties.shown() == {"tags": ["a", "b"]}


def test_the_callers_values_are_not_kept(properties: Properties) -> None:
    """What the application does with its dicts and lists later changes nothing."""
    tags, address = ["a"], {"city": {"name": "Oslo"}}
    properties.unite({"tags": tags, "address": address})
    properties.register({"list": tags})
    tags.append("b")
    address["city"]["name"] = "Bergen"
    assert properties.shown() == {"tags": ["a"], "address": {"city": {"name": "Oslo"}}, "list": ["a"]}


def test_a_shown_list_is_the_events_own(properties: Properties) -> None:
    """An event that is changed changes no other."""
    properties.unite({"tags": ["a"]})
    properties.shown()["tags"].append("b")
    assert properties.shown() == {"tags": ["a"]}


def test_there_are_no_more_than_an_event_can_have(properties: Properties) -> None:
    """Of new names those that there is room for are taken; names that are there can still change."""
    properties.register({f"p{number}": number for number in range(300)})
    properties.register({"p0": "changed", "new": 1})
    properties.unite({"list": [1]})
    shown = properties.shown()
    assert len(shown) == MOST
    assert shown["p0"] == "changed"
    assert "new" not in shown
    assert "list" not in shown


def test_a_list_stays_as_short_as_mixpanel_takes_it(properties: Properties) -> None:
    """A list that grows with every identify does not grow for ever."""
    for start in range(0, 1_000, 50):
        properties.unite({"seen": list(range(start, start + 50))})
    assert properties.shown()["seen"] == list(range(MOST))

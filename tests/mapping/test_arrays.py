"""``@arrayPath``, ``@merge`` and ``@flatten``."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.mapping import resolve

PAYLOAD: dict[str, Any] = {
    "products": [{"id": 1}, None, {}],
    "single": {"id": 9},
    "o": {"a": {"b": 1, "c": [2, {"d": None}]}, "e": {}},
}


def test_a_shape_resolves_each_item() -> None:
    """Each item is a payload of its own; below a null everything is null, a missing key is left out."""
    shape = {"product": {"@path": "$.id"}}
    assert resolve({"v": {"@arrayPath": ["$.products", shape]}}, PAYLOAD) == {
        "v": [{"product": 1}, {"product": None}, {}]
    }


def test_an_object_counts_as_a_list_of_one() -> None:
    """A shape makes a list of a single object."""
    assert resolve({"@arrayPath": ["$.single", {"p": {"@path": "$.id"}}]}, PAYLOAD) == [{"p": 9}]


def test_a_shape_may_be_a_directive() -> None:
    """Items that it does not find are null."""
    assert resolve({"v": {"@arrayPath": ["$.products", {"@path": "$.id"}]}}, PAYLOAD) == {
        "v": [1, None, None]
    }


def test_a_shape_may_hand_on_the_item() -> None:
    """What is undefined within an item that a directive made is left out as everywhere."""
    made = {"@flatten": {"value": {"a": {"@path": "$.missing"}}, "separator": "."}}
    assert resolve({"v": {"@arrayPath": [made, {"@path": "."}]}}, PAYLOAD) == {"v": [{}]}


@pytest.mark.parametrize("shape", [{}, "x", None])
def test_no_shape_leaves_the_list(shape: Any) -> None:
    """Without a shape the value stays what it is."""
    assert resolve({"@arrayPath": ["$.products", shape]}, PAYLOAD) is PAYLOAD["products"]


@pytest.mark.parametrize(("direction", "a"), [("left", 1), ("right", 2), ("LEFT", 2)])
def test_merge_has_a_direction(direction: str, a: int) -> None:
    """From the left the first object wins; any other direction lets the last one."""
    objects = [{"a": 1}, {"a": 2, "b": 3}, {"@path": "$.missing"}]
    assert resolve({"@merge": {"direction": direction, "objects": objects}}, {}) == {"a": a, "b": 3}


def test_an_undefined_member_overwrites_in_a_merge() -> None:
    """A key that resolves to nothing takes the other's value away."""
    objects = [{"a": 1}, {"a": {"@path": "$.missing"}}]
    assert resolve({"v": {"@merge": {"direction": "right", "objects": objects}}}, {}) == {"v": {}}


def test_flatten() -> None:
    """Nested keys are joined; empty objects vanish; lists count as objects unless omitted."""
    flatten = {"value": {"@path": "$.o"}, "separator": "."}
    assert resolve({"@flatten": flatten}, PAYLOAD) == {"a.b": 1, "a.c.0": 2, "a.c.1.d": None}
    assert resolve({"@flatten": {**flatten, "omitArrays": True}}, PAYLOAD) == {
        "a.b": 1,
        "a.c": [2, {"d": None}],
    }

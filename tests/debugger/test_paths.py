"""Paths in JSON as text."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.debugger.paths import Keys, leaves, member_of, path_text, places, replaced

MESSAGE: Any = {"type": "track", "properties": {"products": [{"price": 1}, {}], "a.b": None}, "context": []}


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ((), ""),
        (("properties", "$insert_id"), "properties.$insert_id"),
        (("properties", "products", 0, "price"), "properties.products[0].price"),
        (("properties", "a.b"), 'properties["a.b"]'),
        (("", 'say "x"'), '[""]["say \\"x\\""]'),
        (("\ud800",), '["?"]'),
    ],
)
def test_a_path_is_written_one_way(keys: Keys, text: str) -> None:
    """Plain names with dots, numbers and other names in brackets."""
    assert path_text(keys) == text


def test_values_come_in_their_order() -> None:
    """Empty objects and lists are values too."""
    assert list(leaves(MESSAGE)) == [
        (("type",), "track"),
        (("properties", "products", 0, "price"), 1),
        (("properties", "products", 1), {}),
        (("properties", "a.b"), None),
        (("context",), []),
    ]


def test_places_are_those_of_objects_as_well() -> None:
    """An object comes before its members."""
    assert [path_text(keys) for keys, _ in places({"a": {"b": [1]}})] == ["", "a", "a.b", "a.b[0]"]


@pytest.mark.parametrize("keys", [keys for keys, _ in leaves(MESSAGE)], ids=path_text)
def test_a_value_can_be_replaced(keys: Keys) -> None:
    """It is then there and nowhere else."""
    changed = list(leaves(replaced(MESSAGE, keys, "new")))
    assert changed == [(each, "new" if each == keys else kept) for each, kept in leaves(MESSAGE)]


def test_replacing_changes_a_copy() -> None:
    """The value that was given stays as it was, and what is beside the path is shared."""
    changed = replaced(MESSAGE, ("properties", "products", 0, "price"), 2)
    assert MESSAGE["properties"]["products"][0]["price"] == 1
    assert changed["properties"]["products"][1] is MESSAGE["properties"]["products"][1]


@pytest.mark.parametrize(("value", "key"), [({}, "a"), ({}, 0), ([], 0), ([], "a"), ("text", 0), (None, "a")])
def test_what_is_not_there_is_missing(value: Any, key: str | int) -> None:
    """A list has no names, an object no numbers, and a text neither."""
    assert member_of(value, key, "missing") == "missing"


def test_depth_is_no_limit() -> None:
    """A value that is nested deeper than Python likes is walked through."""
    deep: Any = 1
    for _ in range(2_000):
        deep = [deep]
    ((keys, value),) = leaves(deep)
    assert (len(keys), value) == (2_000, 1)

"""Paths."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.mapping.js import UNDEFINED
from analytics_mixpanel.mapping.path import mapping_keys, walk

PAYLOAD: dict[str, Any] = {
    "zero": 0,
    "none": None,
    "text": "hey",
    "list": [1, {"a": "x"}],
    "a[b]": "literal",
    "x y": {"z": True},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.list[1].a", "x"),
        ("list.1.a", "x"),
        ("['x y'].z", True),
        ("$.list.length", 2),
        ("$.text.1", "e"),
        ("$.a[b]", "literal"),
        ("$.text.", "hey"),
    ],
)
def test_what_a_path_finds(path: str, value: Any) -> None:
    """Dots, indexes and quoted keys lead to members; brackets around a bare word do not."""
    assert walk(PAYLOAD, mapping_keys(path)) == value


@pytest.mark.parametrize("path", ["", "$.", "."])
def test_the_whole_payload(path: str) -> None:
    """An empty path is the payload itself."""
    assert walk(PAYLOAD, mapping_keys(path)) is PAYLOAD


@pytest.mark.parametrize(("path", "value"), [("$.zero.x.y", 0), ("$.none.x", None)])
def test_a_falsy_value_ends_the_walk(path: str, value: Any) -> None:
    """What is below a falsy value is that value."""
    assert walk(PAYLOAD, mapping_keys(path)) == value


@pytest.mark.parametrize("path", ["$.missing.deep", "$.list[-1]", " $.zero", "$.zero ", "$.text.x", "$"])
def test_what_a_path_does_not_find(path: str) -> None:
    """Missing members, negative indexes and untrimmed paths are undefined."""
    assert walk(PAYLOAD, mapping_keys(path)) is UNDEFINED

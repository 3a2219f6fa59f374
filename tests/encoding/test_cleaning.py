"""The slow way: what it leaves out and what it says of that."""

from __future__ import annotations

from typing import Any

from analytics_mixpanel.encoding.cleaning import MAX_DEPTH, clean
from analytics_mixpanel.encoding.values import simplify


def _clean(value: Any) -> tuple[Any, list[tuple[str, str]]]:
    warned: list[tuple[str, str]] = []
    return clean(value, simplify, lambda path, why: warned.append((path, why))), warned


def test_what_is_left_out_is_told_with_its_path() -> None:
    """A path names every step from the message down: keys by their names, elements by brackets."""
    cleaned, warned = _clean({"a": [{"b": object()}], "c": {1, 2}})
    assert cleaned == {"a": [{}], "c": [1, 2]}
    assert [path for path, _ in warned] == ["a[].b"]


def test_the_reason_says_what_to_do() -> None:
    """A type without a form is named with the call that gives it one."""
    _, warned = _clean({"a": object()})
    assert "client.register_encoder(object, ...)" in warned[0][1]


def test_depth_ends_at_its_bound() -> None:
    """Exactly so many levels are kept."""
    deep: Any = "core"
    for _ in range(MAX_DEPTH + 10):
        deep = [deep]
    cleaned, warned = _clean(deep)
    levels = 0
    while cleaned:
        cleaned = cleaned[0]
        levels += 1
    assert levels == MAX_DEPTH - 1
    assert "nested" in warned[0][1]


def test_the_original_is_untouched() -> None:
    """Cleaning copies: the application's values are as they were."""
    original = {"a": [object(), 1], 2: (3,)}
    before = (list(original["a"]), original[2])
    _clean(original)
    assert (original["a"], original[2]) == before

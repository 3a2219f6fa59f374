"""The quick look that most messages need no more than."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_redact.glancing import glance

ORDINARY = {"a", "b"}


def test_all_texts_are_seen() -> None:
    """However deep, with the numbers that may be more than a number."""
    values: list[Any] = [{"a": "1", "b": ["2", {"a": ["3"], "b": 9}]}, "4", 1000, -1000.0, True, None]
    assert glance(values, ORDINARY, 100.0) == (["4", "1000", "-1000", "1", "2", "3"], True)


def test_a_name_that_is_not_ordinary_is_told() -> None:
    """It may be something to redact itself."""
    assert glance([{"a": {"c": "1"}}], ORDINARY, 100.0) == (["1", "c"], False)


@pytest.mark.parametrize("value", [(1,), {1}, b"a", object(), type("Text", (str,), {})("a")])
def test_other_types_tell_nothing(value: object) -> None:
    """Only the encoder knows what they become."""
    assert glance([{"a": [value]}], ORDINARY, 100.0) is None


def test_what_contains_itself_tells_nothing() -> None:
    """It has no end."""
    endless: dict[str, Any] = {}
    endless["a"] = [endless, endless]
    assert glance([endless], ORDINARY, 100.0) is None

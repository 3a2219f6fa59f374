"""Other values of the same kind."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.debugger.variations import variations


@pytest.mark.parametrize("value", ["text", "", "2026-01-05T09:30:00Z", "42", "true", 7, 7.5, 0, True, False])
def test_a_variation_is_another_value_of_the_same_kind(value: Any) -> None:
    """There is at least one, and none is equal."""
    others = list(variations(value))
    assert others
    assert {type(other) for other in others} == {type(value)}
    assert value not in others


def test_a_date_has_another_date() -> None:
    """What takes dates only takes it too."""
    assert next(iter(variations("2026-01-05T09:30:00Z"))) == "2025-01-05T09:30:00Z"


def test_a_number_in_a_text_has_another_number() -> None:
    """What takes such texts only takes it too."""
    assert next(iter(variations("42"))) == "43"


@pytest.mark.parametrize("value", [None, [], {}])
def test_nothing_becomes_something(value: Any) -> None:
    """So that where it is handed on can be seen."""
    (other,) = variations(value)
    assert other

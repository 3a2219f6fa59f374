"""Values made to fit a JSON Schema type, as AJV makes them."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_destination.payload.coercion import coerce


@pytest.mark.parametrize(
    ("value", "type_", "expected"),
    [
        (1.0, "string", "1"),
        (1e21, "string", "1e+21"),
        (1e-7, "string", "1e-7"),
        (True, "string", "true"),
        ([5], "string", "5"),
        ([None], "string", ""),
        (" 7 ", "number", 7),
        ("  ", "number", 0),
        ("0x10", "number", 16),
        (".5", "number", 0.5),
        (True, "number", 1),
        ("2.0", "integer", 2),
        (2.0, "integer", 2),
        ("false", "boolean", False),
        (1, "boolean", True),
        ([None], "boolean", False),
    ],
)
def test_what_can_be_read_as_the_type_is(value: Any, type_: str, expected: Any) -> None:
    """Scalars are converted as JavaScript would, and lists of one are opened."""
    assert coerce(value, (type_,)) == (expected, True)


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ([1, 2], "string"),
        ({}, "string"),
        ([["x"]], "string"),
        ("", "number"),
        ("1,5", "number"),
        ("abc", "number"),
        ("NaN", "number"),
        (float("inf"), "number"),
        (10**400, "number"),
        (1.5, "integer"),
        ("2.5", "integer"),
        (123, "boolean"),
        ("TRUE", "boolean"),
        ([{}], "object"),
    ],
)
def test_anything_else_does_not_fit(value: Any, type_: str) -> None:
    """What cannot be read as the type is refused."""
    assert coerce(value, (type_,))[1] is False


def test_infinity_becomes_null() -> None:
    """JSON has no infinity: the text fits a number, and is sent as null."""
    assert coerce("Infinity", ("number",)) == (None, True)
    assert coerce("-Infinity", ("integer",)) == (None, True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [([123], ("123", True)), (["5"], (5, True)), (["x"], ("x", False)), ([None], ("", True))],
)
def test_of_two_types_a_listed_value_is_never_taken_as_it_is(value: Any, expected: tuple[Any, bool]) -> None:
    """An AJV quirk: with several types the element of a list is only converted."""
    assert coerce(value, ("string", "number")) == expected

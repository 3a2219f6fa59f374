"""JavaScript's semantics."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel.mapping.js import (
    UNDEFINED,
    entries,
    json_parse,
    json_stringify,
    length,
    loosely_empty,
    member,
    to_number,
    to_string,
    truthy,
    units,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (1e21, "1e+21"),
        (10**21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1.5e300, "1.5e+300"),
        (1e-6, "0.000001"),
        (1.25e-7, "1.25e-7"),
        (-0.1, "-0.1"),
        (123456.789, "123456.789"),
        (2**53 + 1, "9007199254740992"),
        (12345678901234567890, "12345678901234567000"),
        (math.nan, "NaN"),
        (-math.inf, "-Infinity"),
        (10**400, "Infinity"),
    ],
)
def test_numbers_are_written_with_the_shortest_digits(number: float, text: str) -> None:
    """Number to text: no ``.0``, an exponent only for the very large and small."""
    assert to_string(number) == text


@given(st.floats(allow_nan=False))
def test_a_written_number_reads_back(number: float) -> None:
    """Writing a double and reading it again loses nothing."""
    assert to_number(to_string(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        (" \ufeff\u2028", 0),
        (" 7 ", 7),
        ("0x1F", 31),
        ("0b11", 3),
        ("0o17", 15),
        (".5", 0.5),
        ("5.", 5),
        ("+5", 5),
        ("1e3", 1000),
        ("-Infinity", -math.inf),
    ],
)
def test_texts_that_are_numbers(text: str, number: float) -> None:
    """Blank is zero; prefixes, signs, exponents and Infinity are known."""
    assert to_number(text) == number


@pytest.mark.parametrize("text", ["abc", "1,5", "1_0", "-0x1", "inf", "nan", "٣", "1e", ".", "0x", "1 2"])
def test_texts_that_are_no_numbers(text: str) -> None:
    """What Python would read and JavaScript would not is NaN."""
    assert math.isnan(to_number(text))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (UNDEFINED, "undefined"),
        (True, "true"),
        ([1, None, [2, [UNDEFINED]], {}], "1,,2,,[object Object]"),
        ({"a": 1}, "[object Object]"),
    ],
)
def test_other_values_as_text(value: Any, text: str) -> None:
    """Lists are joined by commas, null in them is empty, objects say that they are objects."""
    assert to_string(value) == text


@pytest.mark.parametrize("value", [None, UNDEFINED, False, 0, 0.0, math.nan, ""])
def test_falsy(value: Any) -> None:
    """Nothing, zero, NaN and the empty text are false."""
    assert not truthy(value)


@pytest.mark.parametrize("value", [[], {}, "0", " ", -1, True])
def test_truthy(value: Any) -> None:
    """Empty lists and objects are true."""
    assert truthy(value)


@pytest.mark.parametrize("value", ["", 0, False, [], [None], [[]], [""]])
def test_loosely_equal_to_the_empty_text(value: Any) -> None:
    """What ``== ''`` holds for."""
    assert loosely_empty(value)


@pytest.mark.parametrize("value", [None, UNDEFINED, " ", "0", [0], {}, math.nan])
def test_not_loosely_equal_to_the_empty_text(value: Any) -> None:
    """Null is not equal to the empty text, nor is a blank."""
    assert not loosely_empty(value)


def test_texts_are_counted_in_utf16_units() -> None:
    """An emoji counts twice, and each half has an index."""
    assert length("a🎉") == 3
    assert units("a🎉") == ["a", "\ud83c", "\udf89"]
    assert member("a🎉", "length") == 3


@pytest.mark.parametrize("key", ["-1", "01", "2", "a", ""])
def test_a_list_has_indexes_and_a_length_only(key: str) -> None:
    """Other keys of a list, and indexes beyond its end, are undefined."""
    assert member([1, 2], key) is UNDEFINED


def test_integer_like_keys_come_first() -> None:
    """The entries of an object begin with its indexes, ascending."""
    assert [key for key, _ in entries({"b": 0, "10": 0, "2": 0, "01": 0})] == ["2", "10", "b", "01"]


def test_json_text() -> None:
    """No spaces, other alphabets as they are, indexes first; undefined is left out, or null in lists."""
    value = {"é": [UNDEFINED, 1.0, math.inf], "2": '"\u0001', "gone": UNDEFINED}
    assert json_stringify(value) == '{"2":"\\"\\u0001","é":[null,1,null]}'
    assert json_stringify("\ud800") == '"\\ud800"'
    assert json_stringify(UNDEFINED) is UNDEFINED


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "01", "[1,]", "\ufeff1", '"\t"', "'x'", "", "1 2"])
def test_what_is_no_json(text: str) -> None:
    """Python's own extensions of JSON are refused."""
    with pytest.raises(ValueError, match=r"\w"):
        json_parse(text)


def test_undefined_says_what_it_is() -> None:
    """UNDEFINED is falsy, and its own repr."""
    assert not UNDEFINED
    assert repr(UNDEFINED) == "UNDEFINED"

"""Conditions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel.errors import ConditionError
from analytics_mixpanel.mapping.condition import compile_condition, matches

MESSAGE: dict[str, Any] = {
    "type": "track",
    "event": "Order Completed",
    "userId": "u1",
    "properties": {"price": 100, "text": "abc", "flag": True, "none": None, "deep": {"n": 3}},
    "context": {"ip": "1.2.3.4"},
}
WORDS = [
    'type = "track"', "event", "properties.price", "context", "foo", "and", "or", "(", ")", "!contains(",
    "match(", "=", "!=", ">=", "<", '"x"', "'y'", "5", "-", "null", "true", ",", ".", "[", "\\", "!", '"',
    "na",
]  # fmt: skip


@pytest.mark.parametrize(
    "condition",
    [
        'type = "track" and event != "Page"',
        "properties.price >= 100",
        "properties.deep.n = 3",
        'contains(event, "Order")',
        'match(event, "Order*") and match(event, "*Completed")',
        '!contains(properties.text, "x")',
        "properties.none = null and properties.missing = null",
        "properties.flag = true",
        'context.ip = "1.2.3.4" and userId != null',
        '(type = "page" or type = "track") and (event = "Order Completed")',
    ],
)
def test_conditions_that_hold(condition: str) -> None:
    """Comparisons, functions, null and one level of parentheses."""
    assert matches(condition, MESSAGE) is True


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        # The last `and` or `or` of a level decides for all of it.
        ('type = "track" and event = "x" or event = "y"', True),
        ('type = "track" or event = "x" and event = "y"', False),
        ('type = "track" event = "x"', False),
        # Single quotes are part of the text.
        ("type = 'track'", False),
        # A missing value differs from any text, but from no number.
        ('properties.missing != "x"', True),
        ("properties.missing != 5", False),
        # Literals of event and type are texts.
        ("event != null", True),
        ("properties.flag != true", True),
        # The negated functions want a text too.
        ('!contains(properties.missing, "x")', False),
        # Without a star at the end, the first character of a pattern is skipped.
        ('match(event, "xCompleted")', True),
        # Fields that are not known are skipped.
        ('anonymousId = "a" and type = "track"', True),
    ],
)
def test_segments_own_ways(condition: str, holds: bool) -> None:
    """A condition chooses the messages that it chose at Segment."""
    assert matches(condition, MESSAGE) is holds


@pytest.mark.parametrize(
    ("condition", "position", "reason"),
    [
        ("properties.price>5", 16, "space after 'price'"),
        ('type !="x"', 5, "space after '!='"),
        ('type = "track', 7, "never closed"),
        ('type = "a"or event = "b"', 9, "space after the closing quote"),
        ("type = no", 7, "first letter"),
        ("(type = 5", 0, "never closed"),
        ('((type = "a"))', 1, "nest"),
        ("type", 0, "missing after 'type'"),
        ("contains(event", 14, "second argument"),
        ('groupId = "g"', 0, "none of type, event"),
        ('type = "a" and ()', 16, "parentheses hold none"),
        ("properties.\\. = 1", 0, "names no field"),
        ('type = "a" && event = "b"', 11, "unexpected character"),
        ("", 0, "none of type, event"),
    ],
)
def test_an_error_names_position_and_reason(condition: str, position: int, reason: str) -> None:
    """What cannot be read is told where it stands."""
    with pytest.raises(ConditionError, match="/mappings/0") as caught:
        compile_condition(condition, "/mappings/0/subscribe")
    assert reason in str(caught.value)
    assert caught.value.position == position
    assert caught.value.path == "/mappings/0/subscribe"


def test_a_condition_that_is_no_text() -> None:
    """A condition of another type is a ConditionError, not a crash."""
    with pytest.raises(ConditionError, match="a condition is a text"):
        compile_condition(None)  # type: ignore[arg-type]


@given(st.lists(st.sampled_from(WORDS), max_size=8), st.sampled_from([" ", ""]), st.text(max_size=3))
def test_any_text_compiles_or_is_a_condition_error(words: list[str], space: str, end: str) -> None:
    """No text makes the compiler or its conditions raise anything else."""
    try:
        condition = compile_condition(space.join([*words, end]))
    except ConditionError:
        return
    assert condition(MESSAGE) in (True, False)
    assert condition({}) in (True, False)

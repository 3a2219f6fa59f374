"""Why a condition holds for a message, or does not, in words."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.debugger.tester import KINDS, explain, sample
from analytics_mixpanel.debugger.tester.previewing import in_force
from analytics_mixpanel.mapping import compile_condition

EITHER = 'type = "track" and (event = "A" or event = "B")'


@pytest.mark.parametrize(
    ("condition", "message", "words"),
    [
        ('type = "track"', {"type": "page"}, 'type is "page", not "track"'),
        ('type = "track" and event = "A"', {"type": "track"}, 'event is missing, not "A"'),
        ('event != "A"', {"event": "A"}, 'event is "A", which is ruled out'),
        ("properties.n >= 100", {"properties": {"n": 42.5}}, "properties.n is 42.5, not at least 100"),
        (
            "properties.n < 100",
            {"properties": {"n": "42"}},
            'properties.n is "42", and only numbers compare with 100',
        ),
        ("properties.n = 7", {"properties": {"n": 8}}, "properties.n is 8, not 7"),
        ("properties.n != 7", {}, "properties.n is missing, and only numbers compare with 7"),
        ("properties.on = true", {"properties": {"on": "true"}}, 'properties.on is "true", not true'),
        ("traits.x != null", {"traits": {"x": None}}, "traits.x is null"),
        ("traits.x = null", {"traits": {"x": 0}}, "traits.x is there"),
        ('properties.x = "7"', {"properties": {"x": 7}}, 'properties.x is 7, not the text "7"'),
        ('properties.x = "a"', {"properties": {"x": ["a"]}}, 'properties.x is a list, not the text "a"'),
        ('match(event, "Order *")', {"event": "Reorder"}, 'event, "Reorder", does not begin with "Order "'),
        ('contains(event, "x")', {"event": None}, "event is null, and only a text can be searched"),
        (
            '!contains(event, "x")',
            {"event": "xy"},
            'event, "xy", contains "x"',
        ),
        (EITHER, {"type": "track", "event": "C"}, 'event is "C", not "A"; event is "C", not "B"'),
    ],
)
def test_a_condition_that_does_not_hold_has_a_reason(
    condition: str, message: dict[str, Any], words: str
) -> None:
    """The reason names the field, what it is and what was wanted."""
    explained = explain(condition, message)
    assert (explained.holds, explained.text) == (False, f"does not match because {words}")


def test_a_condition_that_holds_has_a_reason() -> None:
    """All tests of an "and" are named, and the first that holds of an "or"."""
    explained = explain(EITHER, {"type": "track", "event": "B"})
    assert explained.text == 'matches because type is "track" and event is "B"'


def test_the_type_alone_is_reason_enough() -> None:
    """What else a message of another type lacks is not told."""
    assert explain(EITHER, {"type": "page"}).text == 'does not match because type is "page", not "track"'


def test_the_part_that_decided_is_marked() -> None:
    """It is the first that fails an "and", within parentheses too."""
    explained = explain('type = "track" and event = "A" and userId = "u"', {"type": "track"})
    assert [(part.text, part.decided) for part in explained.parts] == [
        ('type = "track"', False),
        ('event = "A"', True),
        ('userId = "u"', False),
    ]
    either = explain(EITHER, {"type": "track", "event": "B"}).parts[1]
    assert [part.decided for part in either.parts] == [False, True]


def test_no_part_decides_alone_where_all_had_to_hold() -> None:
    """An "and" that holds needs each of its parts."""
    parts = explain('type = "track" and event = "A"', {"type": "track", "event": "A"}).parts
    assert [part.decided for part in parts] == [False, False]


@pytest.mark.parametrize(
    ("condition", "note"),
    [
        ('type = "track" and event = "A" or userId = "u"', "and, or have no precedence"),
        ('type = "track" and not groupId = "acme"', '`not groupId = "acme"` is as if it were not there'),
        ("type = 'track'", "Single quotes are part of the text"),
        ("properties.total >=5", "Put a space after >="),
        ("properties.trial != true", "ask for = false instead"),
        ('type = "track" and (contains(event, "A") or event = "B")', "in parentheses ends them"),
    ],
)
def test_what_surprises_about_a_condition_is_said(condition: str, note: str) -> None:
    """A note says how the condition is read, whatever the message is."""
    assert [note for said in explain(condition, {}).notes if note in said] == [note]


def test_a_plain_condition_needs_no_note() -> None:
    """Notes are for what surprises."""
    assert explain(EITHER, {}).notes == ()


def test_a_condition_that_cannot_be_read_says_where() -> None:
    """The position is that of the character at fault."""
    explained = explain('type = "track', {"type": "track"})
    assert (explained.error, explained.position) == ("the quote is never closed", 7)
    assert explained.text == "cannot be read: the quote is never closed"


@pytest.mark.parametrize("message", [None, [], "text", 7])
def test_a_message_that_is_no_object_is_explained(message: Any) -> None:
    """Nothing is looked up in it."""
    assert explain('type = "track"', message).text == "does not match because the message is no object"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_is_what_the_condition_does(kind: str) -> None:
    """For every default mapping the explanation agrees with the compiled condition, and has a reason."""
    message = sample(kind)
    for mapping in in_force(None):
        explained = explain(mapping["subscribe"], message)
        assert explained.holds is compile_condition(mapping["subscribe"])(message)
        assert "because" in explained.text

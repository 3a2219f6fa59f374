"""A dead letter as a line, and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel.dead_letters import Letter, Tries

TRIES = Tries(3, 1_700_000_000.25, 1_700_000_060.5)
LETTER = Letter(b'{"messageId":"m1","event":"Paid"}', "Shop", "rejected", "too old", "properties.time", TRIES)


def test_a_line_says_everything() -> None:
    """Message, destination, reason, field, attempts and times are there, readable without this package."""
    assert json.loads(LETTER.line) == {
        "destination": "Shop",
        "outcome": "rejected",
        "reason": "too old",
        "field": "properties.time",
        "attempts": 3,
        "first": "2023-11-14T22:13:20.250+00:00",
        "last": "2023-11-14T22:14:20.500+00:00",
        "message": {"messageId": "m1", "event": "Paid"},
    }
    assert LETTER.line.endswith(b"}\n")


def test_it_comes_back_as_it_was() -> None:
    """What was written is what is read."""
    assert Letter.parse(LETTER.line) == LETTER


@given(st.text(), st.text(), st.dictionaries(st.text(), st.integers(-(2**63), 2**63) | st.text(), max_size=3))
def test_any_text_comes_back(reason: str, field: str, message: dict[str, object]) -> None:
    """Whatever a destination says, newlines too, is one line and comes back; a lone surrogate as ``?``."""
    body = json.dumps(message).encode()
    letter = Letter(body, "Shop", "given up", reason, field, TRIES)
    assert letter.line.count(b"\n") == 1
    back = Letter.parse(letter.line)
    assert json.loads(back.body) == message
    assert (back.reason, back.field) == (reason, field)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        LETTER.line[:-9],
        LETTER.line.replace(b'"message":{', b'"message":[{').replace(b"}}", b"}]}"),
        LETTER.line.replace(b"2023-11-14T22:13", b"yesterday"),
        LETTER.line.replace(b'"attempts":3', b'"attempts":null'),
        LETTER.line.replace(b"reason", b"season"),
    ],
)
def test_anything_else_is_refused(line: bytes) -> None:
    """A torn or foreign line is a ValueError, never half a letter."""
    with pytest.raises(ValueError, match=r".+"):
        Letter.parse(line)

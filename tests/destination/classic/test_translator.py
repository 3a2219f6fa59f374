"""Any message, to records or a reason."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from analytics_mixpanel_destination.classic import Classic
from analytics_mixpanel_destination.classic.call import Project
from analytics_mixpanel_destination.classic.translator import ClassicTranslator

KINDS = ("track", "page", "screen", "identify", "group", "alias")
JSON = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**63), 2**63) | some.floats() | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMED = some.dictionaries(
    some.sampled_from(
        ["name", "firstName", "email", "created", "revenue", "total", "seats", "groupId", "traits", "ip"]
    ),
    JSON,
)
MESSAGES = some.fixed_dictionaries(
    {"type": some.sampled_from(KINDS)},
    optional={
        **dict.fromkeys(
            ("userId", "anonymousId", "previousId", "groupId", "event", "name", "category"), JSON
        ),
        **dict.fromkeys(("properties", "traits", "context", "messageId", "timestamp"), JSON | NAMED),
    },
)
EVERYTHING = Classic(
    people=True, event_increments=("a",), prop_increments=("seats",), group_identifier_traits=("company",)
)


@settings(max_examples=150, deadline=None)
@given(MESSAGES)
def test_no_message_breaks_it_or_is_changed(message: dict[str, Any]) -> None:
    """Whatever the parts are, the answer is records, a refusal or a reason, and the message is as before."""
    before = copy.deepcopy(message)
    translation = ClassicTranslator(EVERYTHING, Project("t", lambda: 0)).translate(message)

    assert translation.records or translation.refusals or translation.dropped
    assert repr(message) == repr(before)


@pytest.mark.parametrize(
    ("message", "field", "said"),
    [
        ({"type": "track"}, "event", "a track call needs the name of an event, a text"),
        ({"type": "track", "event": ["a"]}, "event", "a track call needs the name of an event, a text"),
        (
            {"type": "track", "event": "A", "properties": "x"},
            "properties",
            "properties must be an object, not str",
        ),
        ({"type": "identify", "traits": [1]}, "traits", "traits must be an object, not list"),
        ({"type": "page", "context": 5}, "context", "context must be an object, not int"),
        ([], "", "a message must be an object, not list"),
    ],
)
def test_what_cannot_be_translated_is_refused(message: Any, field: str, said: str) -> None:
    """With the part that is at fault, and without what was in it."""
    (refusal,) = ClassicTranslator(EVERYTHING, Project("t", lambda: 0)).translate(message).refusals

    assert (refusal.field, refusal.message) == (field, said)


@pytest.mark.parametrize("kind", ["delete", None, ["track"]])
def test_another_type_of_message_matches_nothing(translate: Callable[..., Any], kind: Any) -> None:
    """There is nothing that Classic makes of it."""
    translation = translate({"type": kind})

    assert (translation.matched, translation.records, translation.refusals) == (False, [], [])


@pytest.mark.parametrize(
    ("settings", "said"),
    [({}, "people is off"), ({"people": True, "set_all_traits_by_default": False}, "there are no traits")],
)
def test_an_identify_call_that_says_nothing_is_dropped(
    translate: Callable[..., Any], settings: Any, said: str
) -> None:
    """No ids to join and no profile to write: nothing is sent, and the reason says why."""
    translation = translate({"type": "identify"}, **settings)

    assert translation.records == []
    assert translation.dropped.startswith(said)

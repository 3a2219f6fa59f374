"""What is wrong with mappings, and where."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.errors import ConditionError
from analytics_mixpanel_destination import presets
from analytics_mixpanel_destination.actions import ACTIONS
from analytics_mixpanel_destination.mappings import find_errors

GOOD = {"name": "n", "subscribe": 'type = "track"', "partnerAction": "trackEvent", "mapping": {}}


def paths(given: Any) -> list[str]:
    """The places of all errors."""
    return [error.path for error in find_errors(given)]


def test_segments_presets_are_right() -> None:
    """Nothing is wrong with the list to start from."""
    assert paths(presets()) == []


@pytest.mark.parametrize(
    ("wrong", "path", "text"),
    [
        (
            {"partnerAction": "track"},
            "/0/partnerAction",
            "unknown action 'track'; the known ones are",
        ),
        ({"partnerAction": 5}, "/0/partnerAction", "should be a string but it is: number"),
        ({"subscribe": None}, "/0/subscribe", "should be a string but it is: null"),
        ({"subscribe": 'type = "track'}, "/0/subscribe", "the quote is never closed"),
        ({"subscribe": 'groupId = "g"'}, "/0/subscribe", "the condition names none of"),
        ({"name": ["n"]}, "/0/name", "should be a string but it is: array"),
        ({"enabled": "false"}, "/0/enabled", "should be true or false but it is: string"),
        ({"mapping": []}, "/0/mapping", "should be an object but it is: array"),
        ({"mapping": {"event": {"@path": 5}}}, "/0/mapping/event/@path", "but it is: number"),
        ({"mapping": {"event": {"@pth": "x"}}}, "/0/mapping/event", "has an invalid directive: @pth"),
        ({"mapping": {"event": {"@path": "x", "a": 1}}}, "/0/mapping/event", "should have one key"),
        ({"mapping": {"a": [{"@if": {}}]}}, "/0/mapping/a/0/@if", 'requires an "exists" key'),
        ({"mapping": {"a": {"@liquid": "{% for x in y %}{% endfor %}"}}}, "/0/mapping/a/@liquid", "for"),
    ],
)
def test_each_kind_of_error_has_its_place(wrong: dict[str, Any], path: str, text: str) -> None:
    """The error says what is wrong, and the path leads to it."""
    (error,) = find_errors([{**GOOD, **wrong}])

    assert error.path == path
    assert text in str(error)


def test_an_unknown_action_is_answered_with_the_known_ones() -> None:
    """Every action is named, Segment's and ours."""
    (error,) = find_errors([{**GOOD, "partnerAction": "x"}])

    assert all(action in str(error) for action in ACTIONS)


def test_a_condition_says_at_which_character() -> None:
    """The position within the condition is kept."""
    (error,) = find_errors([{**GOOD, "subscribe": 'type = "track" and event>"x"'}])

    assert isinstance(error, ConditionError)
    assert error.position == 24


def test_everything_is_found_at_once() -> None:
    """No error hides another: not in one mapping, nor in the next."""
    wrong = {"subscribe": "type", "partnerAction": "x", "mapping": {"a": {"@path": 1}, "b": {"@x": 1}}}

    assert paths([wrong, {**GOOD, "name": 1}]) == [
        "/0/subscribe",
        "/0/partnerAction",
        "/0/mapping/a/@path",
        "/0/mapping/b",
        "/1/name",
    ]


@pytest.mark.parametrize("part", ["subscribe", "partnerAction"])
def test_a_missing_part_is_an_error_of_the_mapping(part: str) -> None:
    """What a mapping cannot do without is named."""
    (error,) = find_errors([{key: value for key, value in GOOD.items() if key != part}])

    assert (error.path, part in str(error)) == ("/0", True)


@pytest.mark.parametrize("given", [{}, {"name": "n"}, "x", 5, None])
def test_what_is_no_list_is_one_error(given: Any) -> None:
    """A mapping without a list around it, too."""
    (error,) = find_errors(given)

    assert "must be a list" in str(error)


def test_what_is_no_object_is_an_error_of_its_own() -> None:
    """The others are looked into all the same."""
    assert paths([5, GOOD, None]) == ["/0", "/2"]


def test_a_disabled_mapping_may_be_unfinished() -> None:
    """What does not run is not looked into."""
    assert paths([{"enabled": False, "subscribe": "?"}]) == []


def test_a_mapping_nested_too_deeply_is_an_error() -> None:
    """It does not overflow the stack."""
    node: Any = {}
    for _ in range(5_000):
        node = {"a": node}

    assert paths([{**GOOD, "mapping": node}]) == ["/0/mapping"]

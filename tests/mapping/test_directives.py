"""``@if``, ``@literal``, ``@transform`` and ``@excludeWhenNull``."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping import UNDEFINED, compile_mapping, resolve

PAYLOAD: dict[str, Any] = {
    "empty": "",
    "null": None,
    "text": "t",
    "o": {"a": None, "b": {"c": None, "d": [None]}},
}


@pytest.mark.parametrize(("path", "exists"), [("$.empty", True), ("$.null", False), ("$.missing", False)])
def test_if_exists(path: str, exists: bool) -> None:
    """An empty text exists; null does not."""
    assert resolve({"@if": {"exists": {"@path": path}, "then": "yes", "else": "no"}}, PAYLOAD) == (
        "yes" if exists else "no"
    )


@pytest.mark.parametrize(("value", "answer"), [("", "else"), ([None], "else"), (" ", "then"), ({}, "then")])
def test_if_blank_is_inverted(value: Any, answer: str) -> None:
    """``then`` stands for a value that is not blank, as it does at Segment."""
    mapping = {"@if": {"blank": {"@literal": value}, "then": "then", "else": "else"}}
    assert resolve({"v": mapping}, PAYLOAD) == {"v": answer}


@pytest.mark.parametrize("falsy", [0, "", False, None])
def test_only_a_truthy_else_counts(falsy: Any) -> None:
    """A falsy ``else`` is none, while a falsy ``then`` is an answer."""
    assert resolve({"@if": {"exists": {"@path": "$.null"}, "then": 1, "else": falsy}}, PAYLOAD) is UNDEFINED
    assert resolve({"@if": {"exists": {"@path": "$.text"}, "then": falsy}}, PAYLOAD) == falsy


def test_an_error_of_a_branch_waits_for_a_payload_that_takes_it() -> None:
    """In a list, which is not checked when loaded, a broken branch fails the payloads that reach it only."""
    mapping = compile_mapping({"v": [{"@if": {"exists": {"@path": "$.x"}, "then": {"@oops": 1}}}]})
    assert mapping({}) == {"v": [None]}
    for _ in range(2):
        with pytest.raises(MappingError, match=r"^/v/0/@if/then: has an invalid directive: @oops$"):
            mapping({"x": 1})


def test_a_literal_resolves_the_directives_in_it() -> None:
    """``@literal`` leaves out what is undefined, and keeps null."""
    literal = {"@literal": {"a": {"@path": "$.text"}, "b": {"@path": "$.missing"}, "c": None}}
    assert resolve({"v": literal}, PAYLOAD) == {"v": {"a": "t", "c": None}}


def test_a_transform_resolves_against_its_own_payload() -> None:
    """``mapping`` sees what ``apply`` made, and nothing else."""
    mapping = {"x": {"@path": "$.made"}, "text": {"@path": "$.text"}}
    transform = {"@transform": {"apply": {"made": {"@path": "$.text"}}, "mapping": mapping}}
    assert resolve({"v": transform}, PAYLOAD) == {"v": {"x": "t"}}


def test_a_transform_wants_an_object() -> None:
    """Within the items of a list, a payload may be none; that is an error."""
    transform = {"@transform": {"apply": {"a": 1}, "mapping": {}}}
    with pytest.raises(MappingError, match="must be an object"):
        resolve({"v": {"@arrayPath": ["$.list", {"t": transform}]}}, {"list": ["text"]})


def test_nulls_are_excluded_outside_of_lists() -> None:
    """Null keys go, in nested objects too; null items stay."""
    assert resolve({"v": {"@excludeWhenNull": {"@path": "$.o"}}}, PAYLOAD) == {"v": {"b": {"d": [None]}}}
    assert resolve({"v": {"@excludeWhenNull": {"@path": "$.null"}}}, PAYLOAD) == {}

"""What each operation does to a profile, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.debugger.profiles import USER_VERBS, applied

Post = Callable[..., requests.Response]

USER = {"$token": "token", "$distinct_id": "user-1"}
BEFORE = {"plan": "free", "coins": 5, "tags": ["a", "b"]}

CASES: list[tuple[str, Any, dict[str, Any]]] = [
    ("$set", {"plan": "pro", "new": 1}, {**BEFORE, "plan": "pro", "new": 1}),
    ("$set", {}, BEFORE),
    ("$set_once", {"plan": "pro", "new": 1}, {**BEFORE, "new": 1}),
    ("$add", {"coins": 3}, {**BEFORE, "coins": 8}),
    ("$add", {"coins": -7}, {**BEFORE, "coins": -2}),
    ("$add", {"other": 1.5}, {**BEFORE, "other": 1.5}),
    ("$union", {"tags": ["b", "c"]}, {**BEFORE, "tags": ["a", "b", "c"]}),
    ("$union", {"new": ["x", "x"]}, {**BEFORE, "new": ["x"]}),
    ("$append", {"tags": "b"}, {**BEFORE, "tags": ["a", "b", "b"]}),
    ("$append", {"new": {"$time": "t"}}, {**BEFORE, "new": [{"$time": "t"}]}),
    ("$remove", {"tags": "a"}, {**BEFORE, "tags": ["b"]}),
    ("$remove", {"tags": "absent", "nothing": 1}, BEFORE),
    ("$unset", ["plan", "absent"], {"coins": 5, "tags": ["a", "b"]}),
]


@pytest.mark.parametrize(("verb", "value", "after"), CASES)
def test_an_operation_on_a_profile(
    stand_in: StandIn, engage: Post, verb: str, value: Any, after: dict[str, Any]
) -> None:
    """Each operation does to a user what Mixpanel documents."""
    answer = engage([{**USER, "$set": BEFORE}, {**USER, verb: value}])
    assert answer.json() == {"error": None, "status": 1}
    (profile,) = stand_in.profiles
    assert (profile.distinct_id, profile.properties) == ("user-1", after)


@pytest.mark.parametrize(("verb", "value"), [(verb, value) for verb, value, _ in CASES if verb != "$append"])
def test_a_group_has_the_same_operations(
    stand_in: StandIn, update_groups: Post, verb: str, value: Any
) -> None:
    """Groups follow the same rules, save that ``$append`` is not documented for them."""
    group = {"$token": "token", "$group_key": "company", "$group_id": "c-1"}
    assert update_groups([{**group, "$set": BEFORE}, {**group, verb: value}]).json()["status"] == 1
    assert stand_in.groups[0].properties == applied(verb, BEFORE, value)


@pytest.mark.parametrize("value", [None, "", "null", {}])
def test_delete_removes_a_profile(stand_in: StandIn, engage: Post, value: object) -> None:
    """Whatever its value, the profile is gone and can begin anew."""
    engage([{**USER, "$set": BEFORE}, {**USER, "$delete": value}])
    assert stand_in.profiles == []
    engage([{**USER, "$add": {"coins": 1}}])
    assert stand_in.profiles[0].properties == {"coins": 1}


def test_operations_are_applied_in_their_order(stand_in: StandIn, engage: Post) -> None:
    """In one request and over several."""
    engage([{**USER, "$set": {"n": 1}}, {**USER, "$add": {"n": 1}}, {**USER, "$set_once": {"n": 9}}])
    engage([{**USER, "$add": {"n": 1}}])
    assert stand_in.profiles[0].properties == {"n": 3}


@pytest.mark.parametrize(
    ("verb", "value"),
    [
        ("$set", "text"),
        ("$set", None),
        ("$set_once", []),
        ("$add", {"coins": "3"}),
        ("$add", {"coins": True}),
        ("$union", {"tags": "a"}),
        ("$union", {"tags": []}),
        ("$union", {}),
        ("$append", ["a"]),
        ("$remove", "a"),
        ("$unset", {"plan": 1}),
        ("$unset", []),
        ("$unset", [1]),
    ],
)
def test_a_value_of_the_wrong_shape_is_refused(
    stand_in: StandIn, engage: Post, verb: str, value: object
) -> None:
    """The error names the operation, and the profile stays as it was."""
    engage([{**USER, "$set": BEFORE}])
    answer = engage([{**USER, verb: value}]).json()
    assert answer["status"] == 0
    assert answer["error"].startswith(f"{verb}, ")
    assert stand_in.profiles[0].properties == BEFORE


@pytest.mark.parametrize("verb", [verb for verb in USER_VERBS if verb != "$delete"])
def test_applying_leaves_the_old_properties_alone(verb: str) -> None:
    """The properties before are a value of their own."""
    before = {"plan": "free", "coins": 5, "tags": ["a", "b"]}
    value = next(value for case, value, _ in CASES if case == verb and value)
    applied(verb, before, value)
    assert before == BEFORE

"""Objects of paths: the written function answers as the members do one by one."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel.mapping import UNDEFINED, compile_mapping, resolve

KEYS = ["a", "b", "it's", '\n"\\', "length", "0"]
scalars = st.sampled_from([None, 0, 1, "", "text", True, 1.5])
values = st.recursive(
    scalars,
    lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=4) | st.lists(inner, max_size=2),
    max_leaves=12,
)
payloads = st.dictionaries(st.sampled_from(KEYS), values, max_size=6)
paths = st.lists(st.sampled_from(["a", "b", "length", "0"]), min_size=1, max_size=3).map(
    lambda keys: {"@path": "$." + ".".join(keys)}
)
choices = st.fixed_dictionaries(
    {"exists": paths}, optional={"then": paths | scalars, "else": paths | scalars}
)
nodes = st.recursive(
    paths | scalars | choices.map(lambda options: {"@if": options}),
    lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)


def resolved_one_by_one(node: Any, payload: Any) -> Any:
    """Resolve each member by itself, where nothing is fused."""
    if isinstance(node, dict) and not any(key.startswith("@") for key in node):
        members = {key: resolved_one_by_one(member, payload) for key, member in node.items()}
        return {key: value for key, value in members.items() if value is not UNDEFINED}
    return resolve(node, payload) if isinstance(node, dict) else node


@given(st.dictionaries(st.sampled_from(KEYS), nodes, max_size=6), payloads)
def test_members_are_independent(mapping: dict[str, Any], payload: dict[str, Any]) -> None:
    """However paths share branches, each key has the value that it would have alone."""
    fused, expected = compile_mapping(mapping)(payload), resolved_one_by_one(mapping, payload)
    assert json.dumps(fused, sort_keys=True) == json.dumps(expected, sort_keys=True)


def test_a_key_is_text_and_never_code() -> None:
    """Quotes, braces and line ends in keys and paths mean themselves."""
    key = "'] = 1\nraise SystemExit #{payload}\\\ud800"
    name = "= 1\nraise SystemExit #{payload}\\\ud800"
    mapping = {key: {"@path": f"$.{name}"}, "c": {key: key}}
    assert compile_mapping(mapping)({name: "v"}) == {key: "v", "c": {key: key}}


def test_a_branch_that_is_no_object() -> None:
    """Texts and lists have members too, and a null branch makes everything below it null."""
    mapping = compile_mapping({"n": {"@path": "$.at.length"}, "first": {"@path": "$.at.0"}, "k": 1})
    assert mapping({"at": ["x", "y"]}) == {"n": 2, "first": "x", "k": 1}
    assert mapping({"at": "xyz"}) == {"n": 3, "first": "x", "k": 1}
    assert mapping({"at": None}) == {"n": None, "first": None, "k": 1}
    assert mapping({"at": {}}) == {"k": 1}


def test_a_very_long_path() -> None:
    """A path longer than Python's blocks may nest is still followed."""
    keys = ["k"] * 150
    payload: Any = "end"
    for key in keys:
        payload = {key: payload}
    assert resolve({"v": {"@path": ".".join(keys)}}, payload) == {"v": "end"}

"""Whole mappings."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping import UNDEFINED, compile_mapping, resolve

PAYLOAD: dict[str, Any] = {
    "a": 1,
    "s": "text",
    "o": {"a": None, "b": [1, {"c": 2}]},
    "list": [None, {"a": "x"}, "t"],
}
DIRECTIVES = [
    "@path", "@template", "@literal", "@if", "@case", "@replace", "@arrayPath", "@merge", "@transform",
    "@flatten", "@json", "@excludeWhenNull", "@oops",
]  # fmt: skip
OPTIONS = [
    "exists", "blank", "then", "else", "value", "operator", "pattern", "replacement", "pattern2", "mode",
    "separator", "objects", "direction", "apply", "mapping", "_metadata", "x",
]  # fmt: skip
leaves = st.sampled_from(
    [None, True, 0, 1.5, "", "$.a", "$.o.b", "$.list", "{{s}}", "upper", "encode", "decode", "left", "o"]
)
mappings = st.recursive(
    leaves,
    lambda inner: (
        st.dictionaries(st.sampled_from(DIRECTIVES), inner, min_size=1, max_size=1)
        | st.dictionaries(st.sampled_from([*OPTIONS, *DIRECTIVES]), inner, max_size=4)
        | st.lists(inner, max_size=3)
    ),
    max_leaves=20,
)


def holds_undefined(value: Any) -> bool:
    """Look for UNDEFINED inside a value."""
    if isinstance(value, (dict, list)):
        items = value.values() if isinstance(value, dict) else value
        return any(item is UNDEFINED or holds_undefined(item) for item in items)
    return False


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(mappings)
def test_any_mapping_resolves_or_is_a_mapping_error(mapping: Any) -> None:
    """Nothing else is raised, the payload stays as it is, and no UNDEFINED is left inside the answer."""
    payload = copy.deepcopy(PAYLOAD)
    try:
        value = compile_mapping({"v": mapping})(payload)
    except MappingError:
        value = None
    assert payload == PAYLOAD
    assert not holds_undefined(value)


@settings(max_examples=200)
@given(
    st.recursive(st.none() | st.integers() | st.text(max_size=4), lambda inner: st.lists(inner, max_size=3))
)
def test_a_mapping_that_is_no_object(mapping: Any) -> None:
    """Lists and texts are spread by their indexes, as Segment does; scalars make an empty object."""
    try:
        value = resolve(mapping, PAYLOAD)
    except MappingError:
        value = {}
    assert isinstance(value, dict)


@pytest.mark.parametrize("payload", [None, [], "text", 5, True])
def test_a_payload_that_is_no_object(payload: Any) -> None:
    """Only an object can be mapped."""
    with pytest.raises(MappingError, match="the payload must be an object"):
        resolve({"a": {"@path": "$.a"}}, payload)


def test_missing_items_of_a_list_are_null() -> None:
    """A list keeps its length."""
    assert resolve({"v": [{"@path": "$.missing"}, {"@path": "$.a"}]}, PAYLOAD) == {"v": [None, 1]}


def test_the_root_directive_is_given_the_other_fields() -> None:
    """``__segment_internal_directive`` resolves all other fields as its mapping."""
    root = {"@transform": {"apply": {"b": {"@path": "$.a"}}}}
    assert resolve({"__segment_internal_directive": root, "x": {"@path": "$.b"}}, PAYLOAD) == {"x": 1}


@pytest.mark.parametrize("root", [{}, 5, {"@transform": 5}, {"@merge": {}, "@if": {}}])
def test_a_root_directive_that_is_none(root: Any) -> None:
    """It must be one directive, with options."""
    with pytest.raises(MappingError, match="__segment_internal_directive"):
        compile_mapping({"__segment_internal_directive": root})


def test_a_mapping_nested_without_end() -> None:
    """A mapping that holds itself is an error, not a crash."""
    mapping: dict[str, Any] = {}
    mapping["again"] = mapping
    with pytest.raises(MappingError, match="nested too deeply"):
        compile_mapping(mapping)


def test_keys_are_texts() -> None:
    """A key of another type is an error that names the place."""
    with pytest.raises(MappingError, match=r"^/m/v: should have strings for keys$"):
        compile_mapping({"v": {1: 2}}, "/m")


def test_one_mapping_serves_many_payloads() -> None:
    """What one payload gave is not in the next one's answer."""
    mapping = compile_mapping({"utm": {"source": {"@path": "$.source"}}, "list": [1]})
    first = mapping({"source": "a"})
    first["list"].append(2)
    assert mapping({}) == {"utm": {}, "list": [1]}

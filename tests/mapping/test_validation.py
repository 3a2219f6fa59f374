"""Errors when a mapping is loaded."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping import compile_mapping
from analytics_mixpanel.mapping.validation import mapping_errors


@pytest.mark.parametrize(
    ("node", "place", "reason"),
    [
        ({"@oops": 1}, "", "invalid directive: @oops"),
        ({"@path": "$.a", "@literal": 1}, "", "should have one key"),
        ({"@path": "$.a", "x": 1}, "", "should have one key"),
        ({"@path": 5}, "/@path", "should be a string or a directive but it is: number"),
        ({"@template": {"x": 1}}, "/@template", "but it is: object"),
        ({"@if": "x"}, "/@if", "should be an object"),
        ({"@if": {"then": 1}}, "/@if", 'requires an "exists" key'),
        ({"@if": {"exists": 1, "else": {"@path": []}}}, "/@if/else/@path", "but it is: array"),
        ({"@case": {"operator": {"@path": "a"}, "value": "x"}}, "/@case/operator", "should be a string"),
        ({"@case": {"value": "x"}}, "/@case", 'requires an "operator" key'),
        ({"@replace": {"pattern": "x"}}, "/@replace", 'should have field "value"'),
        ({"@replace": {"pattern": "0123456789x", "value": "x"}}, "/@replace/pattern", "1 to 10 characters"),
        (
            {"@replace": {"pattern": "x", "value": "x", "global": 1}},
            "/@replace/global",
            "should be a boolean",
        ),
        ({"@arrayPath": []}, "/@arrayPath/0", "should be a string or a directive"),
        ({"@json": {"value": 1, "mode": "x"}}, "/@json/mode", "should be one of: encode, decode"),
        ({"@merge": {"direction": "left", "objects": {}}}, "/@merge/objects", "should be an array"),
        ({"@merge": {"objects": ["x"]}}, "/@merge/objects/0", "should be an object or a directive"),
        ({"@flatten": {"value": {}}}, "/@flatten", 'requires a "separator" key'),
        ({"@transform": {"apply": {"a": 1}, "mapping": 5}}, "/@transform/mapping", "should be an object"),
        ({"@liquid": None}, "/@liquid", "should be a string but it is: null"),
        ([{"@oops": 1}], "/0", "invalid directive: @oops"),
    ],
)
def test_an_error_names_its_place(node: Any, place: str, reason: str) -> None:
    """What no payload could make right is an error at loading, with the path inside the mapping."""
    with pytest.raises(MappingError) as caught:
        compile_mapping({"properties": {"v": node}}, "/mapping")
    assert caught.value.path == f"/mapping/properties/v{place}"
    assert reason in str(caught.value)


def test_all_errors_are_found() -> None:
    """A check of a file can show every error at once."""
    found = mapping_errors({"a": {"@oops": 1}, "b": {"c": {"@path": 5}}, "d": {"@path": "fine"}})
    assert [error.path for error in found] == ["/a", "/b/c/@path"]


def test_metadata_is_no_second_key() -> None:
    """Segment's editor leaves ``_metadata`` beside a directive."""
    assert compile_mapping({"v": {"@path": "$.a", "_metadata": {"label": "A"}}})({"a": 1}) == {"v": 1}

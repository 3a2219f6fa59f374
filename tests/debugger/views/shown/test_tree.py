"""A JSON value as lines."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel.debugger.paths import leaves, path_text
from analytics_mixpanel.debugger.views.shown.tree import lines

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_every_value_has_its_line_and_path(value: Any) -> None:
    """The paths are those that links are written with, in the order of the value."""
    paths = [line.path for line in lines(value)]

    assert [path for path in paths if path in {path_text(keys) for keys, _ in leaves(value)}] == [
        path_text(keys) for keys, _ in leaves(value)
    ]


def test_kinds_and_texts() -> None:
    """Each kind of value reads as it is written in JSON, texts without quotes."""
    value = {"a": "x", "b": 1.5, "c": None, "d": [], "e": {"f": [True]}}

    assert [(line.depth, line.key, line.text, line.kind) for line in lines(value)] == [
        (0, "a", "x", "text"),
        (0, "b", "1.5", "number"),
        (0, "c", "null", "constant"),
        (0, "d", "[]", "list"),
        (0, "e", "", "object"),
        (1, "f", "1", "list"),
        (2, "0", "true", "constant"),
    ]


def test_depth_and_length_are_bounded() -> None:
    """What is endless is cut, and says so."""
    deep: Any = []
    for _ in range(5000):
        deep = [deep]

    assert len(lines(deep, most=100)) == 101
    assert max(line.depth for line in lines(deep)) == 12
    assert lines(list(range(200)), most=10)[-1].kind == "more"


def test_large_integers_are_shown() -> None:
    """JSON has no limit for them."""
    assert lines({"n": 10**30})[0].text == str(10**30)

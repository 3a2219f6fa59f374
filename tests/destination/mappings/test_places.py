"""Where in a JSON text a path leads."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel_destination.mappings.places import line_of

TEXT = """
[
  {"name": "one"},
  {
    "name": "two, with ] and } and \\" in it",
    "mapping": {
      "a/b": {"@path":
        "$.x"},
      "list": [1, [2],
        {"deep": null}
      ]
    }
  }
]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", 2),
        ("/0", 3),
        ("/0/name", 3),
        ("/1", 4),
        ("/1/name", 5),
        ("/1/mapping", 6),
        ("/1/mapping/a/b", 7),
        ("/1/mapping/a/b/@path", 7),
        ("/1/mapping/list/1/0", 9),
        ("/1/mapping/list/2/deep", 10),
        ("/1/mapping/none", 6),
        ("/0/name/none", 3),
        ("/7", 2),
    ],
)
def test_a_path_leads_to_its_line(path: str, line: int) -> None:
    """To the line where the member begins; where there is no such place, to the nearest one around it."""
    assert line_of(TEXT, path) == line


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", min_size=1), inner, max_size=4),
    max_leaves=12,
)


def _scalars(value: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(value, (dict, list)):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return [found for key, item in pairs for found in _scalars(item, f"{path}/{key}")]
    return [(path, value)]


@given(JSON)
def test_every_value_is_found_on_its_line(value: Any) -> None:
    """In a text with a line for each value, the line that a path leads to ends with the value."""
    text = json.dumps(value, indent=1)

    for path, scalar in _scalars(value, ""):
        assert text.split("\n")[line_of(text, path) - 1].rstrip(",").endswith(json.dumps(scalar))

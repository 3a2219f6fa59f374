"""``@path`` and ``@template``."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping import UNDEFINED, resolve

PAYLOAD: dict[str, Any] = {"name": "Ann", "n": 1.0, "list": [1, [2]], "curly": "{{name}}", "at": "name"}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hi {{ name }}!", "Hi Ann!"),
        ("{{n}} {{list}} {{missing}}|", "1 1,2 |"),
        ("{{curly}} {{{curly}}}", "{{name}} Ann"),
        ("{{$.name}} {{}} {name}", " {{}} {name}"),
        ("plain", "plain"),
    ],
)
def test_a_template_is_filled(template: str, text: str) -> None:
    """Placeholders give texts; three braces fill what they bring as well; ``$.`` is not understood."""
    assert resolve({"@template": template}, PAYLOAD) == text


def test_a_path_that_a_directive_gives() -> None:
    """A path may be a value of the payload itself."""
    assert resolve({"@path": {"@path": "$.at"}}, PAYLOAD) == "Ann"


def test_a_path_must_be_a_text() -> None:
    """A directive that gives no text is an error of this payload, without its value."""
    with pytest.raises(MappingError, match=r"^/v/@path: expected a string, got: array$"):
        resolve({"v": {"@path": {"@path": "$.list"}}}, PAYLOAD)


def test_a_path_to_nothing() -> None:
    """A missing key is left out; a root directive that finds nothing is UNDEFINED."""
    assert resolve({"v": {"@path": "$.missing"}}, PAYLOAD) == {}
    assert resolve({"@path": "$.missing"}, PAYLOAD) is UNDEFINED

"""``@case``, ``@replace`` and ``@json``."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping import UNDEFINED, resolve

PAYLOAD: dict[str, Any] = {"s": "Hello World", "n": 11.0, "list": [1], "json": '{"a": 1}', "ß": "Straße"}


def replaced(pattern: str, replacement: str, value: str = "$.s", /, **options: Any) -> Any:
    """Resolve a ``@replace``."""
    node = {"pattern": pattern, "replacement": replacement, "value": {"@path": value}, **options}
    return resolve({"@replace": node}, PAYLOAD)


@pytest.mark.parametrize(("operator", "text"), [("upper", "STRASSE"), ("lower", "straße")])
def test_case(operator: str, text: str) -> None:
    """Texts change their case as Unicode has it."""
    assert resolve({"@case": {"operator": operator, "value": {"@path": "ß"}}}, PAYLOAD) == text


def test_case_leaves_other_values() -> None:
    """What is no text stays, whatever the operator; for a text an unknown one is an error."""
    assert resolve({"@case": {"operator": "title", "value": {"@path": "n"}}}, PAYLOAD) == 11
    with pytest.raises(MappingError, match=r"^/@case/operator: "):
        resolve({"@case": {"operator": "title", "value": {"@path": "s"}}}, PAYLOAD)


def test_replace_everywhere_or_once() -> None:
    """All matches are replaced, unless ``global`` is false."""
    assert replaced("o", "0") == "Hell0 W0rld"
    assert replaced("o", "0", **{"global": False}) == "Hell0 World"


def test_replace_without_case() -> None:
    """``ignorecase`` folds letters one by one: ß is not ss, a long s is no s."""
    assert replaced("h", "J", ignorecase=True) == "Jello World"
    assert replaced("SS", "x", "ß", ignorecase=True) == "Straße"


@pytest.mark.parametrize(
    ("replacement", "text"), [("$&$&", "aba"), ("$$", "$b"), ("$`", "b"), ("$'", "bb"), ("$1", "$1b")]
)
def test_a_replacement_may_refer_to_the_match(replacement: str, text: str) -> None:
    """``$$ $& $` $'`` are expanded, numbered groups are not."""
    node = {"pattern": "a", "replacement": replacement, "value": "ab"}
    assert resolve({"@replace": node}, {}) == text.replace("aba", "aab")


def test_replace_a_second_pair() -> None:
    """The second pair works on what the first one gives."""
    assert replaced("World", "Moon", pattern2="Moon", replacement2="Sun") == "Hello Sun"


def test_replace_in_what_is_no_text() -> None:
    """Numbers are written out; lists and missing values give the empty text."""
    assert replaced("1", "I", "$.n") == "II"
    assert replaced("1", "I", "$.list") == ""
    assert replaced("1", "I", "$.missing") == ""


def test_json_text_and_back() -> None:
    """Encoding writes JavaScript's JSON; decoding leaves what is no JSON."""
    assert resolve({"@json": {"mode": "encode", "value": {"@path": "$.n"}}}, PAYLOAD) == "11"
    assert resolve({"@json": {"mode": "decode", "value": {"@path": "$.json"}}}, PAYLOAD) == {"a": 1}
    assert resolve({"@json": {"mode": "decode", "value": {"@path": "$.s"}}}, PAYLOAD) == "Hello World"
    assert resolve({"@json": {"mode": "encode", "value": {"@path": "$.missing"}}}, PAYLOAD) is UNDEFINED

"""Through whatever an application hands in."""

from __future__ import annotations

import copy
from datetime import date
from enum import Enum
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel.encoding import Encoder
from analytics_mixpanel_redact import EMAILS, drop, hash_with, mask
from analytics_mixpanel_redact.names import Names
from analytics_mixpanel_redact.values import REMOVED, Values
from analytics_mixpanel_redact.walking import Walk

KEYED = hash_with("0123456789abcdef")
EMAIL = "ada@example.com"


@pytest.fixture
def walk() -> Walk:
    """Drops passwords, hashes ids, masks secrets and addresses."""
    values = Values({EMAILS: mask})
    names = Names({"password*": drop, "id": KEYED, "secret": mask}, values.are_in)
    return Walk(names, values, Encoder().encode)


@attrs.frozen
class Person:
    """Of a type of the application's."""

    email: str
    password: str


class Kind(Enum):
    """With an address as a value."""

    ADA = EMAIL


def test_it_goes_everywhere(walk: Walk) -> None:
    """Dicts in lists in dicts; a name may be a value, too."""
    given_ = {"a": [{"b": [EMAIL, {"password": 1}]}], EMAIL: 1, "n": None, "t": True, "f": 1.5}
    before = copy.deepcopy(given_)
    assert walk.value(given_) == {"a": [{"b": ["***", {}]}], "***": 1, "n": None, "t": True, "f": 1.5}
    assert given_ == before, "the caller's own is not changed"


@pytest.mark.parametrize(
    ("value", "redacted"),
    [
        ((EMAIL, 1), ["***", 1]),
        ({EMAIL}, ["***"]),
        (Person(EMAIL, "x"), {"email": "***"}),
        (Kind.ADA, "***"),
        (EMAIL.encode(), "***"),
        ({1: EMAIL, Kind.ADA: 2}, {"1": "***", "***": 2}),
        (date(2026, 1, 2), "2026-01-02"),
        (type("Text", (str,), {})(EMAIL), "***"),
    ],
    ids=["tuple", "set", "attrs", "enum", "bytes", "keys", "date", "str"],
)
def test_other_types_are_seen_as_they_are_queued(walk: Walk, value: object, redacted: object) -> None:
    """What the encoder makes of a value is what is redacted."""
    assert walk.value(value) == redacted


def test_what_cannot_be_encoded_is_left_out(walk: Walk, caplog: pytest.LogCaptureFixture) -> None:
    """As it would be anyway, and with the encoder's warning."""
    assert walk.value({"a": object(), "b": 1}) == {"b": 1}
    assert "has no form in JSON" in caplog.text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (5, "5"),
        (5.0, "5"),
        (True, "true"),
        ({"b": 1, "a": [2]}, '{"a":[2],"b":1}'),
        (b"a", "a"),
    ],
)
def test_a_value_is_hashed_as_its_text(walk: Walk, value: object, text: str) -> None:
    """Or as its JSON, sorted: the same for equal values."""
    assert walk.value({"id": value}) == {"id": KEYED(text)}


def test_a_list_is_hashed_element_by_element(walk: Walk) -> None:
    """So that each can be joined; nothing stays nothing."""
    assert walk.value({"id": ["a", ("b", None)]}) == {"id": [KEYED("a"), [KEYED("b"), None]]}
    assert walk.value({"id": None, "secret": {"a": 1}}) == {"id": None, "secret": "***"}


def test_what_contains_itself_is_left_out_where_it_does(walk: Walk) -> None:
    """The copy must not contain the original, with what is to be redacted."""
    endless: dict[str, Any] = {"email": EMAIL, "list": []}
    endless["list"].append(endless)
    endless["id"] = [endless]
    assert walk.value(endless)["email"] == "***"
    assert EMAIL not in str(walk.value(endless))


def test_the_depth_is_bounded(walk: Walk) -> None:
    """What is nested as deep as nobody nests is left out, not passed on unseen."""
    deep: Any = EMAIL
    for _ in range(10_000):
        deep = [deep]
    shallow = walk.value({"a": [deep], "b": EMAIL})
    assert shallow["b"] == "***"
    assert EMAIL not in repr(shallow)


def test_what_was_seen_already_stays(walk: Walk) -> None:
    """A second time only what is new or other is redacted: a hash is not hashed again."""
    first = walk.value({"id": "a", "list": [EMAIL], "deep": {"id": ["b"]}})
    enriched = {
        **first,
        "email": EMAIL,
        "list": [*first["list"], EMAIL],
        "deep": {**first["deep"], "secret": 1},
    }
    enriched["deep"]["id"] = [*first["deep"]["id"], "c"]
    assert walk.value(enriched, (), first) == {
        **first,
        "email": "***",
        "list": ["***", "***"],
        "deep": {"id": [KEYED("b"), KEYED("c")], "secret": "***"},
    }
    assert walk.value({**first, "id": "other"}, (), first)["id"] == KEYED("other")


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["x", EMAIL, f"<{EMAIL}>"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["a", "password", "id", EMAIL]), inner),
)


@given(_JSON)
def test_nothing_is_left_anywhere(value: object) -> None:
    """Whatever the shape, no address and no password is in what comes out, and twice is as once."""
    values = Values({EMAILS: mask})
    walk = Walk(Names({"password": drop}, values.are_in), values, Encoder().encode)
    redacted = walk.value(value)
    assert redacted is not REMOVED
    assert EMAIL not in repr(redacted)
    assert "password" not in repr(redacted)
    assert walk.value(redacted) == redacted

"""The quick way from a message to a payload: right or silent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel.mapping import UNDEFINED, compile_mapping
from analytics_mixpanel_destination.actions import ACTIONS, action_named
from analytics_mixpanel_destination.payload.errors import PayloadError

TRACK = action_named("trackEvent")
PLAIN = TRACK.schema.compile_plain(TRACK.default_mapping)
RESOLVE = compile_mapping(TRACK.default_mapping)

MESSAGE: dict[str, Any] = {
    "type": "track",
    "event": "Signed Up",
    "userId": "user-1",
    "anonymousId": None,
    "messageId": "m-1",
    "timestamp": "2026-01-02T03:04:05.678Z",
    "properties": {"plan": "pro", "none": None},
    "context": {
        "ip": "203.0.113.7",
        "library": {"name": "test", "version": "1"},
        "network": {"wifi": False},
        "screen": {"width": 320.5},
        "campaign": {"source": "mail", "term": None},
        "page": None,
    },
}
values = st.sampled_from(
    [None, "", "text", 0, 1.5, True, [], ["a"], {}, {"name": "n"}, "2026-01-02T03:04:05Z", 1e300]
)
contexts = st.dictionaries(
    st.sampled_from(
        ["ip", "app", "network", "screen", "campaign", "userAgentData", "page", "device", "locale"]
    ),
    values
    | st.dictionaries(
        st.sampled_from(["name", "wifi", "width", "source", "url", "mobile"]), values, max_size=3
    ),
    max_size=4,
)
messages = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(
            ("event", "userId", "anonymousId", "messageId", "timestamp", "properties", "name"), values
        ),
        "context": contexts | values,
    },
)


def test_what_applications_send_goes_the_quick_way() -> None:
    """A usual message, with nulls and a false, needs no coercing and comes out as if coerced."""
    assert PLAIN is not None
    payload = PLAIN(MESSAGE)
    assert payload is not UNDEFINED
    assert payload == TRACK.schema.coerce(RESOLVE(MESSAGE))
    assert "anonymous_id" not in payload


@given(messages)
def test_it_answers_what_coercing_answers_or_nothing(message: dict[str, Any]) -> None:
    """Whatever the message, the quick way gives the coerced payload or gives up; never another payload."""
    assert PLAIN is not None
    payload = PLAIN(message)
    if payload is UNDEFINED:
        return
    try:
        coerced = TRACK.schema.coerce(RESOLVE(message))
    except PayloadError as error:  # pragma: no cover - the failure this test looks for
        pytest.fail(f"answered {payload} where coercing refuses: {error}")
    assert payload == coerced
    assert {key: type(value) for key, value in payload.items()} == {k: type(v) for k, v in coerced.items()}


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_unusual_mappings_have_no_quick_way(name: str) -> None:
    """A mapping with a directive beyond paths, or a field the action does not know, is left to coercing."""
    schema = action_named(name).schema
    assert schema.compile_plain({"event": {"@template": "{{event}}"}}) is None
    assert schema.compile_plain({"unknown": {"@path": "$.event"}}) is None


def test_a_required_field_that_is_missing_is_left_to_coercing() -> None:
    """The quick way does not answer a payload that the schema refuses."""
    assert PLAIN is not None
    assert PLAIN({**MESSAGE, "event": None}) is UNDEFINED

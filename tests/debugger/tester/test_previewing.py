"""What a message becomes by a list of mappings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analytics_mixpanel.debugger.tester import preview, sample
from analytics_mixpanel.debugger.trace import Link

SIGN_UPS = {
    "name": "Sign-ups",
    "subscribe": 'type = "track" and event = "Signed Up"',
    "partnerAction": "trackEvent",
    "mapping": {
        "event": {"@template": "Signed Up ({{properties.plan}})"},
        "distinct_id": {"@path": "$.userId"},
        "insert_id": {"@path": "$.messageId"},
    },
    "enabled": True,
}


def test_each_mapping_says_what_it_did() -> None:
    """The one whose condition holds has the record, the others why theirs does not."""
    results = preview(sample("track"), [SIGN_UPS, {**SIGN_UPS, "subscribe": 'type = "page"'}]).results
    assert [(result.condition.holds, len(result.records)) for result in results] == [(True, 1), (False, 0)]
    assert results[1].condition.text == 'does not match because type is "track", not "page"'
    assert results[0].records[0].body["event"] == "Signed Up (pro)"


def test_a_record_is_linked_to_the_message() -> None:
    """A text that holds a value of the message is a part of it."""
    (record,) = preview(sample("track"), [SIGN_UPS]).records
    assert record.links["event"] == [Link("properties.plan", "part")]
    assert record.links["properties.distinct_id"] == [Link("userId", "copied")]


def test_a_mapping_that_is_switched_off_makes_nothing() -> None:
    """Its condition is explained all the same."""
    (result,) = preview(sample("track"), [{**SIGN_UPS, "enabled": False}]).results
    assert (result.enabled, result.condition.holds, result.records) == (False, True, [])


def test_errors_belong_to_their_mapping() -> None:
    """A field that is missing is named by the mapping that needs it."""
    (result,) = preview(sample("track"), [{**SIGN_UPS, "mapping": {}}]).results
    assert result.records == []
    assert "event" in result.errors[0]["message"]


@pytest.mark.parametrize(
    ("mappings", "message", "summary"),
    [
        ([SIGN_UPS], sample("track"), "1 record"),
        ([SIGN_UPS, {**SIGN_UPS, "mapping": {}}], sample("track"), "1 record, 1 error"),
        ([SIGN_UPS], sample("page"), "nothing is sent: no condition holds"),
        ([{**SIGN_UPS, "enabled": False}], sample("track"), "nothing is sent: no mapping is switched on"),
        (None, sample("order"), "3 records"),
    ],
)
def test_the_summary_says_what_will_happen(mappings: Any, message: Any, summary: str) -> None:
    """It counts records and errors, or says why there are none."""
    assert preview(message, mappings).summary == summary


@pytest.mark.parametrize("message", [None, 7, "x", [], {}, {"type": None}])
def test_any_message_is_answered(message: Any) -> None:
    """What is no message makes nothing, and no error is raised."""
    assert preview(message).records == []


def test_a_preview_is_json() -> None:
    """It can be sent to a page as it is."""
    shown = json.loads(json.dumps(preview(sample("identify")).as_json()))
    assert shown["summary"] == "2 records"

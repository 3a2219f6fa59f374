"""Sample messages."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from analytics_mixpanel.debugger.tester import KINDS, preview, renewed, sample


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_is_the_same_each_time(kind: str) -> None:
    """A second one is equal, and shares nothing with the first."""
    first = sample(kind)
    first.setdefault("context", {})["changed"] = True
    assert sample(kind) == sample(kind) != first


@pytest.mark.parametrize("kind", KINDS)
def test_the_default_mappings_know_what_to_do_with_a_sample(kind: str) -> None:
    """Something is made of every sample, without an error."""
    made = preview(sample(kind))
    assert made.records
    assert [error for result in made.results for error in result.errors] == []


def test_the_time_of_a_sample_can_be_chosen() -> None:
    """It is written as Segment's libraries do."""
    assert sample("track", datetime(2026, 5, 1, 12, tzinfo=timezone.utc))["timestamp"] == (
        "2026-05-01T12:00:00.000Z"
    )


def test_a_renewed_message_is_another_event() -> None:
    """It has an id of its own, which Mixpanel takes as it is, and the present time; the rest stays."""
    message = sample("track")
    one, other = (renewed(message, datetime(2026, 5, 1, tzinfo=timezone.utc)) for _ in range(2))
    assert one["messageId"] != other["messageId"]
    assert len(one["messageId"]) <= 36
    assert one["timestamp"] == "2026-05-01T00:00:00.000Z"
    assert {**one, "messageId": "", "timestamp": ""} == {**message, "messageId": "", "timestamp": ""}

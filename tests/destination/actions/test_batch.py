"""Messages as Segment sends them in batches."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_destination.actions import Project, action_named
from analytics_mixpanel_destination.actions.batch import BatchItem, perform_batch, statuses

PROJECT = Project(token="t", now=lambda: 0)
MAPPING = {"event": {"@path": "$.event"}, "insert_id": {"@path": "$.messageId"}}
GOOD = {"event": "E", "messageId": "m"}


def _batch(*messages: Any) -> list[BatchItem]:
    return perform_batch(action_named("trackEvent"), MAPPING, messages, PROJECT)


def _codes(answer: Any, *messages: Any) -> list[Any]:
    return [each and each["status"] for each in statuses(_batch(*messages), answer, multistatus=True)]


def test_empty_strings_stay() -> None:
    """In a batch an empty name is a name."""
    (item,) = _batch({"event": ""})
    assert item.parts[0][1]["event"] == ""


def test_what_is_refused_does_not_stop_the_others() -> None:
    """An invalid message has status 400, whatever is answered for the rest."""
    assert _codes({"code": 200, "status": "OK"}, GOOD, {}, GOOD) == [200, 400, 200]
    assert _codes({"code": 429, "error": "slow down"}, GOOD, {}, GOOD) == [429, 400, 429]


def test_failed_records_are_counted_among_those_sent() -> None:
    """An index in the answer counts only what was sent."""
    answer = {"code": 400, "failed_records": [{"index": 1, "message": "bad time"}]}
    assert _codes(answer, {}, GOOD, GOOD) == [400, 200, 400]


def test_an_answer_that_is_no_json_settles_nothing() -> None:
    """Without a code there is no status."""
    assert _codes("<html>", GOOD) == [None]


def test_other_actions_are_not_batched() -> None:
    """Segment batches events alone."""
    with pytest.raises(ValueError, match="does not support batched"):
        perform_batch(action_named("alias"), MAPPING, [GOOD], PROJECT)

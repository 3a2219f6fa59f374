"""Times and ids that Segment gives a message on arrival."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.debugger.segment.completing import completed

NOON = 1_700_000_000.0  # 2023-11-14T22:13:20Z


@pytest.mark.parametrize(
    ("original", "sent", "expected"),
    [
        # The sender's clock is ten minutes fast.
        ("2023-11-14T22:23:10.000Z", "2023-11-14T22:23:20.000Z", "2023-11-14T22:13:10.000Z"),
        ("2023-11-14T23:23:10+01:00", "2023-11-14T22:23:20", "2023-11-14T22:13:10.000Z"),
        ("2023-11-14T22:23:10.123456789Z", "2023-11-14T22:23:20.1Z", "2023-11-14T22:13:10.023Z"),
        # What cannot be read is left as it is.
        ("yesterday", "2023-11-14T22:23:20.000Z", "yesterday"),
        ("2023-11-14T22:23:10.000Z", "soon", "2023-11-14T22:23:10.000Z"),
        ("2023-11-14T22:23:10.000Z", None, "2023-11-14T22:23:10.000Z"),
        (5, "2023-11-14T22:23:20.000Z", 5),
        ("0001-01-01T00:00:00+23:00", "2023-11-14T22:23:20Z", "0001-01-01T00:00:00+23:00"),
    ],
)
def test_the_senders_clock_is_set_right(original: Any, sent: Any, expected: Any) -> None:
    """The time is that of arrival, less the time the message waited at its sender."""
    done = completed({"timestamp": original}, sent, NOON)
    assert done["timestamp"] == expected
    assert done["originalTimestamp"] == original


def test_without_a_time_it_is_that_of_arrival() -> None:
    """So is the receipt."""
    done = completed({}, None, NOON)
    assert done["timestamp"] == done["receivedAt"] == "2023-11-14T22:13:20.000Z"


def test_a_messages_own_time_of_sending_goes_first() -> None:
    """The batch's is for the others."""
    message = {"timestamp": "2023-11-14T22:00:00Z", "sentAt": "2023-11-14T22:00:05Z"}
    done = completed(message, "2030-01-01T00:00:00Z", NOON)
    assert done["timestamp"] == "2023-11-14T22:13:15.000Z"


def test_the_message_itself_is_left_alone() -> None:
    """The copy is what changes."""
    message = {"timestamp": "2023-11-14T22:00:00Z"}
    completed(message, None, NOON)
    assert message == {"timestamp": "2023-11-14T22:00:00Z"}

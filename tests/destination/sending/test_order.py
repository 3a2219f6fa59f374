"""Profile updates that wait for the identity."""

from __future__ import annotations

import time
from typing import Any

from analytics_mixpanel.delivery import Batch
from analytics_mixpanel_destination.sending.ledger import Ledger
from analytics_mixpanel_destination.sending.order import ready
from analytics_mixpanel_destination.sending.parcels import Parcel

MESSAGES: list[Any] = [{"userId": "a"}, {"userId": "b"}, {"userId": "a"}, {"anonymousId": "c"}]
UPDATES = [Parcel(index, "engage", b"{}") for index in range(4)]


def ledger_without(endpoint: str, *indexes: int) -> Ledger:
    """A ledger in which these messages' records for an endpoint are unsent."""
    book = Ledger(Batch(MESSAGES, 1, time.monotonic() + 60))
    book.keep([Parcel(index, endpoint, b"{}") for index in indexes], "HTTP 500")
    return book


def test_updates_wait_for_the_users_identity() -> None:
    """The same user's later updates wait too, so that an older value does not come last; others go on."""
    book = ledger_without("track", 0)

    assert [each.index for each in ready(UPDATES, book)] == [1, 3]
    assert sorted(book.outcome().retry) == [0, 2]


def test_updates_do_not_wait_for_events() -> None:
    """An event that is still to be sent holds no profile back."""
    assert ready(UPDATES, ledger_without("import", 0, 1)) == UPDATES

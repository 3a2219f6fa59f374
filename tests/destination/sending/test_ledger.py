"""What becomes of a message that makes several records."""

from __future__ import annotations

import time

from analytics_mixpanel.delivery import Batch, Outcome, Rejection
from analytics_mixpanel_destination.sending.ledger import Ledger, Unfinished, WrongSetting
from analytics_mixpanel_destination.sending.parcels import Parcel


def ledger(count: int = 3) -> Ledger:
    """A ledger for so many messages."""
    return Ledger(Batch([{"messageId": str(n)} for n in range(count)], 1, time.monotonic() + 60))


def test_what_is_not_written_down_was_delivered() -> None:
    """An untouched ledger is an outcome without exceptions."""
    assert ledger().outcome() == Outcome()


def test_the_first_reason_counts() -> None:
    """A message with several refused records is rejected once, for the first."""
    book = ledger()
    book.reject(1, Rejection("first"))
    book.reject(1, Rejection("second"))

    assert book.outcome().rejected == {1: Rejection("first")}


def test_a_message_is_settled_with_its_last_record() -> None:
    """Refused in part, with a record still to be sent, it is retried; the rejection waits in the notes."""
    book = ledger()
    left = Parcel(1, "engage", b"{}")
    book.reject(1, Rejection("no"))
    book.keep([left], "later")
    outcome = book.outcome()

    assert (outcome.rejected, outcome.retry) == ({}, {1: "later"})
    assert book.batch.notes == {1: Unfinished([left], Rejection("no"))}


def test_the_longest_wait_is_asked_for() -> None:
    """Of several answers that name a time, the longest is kept."""
    book = ledger()
    for after in (2.0, 7.0, None):
        book.keep([Parcel(0, "engage", b"{}")], "later", after)

    assert book.outcome().retry_after == 7.0


def test_every_pause_is_told() -> None:
    """Two wrong settings are both in the text, and each of them once."""
    book = ledger()
    book.pause("import", WrongSetting("HTTP 401", "Check one."))
    for endpoint in ("engage", "groups"):
        book.pause(endpoint, WrongSetting("HTTP 301", "Check two."))

    assert book.outcome().paused == "HTTP 401. Check one. HTTP 301. Check two."

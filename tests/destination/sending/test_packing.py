"""From messages to records, and what a later attempt takes up."""

from __future__ import annotations

import json
import time
from typing import Any

from analytics_mixpanel.delivery import Batch, Rejection
from analytics_mixpanel_destination.sending.ledger import Ledger
from analytics_mixpanel_destination.sending.packing import pack
from analytics_mixpanel_destination.translate import Translator


def message(kind: str, **fields: Any) -> Any:
    """A message in wire form."""
    return {"type": kind, "messageId": "m", "timestamp": "2023-11-14T22:13:20Z", "userId": "u", **fields}


def ledger(*messages: Any) -> Ledger:
    """A ledger for these messages."""
    return Ledger(Batch(list(messages), 1, time.monotonic() + 60))


TRANSLATOR = Translator(token="tok")


def identify() -> Any:
    """A message that makes an identity and a profile update."""
    return message("identify", anonymousId="a", traits={"plan": "pro"})


def test_records_are_grouped_by_endpoint_in_order() -> None:
    """Each message's records go where they belong, oldest first, and know their message."""
    packed = pack(
        TRANSLATOR,
        ledger(
            message("track", event="A"),
            identify(),
            message("track", event="B"),
        ),
        2_000_000,
    )

    assert {endpoint: [each.index for each in parcels] for endpoint, parcels in packed.items()} == {
        "import": [0, 2],
        "track": [1],
        "engage": [1],
    }
    assert [json.loads(each.body)["event"] for each in packed["import"]] == ["A", "B"]


def test_a_refusal_rejects_its_message() -> None:
    """What cannot be translated is rejected with the reason and the field."""
    book = ledger(message("group", groupId="g"))
    pack(TRANSLATOR, book, 2_000_000)

    assert book.rejected[0].reason != ""


def test_a_message_for_which_there_is_no_mapping_is_dropped() -> None:
    """It is not for Mixpanel, and the reason says so."""
    book = ledger(message("unknown"))
    pack(TRANSLATOR, book, 2_000_000)

    assert (book.dropped, book.rejected) == ({0: "no mapping"}, {})


def test_a_record_that_is_too_large_rejects_its_message_alone() -> None:
    """The others are packed, and the reason names both sizes."""
    book = ledger(message("track", event="A", properties={"a": "x" * 5_000}), message("track", event="B"))
    packed = pack(TRANSLATOR, book, 4_000)

    assert [each.index for each in packed["import"]] == [1]
    assert "4,000 is the most" in book.rejected[0].reason


def test_what_a_hook_spoilt_rejects_its_message_alone() -> None:
    """A message that is no message any more does not cost the others their delivery."""
    book = ledger(message("track", event="A", properties={"a": object()}), message("track", event="B"))
    packed = pack(TRANSLATOR, book, 4_000)

    assert [each.index for each in packed["import"]] == [1]
    assert list(book.rejected) == [0]


def test_a_broken_translator_costs_one_message() -> None:
    """An error that nobody foresaw is reported by its type."""

    class Broken(Translator):
        def translate(self, message: Any) -> Any:
            if message["event"] == "A":
                raise KeyError("value-canary")
            return super().translate(message)

    book = ledger(message("track", event="A"), message("track", event="B"))
    packed = pack(Broken(token="tok"), book, 4_000)

    assert (len(packed["import"]), book.rejected) == (1, {0: Rejection("cannot be translated: KeyError")})


def test_a_later_attempt_takes_up_only_what_is_left() -> None:
    """The notes hold the records that are still to be sent; what was delivered is not translated again."""
    told = identify()
    first = ledger(message("track", event="A"), told)
    packed = pack(TRANSLATOR, first, 2_000_000)
    first.keep(packed["engage"], "HTTP 500")
    first.outcome()

    second = Ledger(Batch([told], 2, time.monotonic() + 60, {0: first.batch.notes[1]}))
    again = pack(TRANSLATOR, second, 2_000_000)

    assert {endpoint: [each.index for each in parcels] for endpoint, parcels in again.items()} == {
        "engage": [0]
    }
    assert second.batch.notes == {}

"""From a batch of messages to encoded records, by endpoint."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from analytics_mixpanel.delivery import Rejection
from analytics_mixpanel_destination.sending.ledger import Ledger, Unfinished
from analytics_mixpanel_destination.sending.parcels import Parcel, parcel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics_mixpanel.message import Message
    from analytics_mixpanel_destination.record import Record
    from analytics_mixpanel_destination.translators import Translates

ByEndpoint: TypeAlias = dict[str, list[Parcel]]


def pack(translator: Translates, ledger: Ledger, max_bytes: int) -> ByEndpoint:
    """Translate what is new in the batch, and take up what an earlier attempt left.

    A record that was delivered then is not sent again: a second ``$add`` would count twice.
    """
    packed: ByEndpoint = defaultdict(list)
    notes = ledger.batch.notes
    for index, message in enumerate(ledger.batch.messages):
        unfinished = notes.pop(index, None) if notes else None
        if isinstance(unfinished, Unfinished):
            _take_up(unfinished, index, packed, ledger)
        else:
            _add(_records(translator, message, index, ledger), index, packed, ledger, max_bytes)
    return packed


def _take_up(unfinished: Unfinished, index: int, packed: ByEndpoint, ledger: Ledger) -> None:
    if unfinished.rejection is not None:
        ledger.reject(index, unfinished.rejection)
    for each in unfinished.parcels:
        each.index = index
        packed[each.endpoint].append(each)


def _records(translator: Translates, message: Message, index: int, ledger: Ledger) -> Iterable[Record]:
    try:
        translation = translator.translate(message)
    except Exception as error:  # noqa: BLE001
        ledger.reject(index, Rejection(f"cannot be translated: {type(error).__name__}"))
        return ()
    for refusal in translation.refusals:
        ledger.reject(index, Rejection(refusal.message, refusal.field))
    if translation.dropped:
        ledger.drop(index, translation.dropped)
    elif not translation.matched and not translation.refusals:
        ledger.drop(index, "no mapping")
    return translation.records


def _add(records: Iterable[Record], index: int, packed: ByEndpoint, ledger: Ledger, max_bytes: int) -> None:
    for record in records:
        try:
            packed[record.endpoint].append(parcel(index, record, max_bytes))
        except ValueError as error:
            ledger.reject(index, Rejection(f"{record.preset}: {error}"))

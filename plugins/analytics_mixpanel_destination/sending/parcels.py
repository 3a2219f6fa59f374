"""From messages to encoded records, and from those to requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

import orjson
from attrs import define, field

if TYPE_CHECKING:
    from analytics_mixpanel_destination.record import Record

#: Source: Mixpanel docs, Import Events and User Profile Limits: less than 1 MB, uncompressed.
LARGEST_RECORD: Final = 1_048_576


@define(eq=False)
class Parcel:
    """A record, encoded once and ready to be sent.

    Attributes:
        index: of its message in the batch.
        endpoint: where it goes: import, track, engage or groups.
        body: the record as JSON.
        among: of how many records that were refused together it is one, or 0. Where a search broke off, they
            are what goes into one request.
    """

    index: int
    endpoint: str
    body: bytes = field(repr=False)
    among: int = 0


Parcels: TypeAlias = Sequence[Parcel]


def parcel(index: int, record: Record, max_bytes: int) -> Parcel:
    """Encode a record.

    Raises:
        ValueError: it is not JSON, or larger than a record may be; the text says which.
    """
    try:
        # What orjson returns keeps a buffer of several kilobytes; the copy is of the exact size.
        body = bytes(memoryview(orjson.dumps(record.body)))
    except TypeError:
        raise ValueError("it holds a value that is not JSON") from None
    limit = min(LARGEST_RECORD, max_bytes)
    if len(body) > limit:
        raise ValueError(f"it has {len(body):,} bytes, and {limit:,} is the most that can be sent")
    return Parcel(index, record.endpoint, body)


def fitting(parcels: Parcels, start: int, max_records: int, max_bytes: int) -> Parcels:
    """The parcels from ``start`` on that fit into one request: at least one."""
    size = 1
    end = start
    last = min(len(parcels), start + min(max_records, parcels[start].among or max_records))
    while end < last:
        size += len(parcels[end].body) + 1
        if size > max_bytes and end > start:
            break
        end += 1
    return parcels[start:end]


def size_of(parcels: Parcels) -> int:
    """The bytes of a request that holds these."""
    return 1 + sum(len(each.body) + 1 for each in parcels)


def halves(parcels: Parcels) -> tuple[Parcels, Parcels]:
    """Two parts, of one record at least and of about as many bytes each."""
    half = size_of(parcels) // 2
    size = middle = 0
    while middle < len(parcels) - 1 and (middle == 0 or size + len(parcels[middle].body) < half):
        size += len(parcels[middle].body) + 1
        middle += 1
    return parcels[:middle], parcels[middle:]

"""Encoding records, and filling requests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analytics_mixpanel_destination.record import Record
from analytics_mixpanel_destination.sending.parcels import Parcel, fitting, parcel


def parcels(*sizes: int) -> list[Parcel]:
    """Parcels of these sizes."""
    return [Parcel(index, "import", b"x" * size) for index, size in enumerate(sizes)]


def encode(body: dict[str, Any], max_bytes: int = 2_000_000) -> Parcel:
    """Encode a record's body."""
    return parcel(3, Record("engage", body, "Preset", "action"), max_bytes)


def test_a_parcel_is_the_record_as_json() -> None:
    """It knows its message and endpoint, and its bytes are compact JSON."""
    made = encode({"$set": {"a": 1, "é": None}})

    assert (made.index, made.endpoint, json.loads(made.body)) == (3, "engage", {"$set": {"a": 1, "é": None}})
    assert b" " not in made.body


@pytest.mark.parametrize("value", [{1, 2}, object(), 2**70, "\ud800"])
def test_what_is_not_json_is_refused(value: Any) -> None:
    """A value that an enrich hook put there and JSON cannot hold has a reason."""
    with pytest.raises(ValueError, match="not JSON"):
        encode({"$set": {"a": value}})


@pytest.mark.parametrize(("size", "max_bytes"), [(1_048_600, 2_000_000), (600, 500)])
def test_a_record_that_no_request_can_hold_is_refused(size: int, max_bytes: int) -> None:
    """Mixpanel's limit and the setting bound a single record; the reason has both figures."""
    with pytest.raises(ValueError, match="is the most that can be sent"):
        encode({"a": "x" * size}, max_bytes)


def test_a_request_is_bounded_by_count() -> None:
    """It takes the next so many records, and what is left at the end."""
    queue = parcels(*[10] * 5)

    assert [len(fitting(queue, start, 2, 10_000)) for start in (0, 2, 4)] == [2, 2, 1]


def test_a_request_is_bounded_by_bytes_with_commas_and_brackets() -> None:
    """The JSON array, brackets and commas counted, is at most as large as allowed."""
    queue = parcels(*[10] * 5)

    assert len(fitting(queue, 0, 99, 34)) == 3  # [ 10 , 10 , 10 ] is 34 bytes
    assert len(fitting(queue, 0, 99, 33)) == 2


def test_a_record_that_is_too_large_goes_alone() -> None:
    """There is always one record, so that sending comes to an end."""
    assert len(fitting(parcels(100, 1), 0, 99, 50)) == 1

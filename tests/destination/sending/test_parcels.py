"""Encoding records, and filling requests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel_destination.record import Record
from analytics_mixpanel_destination.sending.parcels import Parcel, Parcels, fitting, halves, parcel, size_of


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


@pytest.mark.parametrize(
    ("sizes", "count"),
    [((10, 10), 1), ((10, 10, 10, 10), 2), ((100, 1, 1, 1), 1), ((1, 1, 1, 100), 3), ((1,) * 7, 3)],
)
def test_halves_are_of_bytes(sizes: tuple[int, ...], count: int) -> None:
    """Both parts hold something, in order, and as nearly the same number of bytes as records allow."""
    whole = parcels(*sizes)
    first, second = halves(whole)

    assert [*first, *second] == whole
    assert len(first) == count


@given(st.lists(st.integers(1, 10_000), min_size=2, max_size=50))
def test_halves_become_single_records(sizes: list[int]) -> None:
    """Halved again and again, every list ends in its records, each by itself."""

    def ends(some: Parcels) -> list[Parcel]:
        if len(some) == 1:
            return list(some)
        first, second = halves(some)
        return ends(first) + ends(second)

    whole = parcels(*sizes)
    assert ends(whole) == whole


def test_the_size_of_a_request_is_that_of_its_json() -> None:
    """Brackets and commas count."""
    assert size_of(parcels(3, 4)) == len(b"[xxx,xxxx]")


def test_records_that_were_refused_together_stay_together() -> None:
    """A request that begins with one of them holds no more than were refused."""
    whole = parcels(*[10] * 6)
    for each in whole[:3]:
        each.among = 3

    assert [each.index for each in fitting(whole, 0, 100, 1_000)] == [0, 1, 2]
    assert [each.index for each in fitting(whole, 3, 100, 1_000)] == [3, 4, 5]

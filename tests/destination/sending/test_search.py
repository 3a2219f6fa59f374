"""Finding the records that are refused."""

from __future__ import annotations

from math import ceil, log2

from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel_destination.sending.parcels import Parcel, fitting
from analytics_mixpanel_destination.sending.search import Search


def parcels(count: int) -> list[Parcel]:
    """So many records."""
    return [Parcel(index, "import", b"{}") for index in range(count)]


def look(search: Search, bad: set[int]) -> tuple[list[int], list[int], int]:
    """Go through with it: what was taken, what was refused alone, and how many requests it cost."""
    taken: list[int] = []
    refused: list[int] = []
    requests = 0
    while (piece := search.next()) is not None:
        requests += 1
        culprits = [each.index for each in piece if each.index in bad]
        if culprits and len(piece) > 1:
            search.refused(piece)
            continue
        (refused if culprits else taken).extend(each.index for each in piece)
        search.taken(whole=not culprits)
    return taken, refused, requests


@given(count=st.integers(2, 3_000), data=st.data())
def test_one_culprit_is_found(count: int, data: st.DataObject) -> None:
    """Any one among n is found within two times log2 n requests; all others are taken, in order."""
    bad = data.draw(st.integers(0, count - 1))
    search = Search.among(count)
    search.refused(parcels(count))
    taken, refused, requests = look(search, {bad})
    assert refused == [bad]
    assert taken == [number for number in range(count) if number != bad]
    assert requests <= 2 * ceil(log2(count))
    assert search.rest() == []


def test_a_single_culprit_costs_the_logarithm_when_it_is_last() -> None:
    """A half that was taken whole says that the culprit is in the other, without a request."""
    search = Search.among(1_024)
    search.refused(parcels(1_024))
    assert look(search, {1_023})[2] == 11


@given(count=st.integers(2, 300), data=st.data())
def test_many_culprits_are_found_in_turns(count: int, data: st.DataObject) -> None:
    """Each turn keeps to its requests and gets something done; in the end each record has its verdict."""
    bad = data.draw(st.sets(st.integers(0, count - 1)))
    left = parcels(count)
    taken: list[int] = []
    refused: list[int] = []
    while left:
        search = Search.among(len(left))
        start = requests = 0
        rest: list[Parcel] = []
        while start < len(left) and not rest:
            request = fitting(left, start, 2_000, 1_000_000)
            start += len(request)
            if len(request) > 1 and bad.intersection(each.index for each in request):
                search.refused(request)
                also_taken, also_refused, more = look(search, bad)
                taken += also_taken
                refused += also_refused
                requests += more
                rest = search.rest()
            else:
                culprit = request[0].index in bad
                (refused if culprit else taken).extend(each.index for each in request)
        before, left = len(left), [*rest, *left[start:]]
        assert len(left) < before
        assert requests <= 2 * ceil(log2(before))
    assert sorted(refused) == sorted(bad)
    assert taken == [number for number in range(count) if number not in bad]


def test_what_was_not_tried_stays_in_pieces() -> None:
    """A search that ends early has halved in vain nothing: the next begins with the pieces."""
    search = Search.among(16)
    search.refused(parcels(16))
    piece = search.next()
    assert piece is not None
    search.refused(piece)
    rest = search.rest()
    assert [each.index for each in rest] == list(range(16))
    assert [each.among for each in rest] == [4] * 8 + [8] * 8
    assert [len(fitting(rest, start, 2_000, 1_000_000)) for start in (0, 4, 8)] == [4, 4, 8]


def test_nothing_to_find_costs_nothing() -> None:
    """A search that was not begun has no next piece, and no rest."""
    search = Search.among(0)
    assert search.next() is None
    assert search.rest() == []

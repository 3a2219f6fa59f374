"""Gzip, with whichever library is here."""

from __future__ import annotations

import gzip as standard

from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel.compression import gzip, pack, unpack


@given(st.binary())
def test_any_reader_of_gzip_reads_it(data: bytes) -> None:
    """What comes out is gzip's own format."""
    assert standard.decompress(gzip(data)) == data


@given(st.lists(st.binary().map(lambda raw: raw.replace(b"\n", b"")), min_size=1))
def test_a_block_gives_back_its_documents(bodies: list[bytes]) -> None:
    """Packing and unpacking give the same documents in the same order."""
    assert unpack(pack(bodies)) == bodies


def test_a_block_is_smaller() -> None:
    """Messages, which resemble one another, take a fraction of their bytes."""
    bodies = [b'{"type":"track","event":"Order Completed","n":%d}' % n for n in range(128)]
    assert len(pack(bodies)) < sum(map(len, bodies)) / 4

"""A directory as a spool has it, and letters for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analytics_mixpanel.dead_letters import Letter, Tries
from analytics_mixpanel.queues.spool.directory import Directory


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Directory]:
    """A private directory."""
    opened = Directory.open(tmp_path / "spool", "shop")
    yield opened
    opened.close()


@pytest.fixture
def letter() -> Callable[[int], Letter]:
    """Makes letters that differ by a number."""

    def make(number: int, destination: str = "Shop") -> Letter:
        body = b'{"messageId":"m%d","event":"Paid"}' % number
        return Letter(body, destination, "rejected", "bad", "", Tries(1, 1_700_000_000.0, 1_700_000_001.0))

    return make

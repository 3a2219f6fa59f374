"""Spools in a directory of the test's own, and what lies in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define

from analytics_mixpanel.queues.spool import SpoolQueue, SpoolSettings
from analytics_mixpanel.queues.spool.directory import Directory

MakeSpool = Callable[..., SpoolQueue]


@define
class Clock:
    """A clock that stands still until it is set forward."""

    now: float = 1_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Seconds, monotonic."""
    return Clock()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the spools are; not made yet."""
    return tmp_path / "spool"


@pytest.fixture
def make_spool(root: Path, clock: Clock) -> Iterator[MakeSpool]:
    """Makes queues on the same directory, as so many processes would."""
    made: list[SpoolQueue] = []

    def make(**settings: Any) -> SpoolQueue:
        made.append(SpoolQueue(SpoolSettings(**{"root": root, "name": "shop", **settings}), clock))
        return made[-1]

    yield make
    for each in made:
        each.abandon()


@pytest.fixture
def directory(root: Path) -> Iterator[Directory]:
    """The spools' directory."""
    opened = Directory.open(root, "shop")
    yield opened
    opened.close()


@pytest.fixture
def files(root: Path) -> Callable[[str], list[str]]:
    """Names the files with this ending."""

    def named(ending: str = "") -> list[str]:
        return sorted(path.name for path in (root / "shop").iterdir() if path.name.endswith(ending))

    return named

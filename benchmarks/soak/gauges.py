"""What a soak takes of the machine, sampled while it goes on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from statistics import linear_regression, mean
from typing import Final

from attrs import define, field, frozen

_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
# What comes before is the start: caches that fill, modules that are loaded.
_SETTLED_AFTER: Final = 1 / 3


@frozen
class Gauge:
    """A figure over time.

    Attributes:
        name: what it is, with the unit.
        times: seconds.
        values: at these times.
    """

    name: str
    times: list[float] = field(factory=list)
    values: list[float] = field(factory=list)

    def add(self, time: float, value: float) -> None:
        """Note the value now."""
        self.times.append(time)
        self.values.append(value)

    @property
    def slope(self) -> float:
        """What it grows by in a minute: of the straight line through all but the first third."""
        first = next((at for at, time in enumerate(self.times) if time > self._from), 0)
        times, values = self.times[first:], self.values[first:]
        return linear_regression(times, values).slope * 60.0 if len(set(times)) > 1 else 0.0

    @property
    def _from(self) -> float:
        return self.times[0] + (self.times[-1] - self.times[0]) * _SETTLED_AFTER

    def __str__(self) -> str:
        if not self.values:
            return f"{self.name}: not sampled"
        return (
            f"{self.name}: {mean(self.values):,.1f} in the mean, {max(self.values):,.1f} at most, "
            f"{self.values[-1]:,.1f} last, {self.slope:+,.2f} a minute"
        )


@define
class Gauges:
    """All of them."""

    memory: Gauge = field(factory=lambda: Gauge("resident memory of the writer that lives, MB"))
    threads: Gauge = field(factory=lambda: Gauge("its threads"))
    descriptors: Gauge = field(factory=lambda: Gauge("its descriptors"))
    disk: Gauge = field(factory=lambda: Gauge("the spool, MB"))
    files: Gauge = field(factory=lambda: Gauge("its files"))

    def sample(self, time: float, process: int, spool: Path) -> int:
        """Note everything now; the bytes on disk."""
        status = Path(f"/proc/{process}")
        if (status / "statm").exists():
            self.memory.add(time, int((status / "statm").read_text().split()[1]) * _PAGE / 1e6)
            self.threads.add(time, _entries(status / "task"))
            self.descriptors.add(time, _entries(status / "fd"))
        sizes = sizes_under(spool)
        self.disk.add(time, sum(sizes) / 1e6)
        self.files.add(time, len(sizes))
        return sum(sizes)

    @property
    def all(self) -> Sequence[Gauge]:
        """Each of them."""
        return self.memory, self.threads, self.descriptors, self.disk, self.files


def _entries(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir())


def sizes_under(folder: Path) -> list[int]:
    """The bytes of each file below; one may vanish meanwhile."""
    sizes = []
    for path in folder.glob("*/*"):
        try:
            sizes.append(path.stat().st_size)
        except FileNotFoundError:
            continue
    return sizes

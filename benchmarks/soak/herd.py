"""The writers: started, killed, and others started in their place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Final

from attrs import define, field

from benchmarks.environment import ROOT, child_environment
from benchmarks.soak.marks import Marks

_KILLED: Final = -9
_LAST: Final = 60.0


@define
class Herd:
    """Writers on one spool, while its ``with`` block lasts.

    Attributes:
        lives: how many there were.
        killed: how many of them were killed.
        failed: how many ended by themselves, otherwise than they should.
    """

    spool: Path
    marks: Marks
    marks_path: Path
    url: str
    lives: int = 0
    killed: int = 0
    failed: int = 0
    _living: dict[int, int] = field(factory=dict)
    _nursery: subprocess.Popen[str] = field(init=False)

    def start(self) -> None:
        """Start one more."""
        self._living[self.lives] = self._order("start", self.lives)
        self.lives += 1

    @property
    def first(self) -> int:
        """The process that is never killed."""
        return self._living[0]

    def kill_one(self, chance: Random) -> bool:
        """Kill one that has written something, not the first, and start another; False if none has."""
        at_work = [life for life in self._living if life and self.marks.accepted(life)]
        if not at_work:
            return False
        victim = chance.choice(at_work)
        del self._living[victim]
        self.failed += self._order("kill", victim) != _KILLED
        self.killed += 1
        self.start()
        return True

    def wait(self) -> None:
        """Wait until all have ended, as they were told to."""
        while self._living:
            life, _ = self._living.popitem()
            self.failed += self._order("wait", life) != 0

    def _order(self, order: str, life: int) -> int:
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(f"{order} {life}\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline())

    def __enter__(self) -> Herd:
        arguments = [str(self.spool), str(self.marks_path), self.url]
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.soak.nursery", *arguments],
            cwd=ROOT,
            env=child_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._nursery as nursery:
            assert nursery.stdin is not None
            nursery.stdin.close()
            nursery.wait(_LAST)

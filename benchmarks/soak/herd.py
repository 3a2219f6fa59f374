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

_LAST: Final = 90.0


@define
class Herd:
    """Writers on one spool, while its ``with`` block lasts.

    Attributes:
        killed: how many.
        failed: how many ended by themselves, otherwise than they should.
    """

    spool: Path
    marks: Marks
    marks_path: Path
    url: str
    killed: int = 0
    failed: int = 0
    _lives: int = 0
    _living: dict[int, subprocess.Popen[bytes]] = field(factory=dict)

    def start(self) -> None:
        """Start one more."""
        life = self._lives
        self._lives += 1
        arguments = [str(life), str(self.spool), str(self.marks_path), self.url]
        self._living[life] = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.soak.writer", *arguments], cwd=ROOT, env=child_environment()
        )

    @property
    def first(self) -> int:
        """The process that is never killed."""
        return self._living[0].pid

    def kill_one(self, chance: Random) -> bool:
        """Kill one that has written something, not the first, and start another; False if none has."""
        at_work = [life for life in self._living if life and self.marks.accepted(life)]
        if not at_work:
            return False
        victim = self._living.pop(chance.choice(at_work))
        self.failed += victim.poll() is not None
        victim.kill()
        victim.wait()
        self.killed += 1
        self.start()
        return True

    def wait(self) -> None:
        """Wait until all have ended, as they were told to."""
        while self._living:
            _, process = self._living.popitem()
            self.failed += process.wait(_LAST) != 0

    @property
    def lives(self) -> int:
        """How many writers there were."""
        return self._lives

    def __enter__(self) -> Herd:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._living.values():
            process.kill()
            process.wait()

"""Running every measure with every client, in turns."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from attrs import define, field, frozen

from benchmarks.environment import ROOT, child_environment
from benchmarks.measures import IMPORT_ROWS, MEASURES, Row
from benchmarks.peers import PEERS
from benchmarks.sink import Sink

# Seconds that one run may take.
TIMEOUT: Final = 90.0
_IMPORT_REPEATS: Final = 7
_TIMED_IMPORT: Final = """
import time
started = time.perf_counter()
import {module}
imported = time.perf_counter()
{make}
ready = time.perf_counter()
import os
print((imported - started) * 1_000, (ready - started) * 1_000, flush=True)
os._exit(0)
"""


class ProbeError(Exception):
    """A run failed; the text is the last line that it printed."""


@define
class Samples:
    """What the runs of one client gave: figures by row, and by measure why there are none."""

    values: dict[str, list[float]] = field(factory=lambda: defaultdict(list))
    lost: dict[str, int] = field(factory=lambda: defaultdict(int))
    skipped: dict[str, str] = field(factory=dict)
    failures: dict[str, str] = field(factory=dict)

    def median(self, key: str) -> float | None:
        """The median of a row, or None."""
        return median(self.values[key]) if self.values.get(key) else None


@frozen
class Plan:
    """What to run.

    Attributes:
        measures: names of measures, and ``import``.
        peers: names of clients.
        quick: few events, once.
        repeats: runs at most, in place of each measure's own number.
    """

    measures: Sequence[str]
    peers: Sequence[str]
    quick: bool = False
    repeats: int | None = None

    @property
    def rows(self) -> list[Row]:
        """The rows that it gives, in order."""
        rows = [row for name in self.measures if name in MEASURES for row in MEASURES[name].rows]
        return [*rows, *IMPORT_ROWS] if "import" in self.measures else rows

    def turns(self, repeats: int) -> range:
        """The rounds in which every client has a run."""
        return range(1 if self.quick else self.repeats or repeats)


def run(plan: Plan, tell: Callable[[str], None]) -> dict[str, Samples]:
    """Run the plan, the clients taking turns, so that a busy moment of the machine hits all of them."""
    results = {name: Samples() for name in plan.peers}
    for name in plan.measures:
        if name == "import":
            _run_imports(plan, results, tell)
        else:
            _run_measure(plan, name, results, tell)
    return results


def _run_measure(plan: Plan, name: str, results: dict[str, Samples], tell: Callable[[str], None]) -> None:
    measure = MEASURES[name]
    events = measure.events[1 if plan.quick else 0]
    for turn in plan.turns(measure.repeats):
        for peer, samples in results.items():
            if measure.mode in {"hang", "gate"} and PEERS[peer].waits_inside_calls:
                samples.skipped[name] = "it sends within calls and keeps no queue"
            if name in samples.skipped or name in samples.failures:
                continue
            tell(f"{name} {turn + 1}: {peer}")
            try:
                _add(samples, name, _probe(name, measure.mode, peer, events))
            except ProbeError as error:
                samples.failures[name] = str(error)


def _add(samples: Samples, name: str, reading: dict[str, Any]) -> None:
    for key, value in reading["values"].items():
        samples.values[key].append(value)
    samples.lost[name] += reading["lost"]


def _probe(name: str, mode: str, peer: str, events: int) -> dict[str, Any]:
    # What a client keeps on disk goes there, and is removed with it.
    with Sink(mode) as sink, TemporaryDirectory() as folder:
        reading: dict[str, Any] = json.loads(
            _output(["-m", "benchmarks.probe", name, peer, sink.url, str(events)], TMPDIR=folder)
        )
    return reading


def _run_imports(plan: Plan, results: dict[str, Samples], tell: Callable[[str], None]) -> None:
    for turn in plan.turns(_IMPORT_REPEATS):
        for peer, samples in results.items():
            if not PEERS[peer].make:
                continue
            tell(f"import {turn + 1}: {peer}")
            command = ["-c", _TIMED_IMPORT.format(module=PEERS[peer].module, make=PEERS[peer].make)]
            try:
                if turn == 0:
                    _output(command)  # writes the compiled files, where they are missing
                figures = map(float, _output(command).split())
            except ProbeError as error:
                samples.failures["import"] = str(error)
                continue
            for row, milliseconds in zip(IMPORT_ROWS, figures, strict=True):
                samples.values[row.key].append(milliseconds)


def _output(arguments: Iterable[str], **environment: str) -> str:
    """What a fresh interpreter prints last."""
    try:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**child_environment(), **environment},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ProbeError(f"took longer than {TIMEOUT:.0f} s") from None
    if done.returncode or not done.stdout.strip():
        raise ProbeError((done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1])
    return done.stdout.strip().splitlines()[-1]

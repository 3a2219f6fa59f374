"""The whole of it: write and kill for a while, then deliver what is left, then add up."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from attrs import frozen

from benchmarks.environment import ROOT, child_environment
from benchmarks.soak.account import Account, account, dead_letters
from benchmarks.soak.arrivals import read_all
from benchmarks.soak.gauges import Gauges
from benchmarks.soak.herd import Herd
from benchmarks.soak.marks import END, GO, HOLD, Marks
from benchmarks.soak.plan import Plan

# The highest rate that the machine holds: writers pause while so many bytes wait to be delivered.
_MOST: Final = 24_000_000
_SAMPLE: Final = 0.5
_LOOK: Final = 0.02
_DRAIN: Final = 240.0
_SETUP: Final = 60.0
_COMMAND: Final = "import sys; from analytics_mixpanel.cli import main; sys.exit(main())"


@frozen
class Result:
    """What came of a soak.

    Attributes:
        account: the sum.
        kills: how many processes were killed.
        failed: writers that ended as they should not have.
        seconds: of writing.
        drained_in: seconds that the rest took after that.
        answers: how many requests the server answered in which way.
        left: messages that are still in the spool.
        gauges: what it took of the machine.
    """

    account: Account
    kills: int
    failed: int
    seconds: float
    drained_in: float
    answers: Mapping[str, int]
    left: int
    gauges: Gauges


def soak(plan: Plan, tell: Callable[[str], None] = lambda _: None) -> Result:
    """Do it."""
    with TemporaryDirectory(prefix="soak-") as folder:
        spool, marks_path, arrivals = (Path(folder) / name for name in ("spool", "marks", "arrivals"))
        gauges = Gauges()
        with _server(arrivals, plan.seed) as url, Marks(marks_path, plan.lives) as marks:
            began = time.monotonic()
            with Herd(spool, marks, marks_path, url) as herd:
                _write_and_kill(plan, herd, gauges, tell)
                seconds = time.monotonic() - began
                answers = _ask(url, "/calm")
                marks.order = END
                herd.wait()
            tell("delivering what is left")
            left = _drain(spool, url)
            drained_in = time.monotonic() - began - seconds
            tell("adding up")
            accepted = {life: marks.accepted(life) for life in range(herd.lives)}
            refused = sum(marks.refused(life) for life in range(herd.lives))
        total = account(accepted, refused, read_all(arrivals), dead_letters(spool))
        return Result(total, herd.killed, herd.failed, seconds, drained_in, answers, left, gauges)


def _write_and_kill(plan: Plan, herd: Herd, gauges: Gauges, tell: Callable[[str], None]) -> None:
    chance = Random(plan.seed)
    for _ in range(plan.writers):
        herd.start()
    _wait_for_all(herd, plan.writers)
    began = time.monotonic()
    sample_at = told_at = began
    due = iter(sorted(chance.uniform(0.0, plan.seconds) for _ in range(plan.kills)))
    kill_at = next(due, None)
    while (now := time.monotonic() - began) < plan.seconds or kill_at is not None:
        if kill_at is not None and now >= kill_at and herd.kill_one(chance):
            kill_at = next(due, None)
        if time.monotonic() >= sample_at:
            size = gauges.sample(now, herd.first, herd.spool)
            herd.marks.order = HOLD if size > _MOST else GO
            sample_at = time.monotonic() + _SAMPLE
        if time.monotonic() >= told_at:
            tell(f"{now:.0f} s, {herd.killed} killed, {gauges.disk.values[-1]:,.0f} MB on disk")
            told_at = time.monotonic() + 10.0
        time.sleep(_LOOK)


def _wait_for_all(herd: Herd, writers: int) -> None:
    deadline = time.monotonic() + _SETUP
    while not all(herd.marks.accepted(life) for life in range(writers)):
        if time.monotonic() > deadline:
            raise TimeoutError("the writers did not begin")
        time.sleep(_LOOK)


def _drain(spool: Path, url: str) -> int:
    """Have the command deliver what nobody lives to deliver; how many messages it leaves."""
    command = [sys.executable, "-c", _COMMAND, "queue", "drain", str(spool), "--json"]
    done = subprocess.run(
        [*command, "--token", "soak", "--host", url, "--timeout", str(_DRAIN)],
        cwd=ROOT,
        env=child_environment(),
        capture_output=True,
        text=True,
        timeout=_DRAIN + _SETUP,
        check=False,
    )
    try:
        left: int = json.loads(done.stdout)["left"]
    except ValueError:
        raise RuntimeError(f"the rest could not be delivered: {done.stderr}") from None
    return left


@contextmanager
def _server(arrivals: Path, seed: int) -> Iterator[str]:
    arrivals.touch()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        descriptor = os.dup(listening.fileno())
    try:
        arguments = [str(descriptor), str(arrivals), str(seed)]
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.soak.server", *arguments],
            cwd=ROOT,
            env=child_environment(),
            pass_fds=[descriptor],
        )
    finally:
        os.close(descriptor)
    try:
        yield url
    finally:
        process.kill()
        process.wait()


def _ask(url: str, path: str) -> dict[str, int]:
    connection = HTTPConnection(url.removeprefix("http://"), timeout=_SETUP)
    try:
        connection.request("GET", path)
        answer: dict[str, int] = json.loads(connection.getresponse().read())
        return answer
    finally:
        connection.close()

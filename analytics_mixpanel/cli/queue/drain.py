"""Deliver what ended processes have left in a spool, with a client made from the environment."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from attrs import define, field

from analytics_mixpanel.accounts import Stats
from analytics_mixpanel.cli.output import add_json, print_json
from analytics_mixpanel.cli.progress import progress
from analytics_mixpanel.cli.queue.spools import spools
from analytics_mixpanel.client import Client
from analytics_mixpanel.hookspecs import hookimpl
from analytics_mixpanel.queues.spool import SpoolQueue

Place: TypeAlias = tuple[str, str]

# Seconds between two looks at whether a setting is wrong, which makes waiting useless.
_LOOK: Final = 0.5


@define(eq=False)
class Fates:
    """A plugin that observes: counts what becomes of messages, by destination."""

    name: str = "drain"
    advance: Callable[[int], None] = lambda _: None
    settled: Counter[str] = field(factory=Counter)
    _changed: threading.Condition = field(factory=threading.Condition)

    @hookimpl
    def delivered(self, destination: str) -> None:
        """Count."""
        self._settle(destination)

    @hookimpl
    def rejected(self, destination: str) -> None:
        """Count."""
        self._settle(destination)

    @hookimpl
    def dropped(self, destination: str) -> None:
        """Count."""
        self._settle(destination)

    def _settle(self, destination: str) -> None:
        with self._changed:
            self.settled[destination] += 1
            self.advance(1)
            self._changed.notify_all()

    def wait(self, counts: Counter[str], timeout: float) -> bool:
        """Wait until so many are settled; False when they are not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: counts <= self.settled, timeout)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--timeout",
        type=float,
        default=300.0,
        metavar="SECONDS",
        help="how long it may take (default: %(default)s)",
    )
    parser.add_argument("--token", help="project token; else MIXPANEL_TOKEN")
    parser.add_argument("--host", help="API host; else MIXPANEL_API_HOST")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Deliver, then say what became of it; 1 unless all of it was delivered and nothing is left."""
    # Looked at before there is a client: who looks holds the locks for a moment, and that wants them.
    orphaned = _orphaned(options.directory)
    if not orphaned:
        return _report([], 0, [], as_json=options.json)
    fates = Fates()
    client = Client(
        options.token,
        options.host,
        queue=f"spool:{_root(options.directory)}",
        when_full="drop-new",
        plugins=[fates],
        upload_interval=0.0,
    )
    try:
        waiting = _ours(orphaned, client)
        with progress("delivering", waiting.total(), show=not options.json) as fates.advance:
            trouble = _wait(client, fates, waiting, time.monotonic() + options.timeout)
    finally:
        client.shutdown(0.0)
    if others := orphaned.total() - waiting.total():
        trouble.append(f"{others} messages are for another project, host or destination than this client's")
    left = _orphaned(options.directory).total()
    return _report(list(client.stats().values()), left, trouble, as_json=options.json)


def _ours(orphaned: Counter[Place], client: Client) -> Counter[str]:
    """How many messages this client can deliver, by destination."""
    assert isinstance(client.queue, SpoolQueue)
    spool, names = client.queue.path.name, client.stats()
    return Counter({name: count for (at, name), count in orphaned.items() if at == spool and name in names})


def _root(directory: str) -> Path:
    """What the client was given: the directory of several projects' spools."""
    with spools(directory) as found:
        path = Path(directory).absolute()
        return path.parent if found[0].directory.path.absolute() == path else path


def _orphaned(directory: str) -> Counter[Place]:
    """How many messages wait whose processes have ended, by spool and destination."""
    with spools(directory) as found:
        return Counter(
            (spool.name, destination)
            for spool in found
            for instance in spool.instances()
            if not instance.alive
            for pending in instance.pending()
            for destination in pending.destinations
        )


def _wait(client: Client, fates: Fates, waiting: Counter[str], deadline: float) -> list[str]:
    """Wait until everything is settled, the time is up or nothing can be; what is in the way."""
    client.hurry()
    while (left := deadline - time.monotonic()) > 0:
        if fates.wait(waiting, min(left, _LOOK)):
            return []
        health = {name: each for name, each in client.health.items() if waiting[name]}
        if health and all(each.state == "paused" for each in health.values()):
            break
    return [f"{name}: {each}" for name, each in client.health.items() if each.state != "ok"]


def _report(stats: Sequence[Stats], left: int, trouble: Sequence[str], *, as_json: bool) -> int:
    for line in trouble:
        print(line, file=sys.stderr)
    delivered = sum(each.delivered for each in stats)
    rejected = sum(each.rejected for each in stats)
    dropped = sum((Counter(each.dropped) for each in stats), Counter[str]())
    if as_json:
        print_json({"delivered": delivered, "rejected": rejected, "dropped": dropped, "left": left})
    else:
        print(f"{delivered} delivered, {rejected} rejected, {dropped.total()} dropped, {left} left")
    return int(bool(rejected or dropped or left))

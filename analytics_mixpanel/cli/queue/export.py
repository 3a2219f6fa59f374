"""Print the messages that wait in a spool, as JSON lines in Segment's wire form."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from analytics_mixpanel.cli.progress import progress
from analytics_mixpanel.cli.queue.spools import Spool, spools


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--destination", metavar="NAME", help="only what waits for this one")
    parser.add_argument("--dead", action="store_true", help="the messages of dead letters as well")


def run(options: argparse.Namespace) -> int:
    """Print one line for each message."""
    with spools(options.directory) as found:
        size = sum(instance.size for spool in found for instance in spool.instances())
        with progress("reading", size, show=not sys.stdout.isatty()) as advance:
            for spool in found:
                for body in _bodies(spool, options.destination, dead=options.dead):
                    sys.stdout.buffer.write(body + b"\n")
                    advance(len(body))
    sys.stdout.buffer.flush()
    return 0


def _bodies(spool: Spool, destination: str | None, *, dead: bool) -> Iterator[bytes]:
    for instance in spool.instances():
        for pending in instance.pending():
            if destination is None or destination in pending.destinations:
                yield pending.body
    for found in spool.letters() if dead else ():
        if found.letter and destination in {None, found.letter.destination}:
            yield found.letter.body

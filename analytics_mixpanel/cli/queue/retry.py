"""Put dead letters back into the queue, for the destination that did not get them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from attrs import define

from analytics_mixpanel.cli.output import add_json, print_json
from analytics_mixpanel.cli.progress import progress
from analytics_mixpanel.cli.queue.choice import add_choice, is_chosen
from analytics_mixpanel.cli.queue.spools import Spool, spools
from analytics_mixpanel.dead_letters import Letter
from analytics_mixpanel.dead_letters.files import append, lines, name_of, new_instance, take_away
from analytics_mixpanel.queues.spool.queue import SpoolQueue, SpoolSettings


@define
class Done:
    """What came of it.

    Attributes:
        retried: letters that are in the queue again.
        kept: letters that were not chosen, or for which there was no room.
        failed: how many of them there was no room for.
    """

    retried: int = 0
    kept: int = 0
    failed: int = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_choice(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Move letters, then say how many; 1 if there was no room for some.

    A client that runs on the directory delivers them within half a minute, else the next that does.
    """
    done = Done()
    with spools(options.directory) as found:
        files = [(spool, file) for spool in found for file in spool.dead()]
        size = sum(spool.directory.size(file) for spool, file in files)
        with progress("putting back", size, show=not options.json) as advance:
            for spool, file in files:
                _retry(spool, file, options, done, advance)
    if options.json:
        print_json({"retried": done.retried, "kept": done.kept, "failed": done.failed})
    else:
        print(f"{done.retried} put back into the queue, {done.kept} kept as dead letters")
        if done.retried:
            print("a client that runs delivers them within half a minute; `queue drain` does at once")
        if done.failed:
            print(f"{done.failed} of these found no room in the queue")
    return int(bool(done.failed))


def _retry(
    spool: Spool, file: str, options: argparse.Namespace, done: Done, advance: Callable[[int], None]
) -> None:
    """Move one file's letters; whatever interrupts this, each is in the queue or a dead letter, or both."""
    taken = take_away(spool.directory, file)
    chosen: list[Letter] = []
    rest: list[bytes] = []
    for found in lines(spool.directory, taken):
        advance(len(found.line))
        if found.letter and is_chosen(found.letter, options):
            chosen.append(found.letter)
        else:
            rest.append(found.line)
    failed = _put(spool, chosen)
    if rest or failed:
        data = b"".join([*rest, *(letter.line for letter in failed)])
        append(spool.directory, name_of(new_instance(), 0), data)
    spool.directory.remove(taken)
    done.retried += len(chosen) - len(failed)
    done.kept += len(rest) + len(failed)
    done.failed += len(failed)


def _put(spool: Spool, letters: Sequence[Letter]) -> list[Letter]:
    """Put letters into the queue; those for which there is no room on the disk."""
    path = spool.directory.path
    queue = SpoolQueue(SpoolSettings(path.parent, path.name))
    try:
        names = dict.fromkeys(letter.destination for letter in letters)
        readers = [reader for name in names for reader in queue.open(name)]
        refused = {letter.body for letter in letters if queue.put(letter.body, (letter.destination,))}
        # Where the disk fails they are kept in memory, which ends with this command.
        refused.update(body for reader in readers for body in reader.close())
        return [letter for letter in letters if letter.body in refused]
    finally:
        queue.close()

"""Remove what is in a spool for ever: messages of ended processes, damaged files, dead letters."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from attrs import frozen

from analytics_mixpanel.cli.output import add_json, print_json, size_in_words
from analytics_mixpanel.cli.queue.spools import Spool, counted, spools
from analytics_mixpanel.queues.spool.adoption import segments_of
from analytics_mixpanel.queues.spool.directory import Directory
from analytics_mixpanel.queues.spool.locks import InstanceLock, lock_file

_KINDS = ("pending", "dead", "corrupt")


@frozen
class Heap:
    """Something to remove.

    Attributes:
        kind: ``pending``, ``dead`` or ``corrupt``.
        instance: whose messages they are, or "".
        files: by name.
        messages: how many are in them; None where nobody can say.
    """

    kind: str
    directory: Directory
    instance: str
    files: tuple[str, ...]
    messages: int | None

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(map(self.directory.size, self.files))

    def __str__(self) -> str:
        what = "damaged files" if self.messages is None else f"{self.messages} messages"
        source = f" of the ended process {self.instance}" if self.instance else ""
        return f"{self.directory.path}: {self.kind}: {what}{source}, {size_in_words(self.size)}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--only",
        choices=_KINDS,
        action="append",
        help="remove nothing else; may be given more than once (default: all)",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Say what there is, ask, and remove it; 1 if the answer was no.

    What living processes have written stays: it is theirs to deliver.
    """
    kinds = options.only or _KINDS
    with spools(options.directory) as found:
        heaps = [heap for spool in found for heap in _heaps(spool) if heap.kind in kinds]
        for heap in heaps:
            print(heap, file=sys.stderr)
        if not heaps:
            print("there is nothing to remove", file=sys.stderr)
            return 0
        if not options.yes and not _agreed():
            return 1
        for heap in heaps:
            _report(heap, removed=_remove(heap), as_json=options.json)
    return 0


def _heaps(spool: Spool) -> Iterator[Heap]:
    directory = spool.directory
    for instance in spool.instances():
        if not instance.alive:
            counts, _ = counted(instance.pending())
            files = [file for segment in instance.segments for file in (segment.file, segment.acks)]
            there = [file for file in (*files, lock_file(instance.name)) if file in directory.names()]
            yield Heap("pending", directory, instance.name, tuple(there), max(counts.values(), default=0))
    if dead := spool.dead():
        letters = sum(1 for found in spool.letters() if found.letter)
        yield Heap("dead", directory, "", tuple(dead), letters)
    if corrupt := spool.corrupt():
        yield Heap("corrupt", directory, "", tuple(corrupt), None)


def _agreed() -> bool:
    print("Remove this for ever? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _remove(heap: Heap) -> bool:
    """Remove the files; False if a process has taken them over meanwhile."""
    if not heap.instance or lock_file(heap.instance) not in heap.directory.names():
        for file in heap.files:
            heap.directory.remove(file)
        return True
    lock = InstanceLock.take(heap.directory, heap.instance)
    if lock is None:
        return False
    for segment in segments_of(heap.instance, heap.directory.names()):
        heap.directory.remove(segment.file)
        heap.directory.remove(segment.acks)
    lock.remove()
    return True


def _report(heap: Heap, *, removed: bool, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "kind": heap.kind,
                "spool": heap.directory.path.name,
                "instance": heap.instance,
                "files": len(heap.files),
                "messages": heap.messages,
                "removed": removed,
            }
        )
    else:
        print(
            f"{'removed' if removed else 'kept, a process has it now'}: {heap.kind} {heap.instance}".rstrip()
        )

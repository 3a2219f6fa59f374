"""What reached the server: a file of requests as they came, and what is in them."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, TypeAlias

import orjson
from attrs import define, field

_HEAD: Final = struct.Struct("<I?")
# More calls than a life has.
_CALLS: Final = 1 << 40
# A writer's life, and the number of the call in it.
Call: TypeAlias = tuple[int, int]


class Request(NamedTuple):
    """What was in a request that was taken.

    Attributes:
        records: the events.
        answered: whether the server said so.
    """

    records: list[dict[str, Any]]
    answered: bool = True


def write(file: BinaryIO, body: bytes, *, answered: bool = True) -> None:
    """Append a request's body."""
    file.write(_HEAD.pack(len(body), answered) + body)


def read(path: Path) -> Iterator[Request]:
    """The requests, in the order of arrival."""
    with path.open("rb") as file:
        while head := file.read(_HEAD.size):
            length, answered = _HEAD.unpack(head)
            yield Request(orjson.loads(gzip.decompress(file.read(length))), answered)


@define
class Arrivals:
    """What arrived, by life.

    Attributes:
        unanswered: duplicates of events whose first request the server had not answered.
        killed: other duplicates: of events whose process was killed before it had noted the answer.
        different: duplicates that differ from what had arrived in event, user, time or ``$insert_id``.
    """

    unanswered: int = 0
    killed: int = 0
    different: int = 0
    # Millions of numbers, which cost the garbage collector nothing: by the call's, what tells an event.
    _seen: dict[int, int] = field(init=False, factory=dict, repr=False)
    _to_come_again: set[int] = field(init=False, factory=set, repr=False)

    def add(self, request: Request) -> None:
        """Count a request's records."""
        for record in request.records:
            properties = record["properties"]
            call = _packed((properties["life"], properties["number"]))
            told_by = _told_by(record)
            first = self._seen.get(call)
            if first is None:
                self._seen[call] = told_by
            else:
                self.different += first != told_by
                self._count_again(call)
            if not request.answered:
                self._to_come_again.add(call)

    def _count_again(self, call: int) -> None:
        if call in self._to_come_again:
            self._to_come_again.discard(call)
            self.unanswered += 1
        else:
            self.killed += 1

    @property
    def duplicates(self) -> int:
        """Events that had arrived before."""
        return self.unanswered + self.killed

    @property
    def distinct(self) -> int:
        """How many different events arrived."""
        return len(self._seen)

    def has(self, call: Call) -> bool:
        """Whether this call's event arrived."""
        return _packed(call) in self._seen

    def calls(self) -> Iterator[Call]:
        """The calls whose events arrived."""
        return (divmod(packed, _CALLS) for packed in self._seen)


def _packed(call: Call) -> int:
    life, number = call
    return life * _CALLS + number


def _told_by(record: dict[str, Any]) -> int:
    """The four values that Mixpanel tells duplicates by, as little as is needed to compare them."""
    properties = record["properties"]
    return hash((record["event"], properties["distinct_id"], properties["time"], properties["$insert_id"]))


def read_all(path: Path) -> Arrivals:
    """Everything that arrived."""
    arrivals = Arrivals()
    for request in read(path):
        arrivals.add(request)
    return arrivals

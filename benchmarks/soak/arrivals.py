"""What reached the server: a file of requests as they came, and what is in them."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, TypeAlias

import orjson
from attrs import define, field

_HEAD: Final = struct.Struct("<I?")
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
    _seen: dict[Call, tuple[int, bool]] = field(factory=dict, repr=False)

    def add(self, request: Request) -> None:
        """Count a request's records."""
        for record in request.records:
            properties = record["properties"]
            call = (properties["life"], properties["number"])
            first = self._seen.get(call)
            if first is None:
                self._seen[call] = _told_by(record), request.answered
            else:
                self._count_again(first, record, request)

    def _count_again(self, first: tuple[int, bool], record: dict[str, Any], request: Request) -> None:
        told_by, answered = first
        if answered:
            self.killed += 1
        else:
            self.unanswered += 1
        self.different += told_by != _told_by(record)
        properties = record["properties"]
        self._seen[properties["life"], properties["number"]] = told_by, request.answered

    @property
    def duplicates(self) -> int:
        """Events that had arrived before."""
        return self.unanswered + self.killed

    @property
    def distinct(self) -> int:
        """How many different events arrived."""
        return len(self._seen)

    def __contains__(self, call: object) -> bool:
        return call in self._seen

    def calls(self) -> Iterable[Call]:
        """The calls whose events arrived."""
        return self._seen.keys()


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

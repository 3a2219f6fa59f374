"""Making room in a spool: the oldest whole segments go of which nothing is on its way."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.queues.spool.home import LiveSegment
from analytics_mixpanel.queues.spool.room import Room
from analytics_mixpanel.queues.spool.segment import messages

if TYPE_CHECKING:
    from analytics_mixpanel.queues.spool.line import SpoolLine
    from analytics_mixpanel.queues.spool.log import Log


def displace(logs: Sequence[Log], room: Room) -> dict[str, list[bytes]]:
    """Remove as many segments as make room, of the first log first; what each destination loses.

    Nothing is removed where all of it would not be enough: other processes have the rest.
    """
    lost: dict[str, list[bytes]] = {}
    if sum(log.displaceable for log in logs) < room.lack:
        return lost
    for log in logs:
        while room.lack and (displaced := log.displace()):
            segment, losses = displaced
            for line, bodies in _read(segment, losses).items():
                lost.setdefault(line.destination, []).extend(bodies)
            segment.remove()
    return lost


def _read(segment: LiveSegment, losses: Mapping[SpoolLine, int]) -> dict[SpoolLine, list[bytes]]:
    """What a segment has for these lines; what cannot be read is an empty message."""
    found: dict[SpoolLine, list[bytes]] = {line: [] for line in losses}
    try:
        descriptor = segment.directory.open_file(segment.name.file)
        try:
            for _, destinations, body in messages(descriptor, segment.header):
                for line, bodies in found.items():
                    if destinations >> line.place & 1:
                        bodies.append(body)
        finally:
            os.close(descriptor)
    except OSError as error:
        log_seldom("spool displace", "what makes room in the spool cannot be read: %s", place_of(error))
    for line, count in losses.items():
        found[line].extend([b"{}"] * (count - len(found[line])))
    return found

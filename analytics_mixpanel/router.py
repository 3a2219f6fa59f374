"""From an encoded message to the queue, for the destinations that want it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from zlib import crc32

from attrs import frozen

from analytics_mixpanel.accounts import ACCEPTED, Stats
from analytics_mixpanel.courier import Pace
from analytics_mixpanel.lane import Lane
from analytics_mixpanel.losses import OnError
from analytics_mixpanel.message import Message
from analytics_mixpanel.plugins import Destination, Plugins
from analytics_mixpanel.queues.in_hand import InHand
from analytics_mixpanel.queues.memory import MemoryQueue


@frozen
class RouterSettings:
    """What a router is made from.

    Attributes:
        maxsize: messages a destination may have pending.
        max_bytes: bytes of them.
        shards: threads a destination; a user's messages always go to the same one.
        sync: deliver within the call.
        pace: sizes and times of batches.
        on_error: told of losses.
    """

    maxsize: int
    max_bytes: int
    shards: int
    sync: bool
    pace: Pace
    on_error: OnError | None


class Router:
    """The queue of one client in one process, and a lane for each destination."""

    def __init__(
        self, settings: RouterSettings, plugins: Plugins, destinations: Sequence[Destination]
    ) -> None:
        self.queue = MemoryQueue(settings.maxsize, settings.max_bytes, settings.shards)
        self.lanes: tuple[Lane, ...] = ()
        self.closed = False
        self._settings = settings
        self._plugins = plugins
        self._names: tuple[str, ...] = ()
        for destination in destinations:
            self.add(destination)

    def add(self, destination: Destination) -> None:
        """Open a lane: the destination gets what is accepted from now on."""
        settings = self._settings
        readers = [InHand()] if settings.sync else self.queue.open(destination.name)
        lane = Lane(destination, readers, self._plugins, settings.on_error, settings.pace)
        self.lanes = (*self.lanes, lane)
        self._names = tuple(lane.destination.name for lane in self.lanes)

    def remove(self, name: str, deadline: float) -> None:
        """Close a destination's lane, delivering what it still has."""
        for lane in self.lanes:
            if lane.destination.name == name:
                self.lanes = tuple(each for each in self.lanes if each is not lane)
                self._names = tuple(each.destination.name for each in self.lanes)
                lane.hurry()
                lane.flush(deadline)
                lane.close(deadline)

    def accept(self, message: Message, body: bytes) -> bool:
        """Queue a message for every destination that wants it; whether all of them had room."""
        integrations = message.get("integrations")
        lanes, names = self.lanes, self._names
        if integrations:
            lanes = tuple(lane for lane in lanes if lane.wants(integrations))
            names = tuple(lane.destination.name for lane in lanes)
        if self.closed:
            self._drop(lanes, message, "shutdown")
            return False
        for lane in lanes:
            lane.account.add(ACCEPTED)
        if self._settings.sync:
            return self._deliver(lanes, body)
        refused = self.queue.put(body, names, self._shard(message)) if lanes else ()
        for lane in lanes:
            if refused and lane.destination.name in refused:
                lane.losses.drop([message], "shutdown" if self.closed else "queue full")
            elif not lane.started:
                lane.start()
        return not refused

    def drop(self, message: Message, reason: str) -> None:
        """Give a message up before it was queued."""
        integrations = message.get("integrations")
        self._drop([lane for lane in self.lanes if lane.wants(integrations)], message, reason)

    @staticmethod
    def _drop(lanes: Sequence[Lane], message: Message, reason: str) -> None:
        for lane in lanes:
            lane.account.add(ACCEPTED)
            lane.losses.drop([message], reason)

    def _shard(self, message: Message) -> int:
        if self._settings.shards == 1:
            return 0
        user = message.get("userId") or message.get("anonymousId") or ""
        return crc32(str(user).encode("utf-8", "replace")) % self._settings.shards

    def _deliver(self, lanes: Sequence[Lane], body: bytes) -> bool:
        """Deliver on the caller's thread; whether every destination took it."""
        give_up_at = time.monotonic() + self._settings.pace.timeout
        return all([lane.couriers[0].deliver([body], give_up_at) for lane in lanes])

    def hurry(self) -> None:
        """Let everything that waits be tried now."""
        for lane in self.lanes:
            lane.hurry()

    def flush(self, deadline: float) -> int:
        """Wait until everything is settled; how many messages are not, at the deadline."""
        self.hurry()
        return sum(lane.flush(deadline) for lane in self.lanes)

    def close(self, deadline: float) -> int:
        """Flush, then stop every lane; how many messages that lost."""
        self.closed = True
        self.flush(deadline)
        return sum(lane.close(deadline) for lane in self.lanes)

    def stats(self) -> dict[str, Stats]:
        """What became of the messages, by destination."""
        return {lane.destination.name: lane.account.stats() for lane in self.lanes}

"""From an encoded message to the queue, for the destinations that want it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final
from zlib import crc32

from attrs import evolve, frozen

from analytics_mixpanel.accounts import ACCEPTED, Stats
from analytics_mixpanel.errors import QueueFull
from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.lanes.courier import Pace
from analytics_mixpanel.lanes.lane import Lane
from analytics_mixpanel.losses import OnError
from analytics_mixpanel.message import Message
from analytics_mixpanel.plugins import Destination, Plugins
from analytics_mixpanel.queues.choosing import QueueSettings, is_durable, make_queue
from analytics_mixpanel.queues.in_hand import InHand
from analytics_mixpanel.queues.overflow import WhenFull, overflow

QUEUE_FULL: Final = "queue full"
#: Seconds that a shutdown waits for messages which outlive the process, where delivering them fails.
BRIEFLY: Final = 1.0


@frozen
class RouterSettings:
    """What a router is made from.

    Attributes:
        queue: where messages wait.
        when_full: what gives way when there is no room.
        sync: deliver within the call.
        pace: sizes and times of batches.
        on_error: told of losses.
    """

    queue: QueueSettings
    when_full: WhenFull
    sync: bool
    pace: Pace
    on_error: OnError | None


class Router:
    """The queue of one client in one process, and a lane for each destination."""

    def __init__(
        self, settings: RouterSettings, plugins: Plugins, destinations: Sequence[Destination]
    ) -> None:
        keys = [each.project_key for each in destinations if each.project_key]
        self.queue = make_queue(evolve(settings.queue, project_keys=keys))
        self.lanes: tuple[Lane, ...] = ()
        self.closed = False
        self._overflow = overflow(settings.when_full, self.queue, self._give_up)
        self._durable = is_durable(settings.queue.kind)
        self._settings = settings
        self._plugins = plugins
        self._names: tuple[str, ...] = ()
        for destination in destinations:
            self.add(destination)

    def add(self, destination: Destination) -> None:
        """Open a lane: the destination gets what is accepted from now on."""
        settings = self._settings
        readers = self.queue.open(destination.name)
        in_hand = InHand(self._durable) if settings.sync else None
        dead_letters = self.queue.dead_letters
        lane = Lane(
            destination, readers, self._plugins, settings.on_error, settings.pace, dead_letters, in_hand
        )
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
                lane.stop()
                lane.join(deadline)

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
        shard = self._shard(message)  # first: once it is counted, whatever fails must be accounted for
        for lane in lanes:
            lane.account.add(ACCEPTED)
        delivered = True
        if self._settings.sync:
            delivered, lanes = self._deliver(lanes, body)
            if not lanes:
                return delivered
            names = tuple(lane.destination.name for lane in lanes)
        try:
            refused = self.queue.put(body, names, shard) if lanes else ()
        except Exception as error:  # noqa: BLE001 - no memory, say: a queue that raises has not kept it
            log_seldom("put", "a message was not kept: %s", place_of(error))
            for lane in lanes:
                lane.losses.drop([message], "error in the queue")
            return False
        for lane in self.lanes if self._durable else lanes:  # others may have left something for any
            if not lane.started:
                lane.start()
        return (not refused or self._overflowed(lanes, message, body, refused, shard)) and delivered

    def _overflowed(
        self, lanes: Sequence[Lane], message: Message, body: bytes, refused: Sequence[str], shard: int
    ) -> bool:
        """Do with a message that found no room what was chosen; whether that kept it for all."""
        refused = self._overflow.put(body, refused, shard)
        for lane in lanes:
            if lane.destination.name in refused:
                lane.losses.drop([message], "shutdown" if self.closed else QUEUE_FULL)
        if refused and self._settings.when_full.kind == "raise" and not self.closed:
            raise QueueFull(refused)
        return not refused

    def _give_up(self, name: str, bodies: list[bytes]) -> None:
        """Account for messages that had to make room for newer ones."""
        for lane in self.lanes:
            if lane.destination.name == name:
                lane.losses.drop_encoded(bodies, QUEUE_FULL)

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
        if self._settings.queue.shards == 1:
            return 0
        user = message.get("userId") or message.get("anonymousId") or ""
        return crc32(str(user).encode("utf-8", "replace")) % self._settings.queue.shards

    def _deliver(self, lanes: Sequence[Lane], body: bytes) -> tuple[bool, tuple[Lane, ...]]:
        """Deliver on the caller's thread; whether those that answered took it, and who is left to the queue.

        These are, where the queue is durable, destinations that it could not be delivered to, and those for
        which older messages wait: it follows them.
        """
        give_up_at = time.monotonic() + self._settings.pace.timeout
        answers = {
            lane: None if lane.pending else lane.hand.deliver([body], give_up_at)
            for lane in lanes
            if lane.hand
        }
        left = tuple(lane for lane, answer in answers.items() if answer is None)
        return False not in answers.values(), left

    def hurry(self) -> None:
        """Let everything that waits be tried now."""
        for lane in self.lanes:
            lane.hurry()

    def flush(self, deadline: float) -> int:
        """Wait until everything is settled; how many messages are not, at the deadline."""
        self.hurry()
        return sum(lane.flush(deadline) for lane in self.lanes)

    def close(self, deadline: float) -> int:
        """Flush, then stop every lane; how many messages that lost, or left to another process."""
        self.closed = True
        ends = dict.fromkeys(self.lanes, deadline)
        try:
            self.hurry()
            briefly = time.monotonic() + BRIEFLY
            ends = {lane: lane.finish(deadline, briefly) for lane in self.lanes}
        finally:  # though somebody has lost patience, and presses Ctrl-C
            lost = sum(lane.stop() for lane in self.lanes)
            for lane, end in ends.items():
                lane.join(end)
            self.queue.close()
        return lost + sum(lane.pending for lane in self.lanes)

    def has_leftovers(self) -> bool:
        """Whether other processes may have left something to deliver."""
        return self._durable and self.queue.has_leftovers()

    def start(self) -> None:
        """Begin to deliver before anything is accepted."""
        for lane in self.lanes:
            lane.start()

    def stats(self) -> dict[str, Stats]:
        """What became of the messages, by destination."""
        return {lane.destination.name: lane.account.stats() for lane in self.lanes}

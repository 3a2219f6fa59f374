"""Where messages wait: bytes in, bytes out, at least once, for each destination by itself.

A queue is written by the caller's thread and read by lanes. It keeps every message until each destination
that it was put for has settled it. ``shard`` keeps the messages of one user in one line: what was put under
the same shard is taken in the order of the calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from analytics_mixpanel.dead_letters.keeping import DeadLetters
    from analytics_mixpanel.queues.ledger import Ledger


class Reader(Protocol):
    """One destination's line of messages; used by one thread at a time.

    Attributes:
        durable: what is not settled outlives the process, so that nothing need be given up.
    """

    durable: bool

    def report_to(self, ledger: Ledger) -> None:
        """Tell from now on what becomes of messages that no courier has in hand."""

    def take(self, limit: int, max_bytes: int, interval: float) -> list[bytes]:
        """Wait for messages and take the oldest.

        Returns as soon as ``limit`` messages or ``max_bytes`` bytes are there, ``interval`` seconds after
        the first one, or at once after :meth:`hurry`; ``[]`` when the reader is closed.
        """

    def take_now(self, limit: int, max_bytes: int) -> list[bytes]:
        """Take the oldest messages without waiting; ``[]`` when there are none."""

    def settle(self, remaining: Sequence[bytes] = ()) -> bool:
        """Be done with everything taken, save ``remaining``.

        False when the reader was closed meanwhile: its messages are already given up.
        """

    def hurry(self) -> None:
        """Let what is there be taken now, not when the interval has passed."""

    def wait_settled(self, timeout: float) -> int:
        """Wait until everything put before this call is settled; how much of it is not, after ``timeout``.

        A batch counts as settled when its reader takes again: until then its outcome is being told.
        """

    @property
    def pending(self) -> int:
        """How many messages are not settled."""

    @property
    def at_risk(self) -> int:
        """How many of them the end of the process would lose, since nothing else keeps them."""

    def close(self) -> list[bytes]:
        """End every wait; return what is lost by closing now: unsettled messages that nothing else keeps."""


class Queue(Protocol):
    """What the client writes to.

    Attributes:
        longest: bytes of the longest message that it can keep.
    """

    longest: int

    @property
    def dead_letters(self) -> DeadLetters | None:
        """Where what was tried in vain is kept; None where nothing outlives the process."""

    def open(self, destination: str) -> Sequence[Reader]:
        """Start keeping messages for a destination; its readers, one a shard."""

    def put(self, body: bytes, destinations: Sequence[str], shard: int = 0) -> Sequence[str]:
        """Keep one encoded message for these destinations; those that had no room for it.

        Never blocks on another thread for longer than a few instructions, and may interrupt itself: a
        signal handler or a finalizer that puts while its own thread is putting loses nothing.
        """

    def wait_for_room(self, destination: str, shard: int, timeout: float) -> bool:
        """Wait until a destination has room again; False when none has come in time, or ever will."""

    def displace(self, destination: str, shard: int) -> Mapping[str, list[bytes]]:
        """Remove a destination's oldest messages that are not taken, as many as make room.

        What each destination loses by that, others too where they share it; ``{}`` if nothing is removed.
        """

    def qsize(self) -> int:
        """How many messages the busiest destination has still to settle."""

    def empty(self) -> bool:
        """Whether every destination has settled everything."""

    def check(self) -> None:
        """Raise ConfigurationError where messages cannot be kept."""

    def has_leftovers(self) -> bool:
        """Whether there may be something to deliver that other processes have left."""

    def close(self) -> None:
        """Leave what is not settled, once every reader is closed, to another process, if the queue can."""

    def abandon(self) -> None:
        """Close what a forked child has inherited: all that is in the queue is the parent's."""

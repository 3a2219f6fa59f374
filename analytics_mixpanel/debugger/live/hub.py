"""Knows what is newest, and wakes the readers when that changes.

A reader is told the present state, never a list of changes: who reads slowly is told less often, and nothing
piles up for them. The id of a state has the id of its newest line, so that a reader who comes back says with
it what they have not seen.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from attrs import define, field, frozen

from analytics_mixpanel.debugger.live.lines import Line, count_since, lines_since, newest_line
from analytics_mixpanel.debugger.store import Store

_TABLES: Final = ("events", "operations", "rejections", "messages", "requests")


@frozen
class Pace:
    """How often readers are told, and how long they are waited for.

    Attributes:
        interval: least seconds between two messages to one reader.
        heartbeat: seconds of silence after which a comment shows that the connection lives.
        patience: seconds that a reader may leave a message unread before they are dropped.
        readers: how many there may be at once.
        lines: how many lines one message has at most.
        behind: how many lines a reader who comes back may have missed.
    """

    interval: float = 0.1
    heartbeat: float = 15.0
    patience: float = 15.0
    readers: int = 64
    lines: int = 1000
    behind: int = 10_000


@define(eq=False)
class Hub:
    """The live state of one store.

    Attributes:
        pace: of the messages.
        hang_up: closes the connection of a client's address.
        facts: more to tell with each state: name → what gives its value.
    """

    _store: Store
    pace: Pace = field(factory=Pace)
    hang_up: Callable[[tuple[str, int]], None] = field(default=lambda _: None)
    facts: dict[str, Callable[[], Any]] = field(init=False, factory=dict)
    _run: str = field(init=False, factory=lambda: secrets.token_hex(4))
    _readers: set[asyncio.Event] = field(init=False, factory=set)
    _loop: asyncio.AbstractEventLoop | None = field(init=False, default=None)
    _woken: bool = field(init=False, default=False)
    _lock: threading.Lock = field(init=False, factory=threading.Lock)
    _touches: int = field(init=False, default=0)
    _number: tuple[int, int, int] = field(init=False, default=(-1, 0, 0))
    _state: tuple[str, dict[str, Any]] = field(init=False, default=("", {}))
    closed: bool = field(init=False, default=False)

    def __attrs_post_init__(self) -> None:
        self._store.listen(self.wake)

    # From any thread

    def touch(self) -> None:
        """Tell the readers that something changed which is not in the store."""
        with self._lock:
            self._touches += 1
        self.wake()

    def wake(self) -> None:
        """Have the readers look; cheap where there are none."""
        with self._lock:
            if not self._readers or self._woken or self._loop is None:
                return
            self._woken = True
            loop = self._loop
        try:
            loop.call_soon_threadsafe(self._wake)
        except RuntimeError:  # the loop is closed: there is nobody to tell
            self._woken = False

    def close(self) -> None:
        """Let the readers go."""
        self.closed = True
        self.wake()

    # On the server's thread

    def join(self) -> asyncio.Event | None:
        """Give a new reader what is set when something changed, or None where there is no room."""
        if self.closed or len(self._readers) >= self.pace.readers:
            return None
        reader = asyncio.Event()
        with self._lock:
            self._loop = asyncio.get_running_loop()
            self._readers.add(reader)
        return reader

    def leave(self, reader: asyncio.Event) -> None:
        """Forget a reader."""
        with self._lock:
            self._readers.discard(reader)

    @property
    def readers(self) -> int:
        """How many there are."""
        return len(self._readers)

    def still(self) -> AbstractContextManager[object]:
        """Let nothing be written for a moment, so that a state and its lines are of one time."""
        return self._store.reading()

    def state(self) -> tuple[str, dict[str, Any]]:
        """Give the id of the present state, and the state: newest ids, counts, and the facts."""
        number = (self._store.generation, self._store.revision, self._touches)
        if self._number != number:
            with self._store.reading():
                spans = {table: self._store.span(table) for table in _TABLES}
                newest = newest_line(self._store)
            state = {
                "newest": {"lines": newest, **{table: last for table, (last, _) in spans.items()}},
                "counts": {table: count for table, (_, count) in spans.items()},
                **{name: give() for name, give in self.facts.items()},
            }
            identity = ".".join(map(str, (self._run, *number, newest)))
            self._number, self._state = number, (identity, state)
        return self._state

    def lines(self, after: int, most: int) -> tuple[list[Line], int]:
        """Give the newest lines after one, oldest first, and how many older ones are left out."""
        return lines_since(self._store, after, min(most, self.pace.lines))

    def line_of(self, identity: str) -> int | None:
        """Give the newest line of the state with this id, or None where the state is of another time.

        That is: of another run, before everything was forgotten, or too far back.
        """
        run, generation, *_, line = (*identity.split("."), "", "", "")[:5]
        if run != self._run or generation != str(self._store.generation) or not line.isdecimal():
            return None
        is_near = count_since(self._store, int(line)) <= self.pace.behind
        return int(line) if is_near else None

    def _wake(self) -> None:
        self._woken = False
        for reader in self._readers:
            reader.set()

"""Passes what was accepted here on to the real Mixpanel, in the background.

A request's answer never waits for it. Credentials are those of the request, held in memory until it is passed
on and nowhere else.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from attrs import field, frozen

from analytics_mixpanel.debugger.destination import destination
from analytics_mixpanel.debugger.intake import Endpoint
from analytics_mixpanel.debugger.projects import Credentials
from analytics_mixpanel.delivery import Outcome
from analytics_mixpanel.journal import log_seldom, place_of

MOST_WAITING: Final = 20_000  # records
ATTEMPTS: Final = 4
_FIRST_WAIT: Final = 2.0
_STOP_WITHIN: Final = 5.0


@frozen
class Consignment:
    """Accepted records of one request, and what they are sent with.

    Attributes:
        geolocate: whether the request let its sender's address be looked up.
    """

    endpoint: Endpoint
    records: Sequence[Any] = field(repr=False)
    credentials: Credentials = field(factory=Credentials)
    project_id: str | None = None
    geolocate: bool = False


class Sends(Protocol):
    """What sends records to the real Mixpanel."""

    url: str

    def send(  # noqa: D102 - see the destination's Relay
        self,
        endpoint: str,
        records: Sequence[Any],
        user: str = "",
        password: str = "",
        project_id: str | None = None,
        *,
        geolocate: bool = False,
    ) -> Outcome: ...

    def close(self) -> None: ...  # noqa: D102


class Forwarding:
    """A queue of what is to be passed on, and the thread that does it.

    Args:
        target: a region, as ``eu``, or an address.
        wait: sleeps before another attempt, less if it is stopped meanwhile.

    Attributes:
        url: where it goes.
        changed: called when the figures changed, on any thread.
    """

    def __init__(
        self,
        target: str,
        wait: Callable[[threading.Event, float], object] = threading.Event.wait,
    ) -> None:
        self._relay: Sends = destination().relay(target)
        self.url = self._relay.url
        self.changed: Callable[[], None] = lambda: None
        self._wait = wait
        self._waiting: deque[Consignment] = deque()
        self._ready = threading.Condition()
        self._stopped = threading.Event()
        self._passed = self._refused = self._lost = self._pending = 0
        self._reason = ""
        self._thread: threading.Thread | None = None

    def pass_on(self, consignment: Consignment) -> None:
        """Have records passed on; where too many wait already, these are given up and counted."""
        count = len(consignment.records)
        with self._ready:
            if not count or self._stopped.is_set():
                return
            self._pending += count
            fits = self._pending <= MOST_WAITING
            if fits:
                self._waiting.append(consignment)
                self._start()
                self._ready.notify()
        if not fits:
            self._settle(lost=count, reason=f"more than {MOST_WAITING:,} records wait already")

    def status(self) -> dict[str, Any]:
        """Give how many records were passed on, refused, lost, or wait, the last reason, and ``words``."""
        with self._ready:
            return {
                "words": self._words(),
                "to": self.url,
                "passed": self._passed,
                "refused": self._refused,
                "lost": self._lost,
                "waiting": self._pending,
                "reason": self._reason,
            }

    def _words(self) -> str:
        counts = {
            "refused there": self._refused,
            "lost": self._lost,
            "waiting": self._pending,
        }
        told = [f"{self._passed:,} passed on", *(f"{n:,} {what}" for what, n in counts.items() if n)]
        because = f" ({self._reason})" if self._reason and (self._refused or self._lost) else ""
        return f"Forwarding to {self.url}: {', '.join(told)}{because}"

    def close(self) -> None:
        """Stop; what still waits is given up."""
        with self._ready:
            self._stopped.set()
            self._ready.notify()
        if self._thread is not None:
            self._thread.join(_STOP_WITHIN)
        self._relay.close()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="mixpanel-forwarding", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while (consignment := self._next()) is not None:
            try:
                self._pass(consignment)
            except Exception as error:  # noqa: BLE001 - the next one may go through
                self._settle(lost=len(consignment.records), reason=f"cannot be passed on: {place_of(error)}")

    def _next(self) -> Consignment | None:
        with self._ready:
            self._ready.wait_for(lambda: bool(self._waiting) or self._stopped.is_set())
            return None if self._stopped.is_set() else self._waiting.popleft()

    def _pass(self, consignment: Consignment) -> None:
        """Send one request's records; those that no answer came for are sent again, a few times."""
        left = list(consignment.records)
        for attempt in range(ATTEMPTS):
            outcome = self._send(consignment, left)
            refused = len(outcome.rejected)
            reasons = [each.reason for each in outcome.rejected.values()]
            self._settle(len(left) - refused - len(outcome.retry), refused, reason=next(iter(reasons), ""))
            left = [left[place] for place in outcome.retry]
            if not left:
                return
            why = outcome.paused or next(iter(outcome.retry.values()))
            if outcome.paused or attempt + 1 == ATTEMPTS or self._stopped.is_set():
                self._settle(lost=len(left), reason=why)
                return
            self._wait(self._stopped, outcome.retry_after or _FIRST_WAIT * 2**attempt)

    def _send(self, consignment: Consignment, records: Sequence[Any]) -> Outcome:
        credentials = consignment.credentials
        return self._relay.send(
            consignment.endpoint,
            records,
            credentials.user,
            credentials.password,
            consignment.project_id,
            geolocate=consignment.geolocate,
        )

    def _settle(self, passed: int = 0, refused: int = 0, lost: int = 0, reason: str = "") -> None:
        with self._ready:
            self._passed += passed
            self._refused += refused
            self._lost += lost
            self._pending -= passed + refused + lost
            self._reason = reason or self._reason
        if reason:
            log_seldom(f"forwarding: {reason[:40]}", "forwarding to %s: %s", self.url, reason)
        self.changed()

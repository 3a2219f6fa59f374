"""The reporting thread: a report a second while something changes, and pauses while the debugger is away."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import orjson

from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.reporting.address import Address
from analytics_mixpanel.reporting.mailbox import Mailbox

if TYPE_CHECKING:
    import weakref

    from analytics_mixpanel.client import Client

#: Seconds between two reports.
EVERY: Final = 1.0
#: Seconds after which a report is sent though nothing changed: the debugger sees that the process is alive.
ALIVE: Final = 10.0
#: Messages a report, and bytes of them.
BATCH: Final = 500
BATCH_BYTES: Final = 1_000_000
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0
_TRIES: Final = 100
_TRY_AGAIN: Final = 0.05
# Looks without a change after which the thread sleeps until a message comes.
_QUIET: Final = 3


class Worker:
    """Reports on one client until it is closed, collected, or of another process.

    Args:
        address: the debugger's.
        client: who is reported on; it is not kept alive.
        mailbox: what the hooks put aside.
        number: of the client in its process.
        current: the mailbox in use; another one means that this thread is to end.
    """

    def __init__(
        self,
        address: Address,
        client: weakref.ref[Client],
        mailbox: Mailbox,
        number: int,
        current: Callable[[], Mailbox],
    ) -> None:
        self._address = address
        self._client = client
        self._mailbox = mailbox
        self._number = number
        self._current = current
        self._sent: bytes = b""
        self._sent_at = -ALIVE
        self._quiet = 0
        self._pause = _FIRST_PAUSE

    def run(self) -> None:
        """Report; on the thread."""
        try:
            self._wait_for_the_client()
            while self._turn():
                pass
        except Exception as error:  # noqa: BLE001 - it must not reach the application's log as a crash
            log_seldom("reporting", "reports to the debugger ended: %s", place_of(error))
        finally:
            self._mailbox.open = False
            self._mailbox.clear()

    def _wait_for_the_client(self) -> None:
        """Let the client be made: its plugins start while it is."""
        for _ in range(_TRIES):
            client = self._client()
            if client is None or client.ready:
                return
            del client
            self._nap(_TRY_AGAIN)

    def _turn(self) -> bool:
        """Send what there is, and wait for more; False at the end."""
        stopping = self._mailbox.stopped
        client = self._client()
        if client is None or self._mailbox is not self._current():
            return False
        reached = self._report(client, last=stopping)
        del client
        if stopping:
            return False
        self._wait(reached=reached)
        return True

    def _wait(self, *, reached: bool) -> None:
        if not reached:
            self._mailbox.open = False
            self._mailbox.clear()
            self._nap(self._pause)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            return
        self._mailbox.open, self._pause = True, _FIRST_PAUSE
        self._nap(EVERY)
        if self._quiet >= _QUIET:
            self._mailbox.sleep(ALIVE)

    def _nap(self, seconds: float) -> None:
        """Wait so long, whatever is put meanwhile; not after the end has come."""
        until = time.monotonic() + seconds
        while not self._mailbox.stopped and (left := until - time.monotonic()) > 0:
            self._mailbox.rest(left)

    def _report(self, client: Client, *, last: bool) -> bool:
        """Send what changed, in as many requests as it takes; whether the debugger is there."""
        from analytics_mixpanel.reporting.post import post  # noqa: PLC0415 - not before there is a thread
        from analytics_mixpanel.reporting.snapshot import snapshot  # noqa: PLC0415

        state = orjson.dumps(snapshot(client, self._number, self._mailbox), default=str)
        messages = self._messages(client)
        now = time.monotonic()
        if state == self._sent and not messages and not last and now - self._sent_at < ALIVE:
            self._quiet += 1
            return True
        while True:
            body = b'{"report":%s,"messages":[%s]}' % (state, b",".join(messages))
            if not post(self._address, body):
                return False
            self._sent, self._sent_at, self._quiet = state, now, 0
            messages = self._messages(client)
            if not messages:
                return True

    def _messages(self, client: Client) -> list[bytes]:
        """Encode the next messages as the queue has them."""
        bodies: list[bytes] = []
        size = 0
        while len(bodies) < BATCH and size < BATCH_BYTES:
            taken: list[Any] = self._mailbox.take(1)
            if not taken:
                break
            try:
                body = client.encoded(taken[0])
            except Exception:  # noqa: BLE001, S112 - the client has its own word on such a message
                continue
            if len(body) <= BATCH_BYTES:
                bodies.append(body)
                size += len(body)
        return bodies

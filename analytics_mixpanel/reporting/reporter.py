"""The plugin: what the hooks see is put aside for the thread that reports it."""

from __future__ import annotations

import itertools
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import define, field

from analytics_mixpanel.hookspecs import hookimpl
from analytics_mixpanel.journal import log_seldom
from analytics_mixpanel.reporting.address import Address
from analytics_mixpanel.reporting.mailbox import Mailbox
from analytics_mixpanel.reporting.text import sendable
from analytics_mixpanel.reporting.worker import Worker

if TYPE_CHECKING:
    from analytics_mixpanel.client import Client
    from analytics_mixpanel.delivery import Rejection
    from analytics_mixpanel.message import Message

_numbers = itertools.count(1)


@define(eq=False)
class Reporter:
    """Tells a running debugger about one client.

    Args:
        address: the debugger's.
    """

    name: ClassVar[str] = "debugger"

    address: Address = field(factory=Address)
    _client: weakref.ref[Client] | None = field(default=None, init=False, repr=False)
    _number: int = field(factory=lambda: next(_numbers), init=False, repr=False)
    _mailbox: Mailbox = field(factory=Mailbox, init=False, repr=False)
    _thread: threading.Thread | None = field(default=None, init=False, repr=False)
    _losses: Any = field(factory=lambda: itertools.count(1), init=False, repr=False)

    @hookimpl
    def startup(self, client: Client) -> None:
        """Begin to report."""
        self._client = weakref.ref(client, lambda _: self._mailbox.wake())
        self._start()

    @hookimpl
    def captured(self, message: Message) -> None:
        """Put a message aside as the other plugins left it."""
        mailbox = self._mailbox
        if mailbox.pid != os.getpid():
            mailbox = self._start()
        if mailbox.open:
            mailbox.add_message(message)

    @hookimpl
    def rejected(self, message: Message, destination: str, reason: Rejection) -> None:
        """Put aside what a destination refused."""
        self._lose(message, destination, "rejected", reason.reason, reason.field)

    @hookimpl
    def dropped(self, message: Message, destination: str, reason: str) -> None:
        """Put aside what the client gave up."""
        self._lose(message, destination, "dropped", reason, "")

    def _lose(self, message: Message, destination: str, fate: str, reason: str, field: str) -> None:
        if self._mailbox.pid != os.getpid():
            self._start()
        loss = {
            "number": next(self._losses),
            "at": time.time(),
            "destination": destination,
            "fate": fate,
            "reason": sendable(reason),
            "field": sendable(field),
            "messageId": sendable(message.get("messageId")),
            "type": sendable(message.get("type")),
            "event": sendable(message.get("event") or message.get("name")),
        }
        self._mailbox.add_loss(loss)

    @hookimpl
    def shutdown(self, timeout: float) -> None:
        """Send the last report, in no more than a second."""
        self._mailbox.stopped = True
        self._mailbox.wake()
        if self._thread is not None and self._mailbox.pid == os.getpid():
            self._thread.join(min(1.0, timeout))

    def _start(self) -> Mailbox:
        """Begin in a new process, or for the first time; a thread whose mailbox is not ours any more ends."""
        mailbox = self._mailbox = Mailbox()
        if self._client is not None:
            worker = Worker(self.address, self._client, mailbox, self._number, lambda: self._mailbox)
            self._thread = threading.Thread(
                target=worker.run, name="analytics-mixpanel debugger", daemon=True
            )
            try:
                self._thread.start()
            except RuntimeError:  # at the end of the interpreter, or at a limit
                self._thread, mailbox.open = None, False
                log_seldom("reporting", "no thread can be started to report to the debugger")
        return mailbox

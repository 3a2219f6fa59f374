"""Telling of messages that will not arrive: to ``on_error``, the observing hooks and, seldom, the log.

Where the queue is durable, those that the destination refused or that were given up are kept as well.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import define, field

from analytics_mixpanel.accounts import ACCEPTED, RECOVERED, Account
from analytics_mixpanel.dead_letters.letter import GIVEN_UP, REFUSED, Letter, Tries
from analytics_mixpanel.delivery import Outcome, Rejection
from analytics_mixpanel.errors import DroppedError, LossError, RejectedError
from analytics_mixpanel.hooks import tell
from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.lanes.load import decoded
from analytics_mixpanel.message import Message
from analytics_mixpanel.plugins import Plugins

if TYPE_CHECKING:
    from analytics_mixpanel.dead_letters.keeping import DeadLetters

OnError = Callable[[LossError, list[Message]], Any]


@define(eq=False)
class Losses:
    """Accounts for and reports what one destination does not get.

    Attributes:
        destination: its name.
        on_error: the application's callback, given an error and a list of messages, as in analytics-python.
        dead_letters: where what was tried in vain is kept; None in memory.
    """

    destination: str
    account: Account
    plugins: Plugins
    on_error: OnError | None
    dead_letters: DeadLetters | None = None
    _telling: threading.local = field(factory=threading.local)

    def tell(self, messages: Sequence[Message], outcome: Outcome) -> None:
        """Tell what a destination refused of these messages, and dropped; it is counted already."""
        for i, rejection in outcome.rejected.items():
            self._tell_rejected(messages[i], rejection)
        for i, reason in outcome.dropped.items():
            self._tell_dropped([messages[i]], reason)

    def _tell_rejected(self, message: Message, rejection: Rejection) -> None:
        error = RejectedError(self.destination, rejection.reason, rejection.field)
        log_seldom(
            f"rejected {self.destination} {rejection.field} {rejection.reason}"[:200],
            "%s rejected a message: %s (%s)",
            self.destination,
            rejection.reason,
            rejection.field or "no field",
        )
        self._tell(self.plugins.rejected, error, [message], rejection)

    def recover(self, count: int) -> None:
        """Messages of a process that ended are taken over."""
        self.account.add_many(ACCEPTED, count)
        self.account.add_many(RECOVERED, count)

    def drop(self, messages: Sequence[Message], reason: str) -> None:
        """The client gives messages up."""
        if not messages:
            return
        for _ in messages:
            self.account.drop(reason)
        self._tell_dropped(list(messages), reason)

    def _tell_dropped(self, messages: list[Message], reason: str) -> None:
        log_seldom(
            f"dropped {self.destination} {reason}",
            "%s: messages are being dropped: %s; client.stats() counts them", self.destination, reason,
        )  # fmt: skip
        self._tell(self.plugins.dropped, DroppedError(self.destination, reason), messages, reason)

    def drop_encoded(self, bodies: Sequence[bytes], reason: str) -> None:
        """The client gives up messages that are still encoded."""
        if self.on_error is None and not self.plugins.dropped:
            self.drop([Message()] * len(bodies), reason)  # nobody looks at them
        else:
            self.drop([decoded(body) or Message() for body in bodies], reason)

    def keep_given_up(self, bodies: Sequence[bytes], reason: str, tries: Tries) -> None:
        """Keep what the client gives up, having tried to deliver it, as dead letters."""
        self._keep(bodies, dict.fromkeys(range(len(bodies)), Rejection(reason)), GIVEN_UP, tries)

    def keep_rejected(self, bodies: Sequence[bytes], rejected: Mapping[int, Rejection], tries: Tries) -> None:
        """Keep what the destination refused of a batch, as dead letters."""
        self._keep(bodies, rejected, REFUSED, tries)

    def _keep(
        self, bodies: Sequence[bytes], why: Mapping[int, Rejection], outcome: str, tries: Tries
    ) -> None:
        if self.dead_letters and why:
            self.dead_letters.keep(
                [
                    Letter(bodies[i], self.destination, outcome, each.reason, each.field, tries)
                    for i, each in why.items()
                ]
            )

    def _tell(
        self, hooks: tuple[Any, ...], error: LossError, messages: list[Message], reason: str | Rejection
    ) -> None:
        # A callback may track: what is lost while it runs is counted, not told, lest a full queue recurse.
        if getattr(self._telling, "now", False):
            return
        self._telling.now = True
        try:
            for message in messages if hooks else ():
                tell(hooks, message, self.destination, reason)
            if self.on_error:
                self.on_error(error, messages)
        except Exception as problem:  # noqa: BLE001 - the application's callback must not stop delivery
            log_seldom("on_error", "on_error raised %s", place_of(problem))
        finally:
            self._telling.now = False

"""Sending one endpoint's records: in requests that fit, split where Mixpanel will not have them together."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from attrs import define, field

from analytics_mixpanel.delivery import Rejection
from analytics_mixpanel_destination.sending.advice import advice
from analytics_mixpanel_destination.sending.answers import Pause, Retry, Split, Taken, Verdict, read_answer
from analytics_mixpanel_destination.sending.ledger import WrongSetting
from analytics_mixpanel_destination.sending.parcels import Parcels, fitting
from analytics_mixpanel_destination.sending.transport import Transport, UnreachableError, UntrustedError
from analytics_mixpanel_destination.settings.secret import scrub
from analytics_mixpanel_destination.settings.settings import TIMEOUT, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics_mixpanel_destination.sending.ledger import Ledger
    from analytics_mixpanel_destination.sending.routes import Route

_ANSWER: Final = 65_536
_ANSWER_PER_RECORD: Final = 512  # what Mixpanel can have to say about each
_SMALLEST: Final = 65_536  # no server's limit lies below; one that refuses everything teaches nothing
_GROW_AFTER: Final = 20


@define(eq=False)
class WorkingSize:
    """How many bytes a request may have: half of what was too much, and slowly more again."""

    most: int
    bytes: int = field(init=False)
    _taken: int = 0

    def __attrs_post_init__(self) -> None:
        self.bytes = self.most

    def shrink(self, refused: int) -> None:
        """Remember that a request of this many bytes was too large."""
        self._taken = 0
        self.bytes = max(min(self.bytes, refused // 2), min(_SMALLEST, self.most))

    def grow(self) -> None:
        """Count a request that was taken."""
        if self.bytes < self.most:
            self._taken += 1
            if self._taken % _GROW_AFTER == 0:
                self.bytes = min(self.most, self.bytes + self.bytes // 10)


class Sender:
    """Sends to one endpoint; keeps what it learns of it."""

    def __init__(
        self,
        route: Route,
        settings: Settings,
        transport: Transport,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.route = route
        self._settings = settings
        self._secrets = settings.secrets
        self._transport = transport
        self._clock = clock
        self._size = WorkingSize(settings.max_bytes)

    def send(self, parcels: Parcels, ledger: Ledger) -> bool:
        """Send records in order; False once the endpoint had better be left alone.

        What is then unsent is kept in the ledger.
        """
        start = 0
        while start < len(parcels):
            request = fitting(parcels, start, self.route.max_records, self._size.bytes)
            start += len(request)
            if not self._send_request(request, ledger):
                ledger.keep(parcels[start:], "not sent, since what came before it has to be sent again")
                return False
        return True

    def _send_request(self, parcels: Parcels, ledger: Ledger) -> bool:
        match self._verdict(parcels, ledger):
            case Taken(rejected):
                ledger.works(self.route.endpoint)
                for position, rejection in rejected.items():
                    ledger.reject(parcels[position].index, self._clean(rejection))
                return True
            case Split(too_large):
                return self._send_halves(parcels, ledger, too_large=too_large)
            case Retry(reason, after):
                ledger.keep(parcels, self._scrubbed(reason), after)
            case Pause(cause, text):
                wrong = WrongSetting(self._scrubbed(text), advice(cause, self.route, self._settings))
                ledger.pause(self.route.endpoint, wrong)
                ledger.keep(parcels, str(wrong))
        return False

    def _send_halves(self, parcels: Parcels, ledger: Ledger, *, too_large: bool) -> bool:
        if too_large:
            self._size.shrink(sum(len(each.body) + 1 for each in parcels))
        middle = len(parcels) // 2
        if self.send(parcels[:middle], ledger):
            return self.send(parcels[middle:], ledger)
        ledger.keep(parcels[middle:], "not sent, since what came before it has to be sent again")
        return False

    def _verdict(self, parcels: Parcels, ledger: Ledger) -> Verdict:
        left = ledger.batch.deadline - self._clock()
        if left <= 0:
            return Retry("not sent, since the time for this batch was over")
        try:
            answer = self._transport.post(
                self.route.url,
                self.route.headers,
                self.route.body(parcels),
                timeout=min(left, self._settings.timeout or TIMEOUT),
                read=_ANSWER + _ANSWER_PER_RECORD * len(parcels),
            )
        except UnreachableError as error:
            return Retry(f"{self._settings.base_url} cannot be reached: {error}")
        except UntrustedError as error:
            return Pause("TLS", f"{self._settings.base_url} cannot be trusted: {error}")
        verdict = read_answer(answer, [each.body for each in parcels])
        if isinstance(verdict, Taken):
            self._size.grow()
        return verdict

    def _clean(self, rejection: Rejection) -> Rejection:
        return Rejection(self._scrubbed(rejection.reason), self._scrubbed(rejection.field))

    def _scrubbed(self, text: str) -> str:
        return scrub(text, self._secrets)

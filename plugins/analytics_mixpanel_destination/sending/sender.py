"""Sending one endpoint's records: in requests that fit, split where Mixpanel will not have them together."""

from __future__ import annotations

import time
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from analytics_mixpanel.delivery import Rejection
from analytics_mixpanel_destination.sending.advice import advice
from analytics_mixpanel_destination.sending.answers import Pause, Retry, Split, Taken, Verdict, read_answer
from analytics_mixpanel_destination.sending.ledger import WrongSetting
from analytics_mixpanel_destination.sending.parcels import Parcel, Parcels, fitting, halves, size_of
from analytics_mixpanel_destination.sending.search import Search
from analytics_mixpanel_destination.sending.transport import (
    ProxyDeniedError,
    Transport,
    UnreachableError,
    UntrustedError,
)
from analytics_mixpanel_destination.sending.working_size import WorkingSize
from analytics_mixpanel_destination.settings.secret import scrub
from analytics_mixpanel_destination.settings.settings import TIMEOUT, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics_mixpanel_destination.sending.ledger import Ledger
    from analytics_mixpanel_destination.sending.routes import Route

_ANSWER: Final = 65_536
_ANSWER_PER_RECORD: Final = 512  # what Mixpanel can have to say about each
_AFTER_THAT: Final = "not sent, since what came before it has to be sent again"
_NOT_FOUND: Final = "not sent yet: Mixpanel refuses some of these records without saying which"


class _Next(Enum):
    """What is to become of the records after those that were sent."""

    MAY_FOLLOW = auto()
    IS_FOR_LATER = auto()
    MAY_NOT = auto()


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
        return self._send(parcels, ledger, Search.among(len(parcels))) is _Next.MAY_FOLLOW

    def _send(self, parcels: Parcels, ledger: Ledger, search: Search) -> _Next:
        start = 0
        may = _Next.MAY_FOLLOW
        while start < len(parcels) and may is _Next.MAY_FOLLOW:
            request = fitting(parcels, start, self.route.max_records, self._size.bytes)
            start += len(request)
            may = self._after(self._send_request(request, ledger, search), parcels, start, ledger)
        return may

    def _after(self, may: _Next, parcels: Parcels, done: int, ledger: Ledger) -> _Next:
        """Whether the next may follow the first so many parcels; what may not is left in the ledger."""
        rest = parcels[done:]
        if not rest:
            return may
        if may is _Next.MAY_FOLLOW and self._ends_part(parcels[0], rest[0], ledger):
            may = _Next.IS_FOR_LATER
        if may is _Next.IS_FOR_LATER:
            ledger.put_off(rest)
        elif may is _Next.MAY_NOT:
            ledger.keep(rest, _AFTER_THAT)
        return may

    def _ends_part(self, first: Parcel, following: Parcel, ledger: Ledger) -> bool:
        """Whether a part of the batch is done: a message at least, and not of those that others wait for."""
        return ledger.batch.by_parts and self.route.endpoint != "track" and first.index != following.index

    def _send_request(self, parcels: Parcels, ledger: Ledger, search: Search) -> _Next:
        verdict = self._verdict(parcels, ledger)
        if not isinstance(verdict, Split):
            return self._booked(verdict, parcels, ledger)
        if not verdict.too_large:
            search.refused(parcels)
            return self._searched(ledger, search)
        self._size.shrink(size_of(parcels))
        first, second = halves(parcels)
        may = self._after(self._send(first, ledger, search), parcels, len(first), ledger)
        return self._send(second, ledger, search) if may is _Next.MAY_FOLLOW else may

    def _searched(self, ledger: Ledger, search: Search) -> _Next:
        """Find out which records are refused, unless that has to go on another time."""
        while (piece := search.next()) is not None:
            verdict = self._verdict(piece, ledger)
            if isinstance(verdict, Split):
                search.refused(piece)
            elif self._booked(verdict, piece, ledger) is _Next.MAY_FOLLOW:
                search.taken(whole=verdict == Taken())
            else:
                ledger.keep(search.rest(), _AFTER_THAT)
                return _Next.MAY_NOT
        rest = search.rest()
        ledger.keep(rest, _NOT_FOUND)
        return _Next.MAY_NOT if rest else _Next.MAY_FOLLOW

    def _booked(self, verdict: Taken | Retry | Pause, parcels: Parcels, ledger: Ledger) -> _Next:
        """Take down what became of a request; whether the next may follow."""
        match verdict:
            case Taken(rejected):
                for position, rejection in rejected.items():
                    ledger.reject(parcels[position].index, self._clean(rejection))
                return _Next.MAY_FOLLOW
            case Retry(reason, after):
                ledger.keep(parcels, self._scrubbed(reason), after)
            case Pause(cause, text):
                wrong = WrongSetting(self._scrubbed(text), advice(cause, self.route, self._settings))
                ledger.pause(self.route.endpoint, wrong)
                ledger.keep(parcels, str(wrong))
        return _Next.MAY_NOT

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
        except ProxyDeniedError as error:
            return Pause("HTTP 407", str(error))
        verdict = read_answer(answer, [each.body for each in parcels])
        if isinstance(verdict, Taken):
            self._size.grow()
        return verdict

    def _clean(self, rejection: Rejection) -> Rejection:
        return Rejection(self._scrubbed(rejection.reason), self._scrubbed(rejection.field))

    def _scrubbed(self, text: str) -> str:
        return scrub(text, self._secrets)

"""One HTTP request to Mixpanel: bounded in time, in what is read, and in whom it trusts."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from analytics_mixpanel.process.late_imports import late_import
from analytics_mixpanel.version import VERSION
from analytics_mixpanel_destination.sending.quiet import quiet

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

    from analytics_mixpanel_destination.settings.settings import Proxies

_HEADERS: Final = {
    "User-Agent": f"analytics-mixpanel/{VERSION}",
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # an answer is never decompressed, so none can burst the memory
}


@frozen
class Answer:
    """What the server said; ``body`` may be cut off at the size that was asked for."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class UnreachableError(Exception):
    """No answer came; trying again may help."""


class UntrustedError(Exception):
    """The server could not prove who it is; nothing was sent."""


class ProxyDeniedError(Exception):
    """The proxy wants to know who asks; nothing was sent."""


class Transport:
    """Posts to one host, from any thread and any process.

    A request takes a session out of a deque and puts it back afterwards: both are atomic, so there is no lock
    that a fork could leave held.
    """

    def __init__(self, proxies: Proxies | None = None) -> None:
        self._proxies = {"http": proxies, "https": proxies} if isinstance(proxies, str) else proxies
        self._idle: deque[requests.Session] = deque()
        self._pid = os.getpid()

    def post(self, url: str, headers: Mapping[str, str], body: bytes, *, timeout: float, read: int) -> Answer:
        """Send one request and read at most ``read`` bytes of its answer, within ``timeout`` seconds.

        Raises:
            UnreachableError: no answer, or none in time.
            UntrustedError: the server's certificate or protocol is not acceptable.
            ProxyDeniedError: the proxy asks for credentials.
        """
        with late_import():  # requests takes a tenth of a second: not before there is something to send
            from analytics_mixpanel_destination.sending.session import open_session, post  # noqa: PLC0415

        session = self._idle_session() or open_session(_HEADERS)
        try:
            with quiet():
                return post(session, url, headers, body, proxies=self._proxies, timeout=timeout, read=read)
        finally:
            self._idle.append(session)

    def close(self) -> None:
        """Close the idle connections; a later request opens one anew."""
        while session := self._pop():
            session.close()

    def _idle_session(self) -> requests.Session | None:
        if self._pid != os.getpid():  # two processes on one connection would read each other's answers
            self._pid = os.getpid()
            self.close()
        return self._pop()

    def _pop(self) -> requests.Session | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

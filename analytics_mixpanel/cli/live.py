"""Follows the live stream of a running debugger."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import urlencode

from attrs import define, field, frozen

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.reporting import Address
from analytics_mixpanel.version import VERSION

_PATH: Final = "/debugger/live"
_SILENCE: Final = 60.0  # several heartbeats
_WAIT: Final = 1.0
_LINES: Final = 1000
_FAILURES: Final = (OSError, http.client.HTTPException)


@frozen
class Event:
    """One server-sent event."""

    kind: str
    data: Any


@define(eq=False)
class Follower:
    """Reads states, and comes back where it was when the connection is lost.

    Args:
        address: of the debugger.
        last: how many of the lines that are there already to begin with.
        lost: called when the connection is lost; the next try follows.
        sleep: waits between two tries.
    """

    _address: Address
    _last: int = 0
    _lost: Callable[[], None] = lambda: None
    _sleep: Callable[[float], None] = time.sleep
    _seen: str = field(init=False, default="")

    def events(self) -> Iterator[Event]:
        """Give events without end.

        Raises:
            ConfigurationError: there is no debugger, or it wants a token; later on it is waited for.
        """
        connected = False
        while True:
            connection = self._connection()
            try:
                response = self._open(connection)
                connected = True
                yield from self._read(response)
            except _FAILURES as error:
                if not connected:
                    raise ConfigurationError(_unreachable(self._address.url, error)) from None
            finally:
                connection.close()
            self._lost()
            self._sleep(_WAIT)

    def _connection(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._address.secure else http.client.HTTPConnection
        return kind(self._address.host, self._address.port, timeout=_SILENCE)

    def _open(self, connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
        headers = {"Accept": "text/event-stream", "User-Agent": f"analytics-mixpanel/{VERSION}"}
        if self._address.token:
            headers["Authorization"] = f"Bearer {self._address.token}"
        if self._seen:
            headers["Last-Event-ID"] = self._seen
        query = urlencode({"lines": _LINES, "last": self._last})
        connection.request("GET", f"{_PATH}?{query}", headers=headers)
        response = connection.getresponse()
        if response.status != 200:
            raise ConfigurationError(_refusal(self._address.url, response))
        return response

    def _read(self, response: http.client.HTTPResponse) -> Iterator[Event]:
        kind, data = "message", ""
        while raw := response.readline():
            name, _, value = raw.decode(errors="replace").rstrip("\r\n").partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                data += value
            elif name == "id":
                self._seen = value
            elif not name and data:
                yield Event(kind, json.loads(data))
                kind, data = "message", ""


def _unreachable(url: str, error: Exception) -> str:
    why = getattr(error, "strerror", None) or type(error).__name__
    return f"no debugger answers at {url} ({why}): start one with `analytics-mixpanel debugger`."


def _refusal(url: str, response: http.client.HTTPResponse) -> str:
    if response.status == 403:
        return f"the debugger at {url} wants its token: give --token, or ANALYTICS_MIXPANEL_DEBUGGER_TOKEN."
    return f"{url} answers HTTP {response.status}: it is no debugger, or it has too many readers."

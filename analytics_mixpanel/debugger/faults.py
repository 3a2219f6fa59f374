"""Answers that a test asked for, in place of the real ones."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from attrs import define, field, frozen
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics_mixpanel.debugger import answers


@frozen
class Scripted:
    """One answer, for one request.

    Attributes:
        status: of the answer, or None for the real answer.
        body: text, bytes, or anything that becomes JSON.
        headers: of the answer, beside its type and length.
        path: only for requests to it, or None for any.
        delay: seconds to wait before anything else.
        ingest: whether the records are taken in before the scripted answer.
        drop: hang up in place of an answer.
    """

    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(factory=dict)
    path: str | None = None
    delay: float = 0.0
    ingest: bool = False
    drop: bool = False

    @property
    def is_real(self) -> bool:
        """Say whether the real answer is given, only later."""
        return self.status is None and not self.drop

    def response(self) -> Response:
        """Give the answer; without a body it is the one that ``/import`` has for the status."""
        status = self.status or 200
        headers = dict(self.headers)
        if self.body is None and status in _USUAL:
            usual = answers.refused(status, _USUAL[status], importing=True)
            usual.headers.update(headers)
            return usual
        if self.body is None:
            return Response(b"", status, headers)
        if isinstance(self.body, str | bytes):
            return Response(self.body, status, headers, None if _has_type(headers) else "text/plain")
        return Response(orjson.dumps(self.body), status, headers, "application/json")


_USUAL = {
    400: answers.SOME_FAILED,
    401: answers.INVALID_CREDENTIALS,
    413: answers.too_large(2_097_152),
    429: answers.RATE_LIMITED,
}


def _has_type(headers: Mapping[str, str]) -> bool:
    return any(name.lower() == "content-type" for name in headers)


@define(eq=False)
class Script:
    """The answers still to be given, in order; and after them, one that is given until it is taken back."""

    _waiting: list[Scripted] = field(factory=list)
    _standing: list[Scripted] = field(factory=list)
    _lock: threading.Lock = field(factory=threading.Lock)

    def add(self, scripted: Scripted, times: int | None) -> None:
        """Queue an answer for the next ``times`` requests that it fits; None for all of them."""
        with self._lock:
            if times is None:
                self._standing.append(scripted)
            else:
                self._waiting.extend([scripted] * times)

    def take(self, path: str) -> Scripted | None:
        """Give the first answer that fits a request, and forget it."""
        with self._lock:
            for index, scripted in enumerate(self._waiting):
                if scripted.path in (None, path):
                    return self._waiting.pop(index)
            return next((each for each in self._standing if each.path in (None, path)), None)

    def clear(self) -> None:
        """Forget them all."""
        with self._lock:
            self._waiting.clear()
            self._standing.clear()


@frozen
class Faults:
    """ASGI middleware that gives scripted answers.

    Attributes:
        app: gives the real ones.
        script: what is to be given instead.
        hang_up: closes the connection of a client address.
    """

    app: ASGIApp
    script: Script
    hang_up: Callable[[tuple[str, int]], None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scripted = self.script.take(scope["path"].rstrip("/")) if scope["type"] == "http" else None
        if scripted is None:
            await self.app(scope, receive, send)
            return
        await asyncio.sleep(scripted.delay)
        if scripted.is_real:
            await self.app(scope, receive, send)
            return
        if scripted.ingest:
            await self.app(scope, receive, _discard)
        else:
            await _read_to_end(receive)
        if scripted.drop:
            self.hang_up(tuple(scope["client"]))
            await _until_gone(receive)
        else:
            await scripted.response()(scope, receive, send)


async def _discard(message: Message) -> None:
    """Take the real answer and send it nowhere."""


async def _read_to_end(receive: Receive) -> None:
    """Read the request, so that its sender meets the answer and not a closed connection."""
    while (await receive()).get("more_body"):
        pass


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

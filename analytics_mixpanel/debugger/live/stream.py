"""Server-sent events: the hub's states, one after the other, on one connection.

``GET /debugger/live`` answers with messages whose data is a state, as JSON. With ``?lines=N`` each also has
``lines``, the newest N of what came since the message before it, and ``skipped``, how many more there were;
the first one has the last M that were there already, if ``last=M`` asks for them.
Who says ``seen=ID``, or comes back with that id, is told what came after the message that had it.
``event: reload`` says that what the reader shows cannot be brought up to date: it has to be fetched anew.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import orjson
from attrs import define, field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from analytics_mixpanel.debugger.live.hub import Hub

PATH: Final = "/debugger/live"
_HEADERS: Final = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
_RELOAD: Final = b"event: reload\ndata: {}\n\n"
_RETRY: Final = 1000  # milliseconds after which a reader comes back


def routes(hub: Hub) -> list[BaseRoute]:
    """Give the route of the stream."""

    async def live(request: Request) -> Response:
        reader = hub.join()
        if reader is None:
            return Response("too many readers: close one of the pages", 503, {"retry-after": "5"})
        seen = request.headers.get("last-event-id", "") or request.query_params.get("seen", "")
        return Stream(hub, reader, seen, _number(request, "lines"), _number(request, "last"))

    return [Route(PATH, live)]


@define(eq=False)
class Stream(Response):
    """One reader's connection.

    Args:
        hub: what is told.
        changed: set when something did.
        seen: id of the last message that the reader had before, or "".
        most: lines with each message.
        last: how many of the lines that there are already a new reader gets.
    """

    _hub: Hub
    _changed: asyncio.Event
    _seen: str
    _most: int
    _last: int = 0
    _line: int = field(init=False, default=0)
    _over: bool = field(init=False, default=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell until the reader goes, reads too slowly, or the server stops."""
        telling = asyncio.ensure_future(self._tell(send))
        going = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({telling, going}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.leave(self._changed)
            self._over = True  # before Python 3.12, asyncio.wait_for can swallow the cancellation
            telling.cancel()
            going.cancel()
            await asyncio.wait({telling, going})
        failure = None if telling.cancelled() else telling.exception()
        if isinstance(failure, asyncio.TimeoutError):  # they do not read: what waits for them is thrown away
            self._hub.hang_up(tuple(scope["client"]))
        elif failure is not None and not isinstance(failure, OSError):
            raise failure

    async def _tell(self, send: Send) -> None:
        greeting = f"retry: {_RETRY}\n\n".encode() + self._greeting()
        # From here on the reader is told of everything: who has the answer's head can rely on it.
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await self._write(send, greeting)
        while not (self._hub.closed or self._over):
            self._changed.clear()
            if message := self._next():
                await self._write(send, message)
                await asyncio.sleep(self._hub.pace.interval)
            else:
                await self._wait(send)
        await send({"type": "http.response.body", "body": b""})

    async def _wait(self, send: Send) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), self._hub.pace.heartbeat)
        except asyncio.TimeoutError:
            await self._write(send, b": still here\n\n")

    def _greeting(self) -> bytes:
        """Take up where the reader was, or tell them that this cannot be done."""
        line = self._hub.line_of(self._seen) if self._seen else None
        newest = self._hub.state()[1]["newest"]["lines"]
        self._line = max(0, newest - self._last) if line is None else line
        if line is not None or not self._seen:
            return b""
        self._seen = ""
        return _RELOAD

    def _next(self) -> bytes:
        """Give the message for what changed since the last one, or nothing."""
        with self._hub.still():
            identity, state = self._hub.state()
            return b"" if identity == self._seen else self._message(identity, state)

    def _message(self, identity: str, state: dict[str, Any]) -> bytes:
        if self._seen and self._hub.line_of(self._seen) is None:  # everything was forgotten, or nearly
            self._seen, self._line = "", state["newest"]["lines"]
            return _RELOAD
        if self._most:
            lines, skipped = self._hub.lines(self._line, self._most)
            state = {**state, "lines": lines, "skipped": skipped}
            self._line = lines[-1]["id"] if lines else self._line
        self._seen = identity
        return b"id: " + identity.encode() + b"\ndata: " + orjson.dumps(state) + b"\n\n"

    async def _write(self, send: Send, body: bytes) -> None:
        if body:
            message = {"type": "http.response.body", "body": body, "more_body": True}
            await asyncio.wait_for(send(message), self._hub.pace.patience)


def _number(request: Request, name: str) -> int:
    given = request.query_params.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 7 else 0


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

"""Keeps a note of every request: what was asked and what was answered, never with whose credentials."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from attrs import frozen
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics_mixpanel.debugger.projects import read_authorization
from analytics_mixpanel.debugger.store import Store

_SECRET: Final = re.compile(r"auth|cookie|token|secret|key|password|session|credential", re.IGNORECASE)
_HIDDEN: Final = "(hidden)"


@frozen
class Recording:
    """ASGI middleware that keeps requests.

    The note is complete before the answer leaves: who has the answer can read the note. Its id is in the
    scope's state as ``request``.
    """

    app: ASGIApp
    store: Store
    now: Callable[[], float]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note one request and pass it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number = self._open(Request(scope))
        scope.setdefault("state", {})["request"] = number
        size = 0

        async def counting() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            return message

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                with self.store.writing():
                    self.store.close_request(number, size=size, status=message["status"])
            await send(message)

        await self.app(scope, counting, noting)

    def _open(self, request: Request) -> int:
        query = {name: value for name, value in request.query_params.items() if name != "data"}
        with self.store.writing():
            return self.store.add_request(
                self.now(), request.method, request.scope["path"], _hidden(query), _headers(request)
            )


def _headers(request: Request) -> dict[str, str]:
    headers = dict(request.headers)
    kind = read_authorization(headers.pop("authorization", "")).kind
    headers = _hidden(headers)
    return {**headers, "authorization": kind} if "authorization" in request.headers else headers


def _hidden(values: Mapping[str, str]) -> dict[str, str]:
    """Leave out what may be a secret; that there was one stays visible."""
    return {name: _HIDDEN if _SECRET.search(name) else value for name, value in values.items()}

"""Keeps a note of every request: what was asked and what was answered, never with whose credentials."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics_mixpanel.debugger.projects import read_authorization
from analytics_mixpanel.debugger.store import Store


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
        if "api_key" in query:
            query["api_key"] = "(hidden)"
        with self.store.writing():
            return self.store.add_request(
                self.now(), request.method, request.scope["path"], query, _without_credentials(request)
            )


def _without_credentials(request: Request) -> dict[str, str]:
    headers = dict(request.headers)
    if "authorization" in headers:
        headers["authorization"] = read_authorization(headers["authorization"]).kind
    headers.pop("proxy-authorization", None)
    headers.pop("cookie", None)
    return headers

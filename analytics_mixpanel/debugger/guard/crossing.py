"""Lets web pages of any origin reach ingestion, as they reach Mixpanel's and Segment's, and no more here.

A page may send a message and learn that it was taken. Libraries in browsers ask to send cookies along, so
this is allowed; nothing here reads one of them, and what an answer says is about what was sent.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Where browsers post; ``/import`` asks for credentials that no web page has.
_OPEN: Final = ("/track", "/engage", "/groups")
_SEGMENTS: Final = "/v1/"
_LONGEST: Final = 1000
_PRIVATE: Final = "access-control-request-private-network"


@frozen
class Crossing:
    """ASGI middleware that says to browsers which pages of other origins may ask, and read the answer."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or answer a browser's question whether it may be made."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = headers.get("origin")
        if origin is None or not _is_open(scope["path"]):
            await self.app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await _permission(headers, origin)(scope, receive, send)
            return

        async def saying(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_allowed(origin))
            await send(message)

        await self.app(scope, receive, saying)


def _is_open(path: str) -> bool:
    return path.rstrip("/") in _OPEN or path.startswith(_SEGMENTS)


def _allowed(origin: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Origin",
    }


def _permission(asked: Headers, origin: str) -> Response:
    headers = {
        **_allowed(origin),
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": asked.get("access-control-request-headers", "")[:_LONGEST],
        "Access-Control-Max-Age": "600",
    }
    if _PRIVATE in asked:
        headers["Access-Control-Allow-Private-Network"] = "true"
    return Response(status_code=204, headers=headers)

"""Lets a web page of any origin reach Segment's endpoints, as analytics.js does, and nothing else here.

It may send a message and learn that it was taken. No cookie or password of the browser goes along.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

_HEADERS: Final = "Authorization, Content-Type, Content-Encoding"


def crossing(endpoint: Endpoint, method: str) -> Endpoint:
    """Give an endpoint that browsers let pages of other origins use.

    Args:
        endpoint: gives the answer.
        method: the one method that it has, beside the browser's question whether it may.
    """

    async def answer(request: Request) -> Response:
        response = _permission(method) if request.method == "OPTIONS" else await endpoint(request)
        if "origin" in request.headers:
            response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return answer


def _permission(method: str) -> Response:
    headers = {
        "Access-Control-Allow-Methods": method,
        "Access-Control-Allow-Headers": _HEADERS,
        "Access-Control-Max-Age": "600",
    }
    return Response(status_code=204, headers=headers)

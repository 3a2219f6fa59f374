"""What the page's scripts ask: JSON in, and a handler that may take its time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from analytics_mixpanel.debugger.answers import as_json


def in_thread(handler: Callable[[dict[str, Any]], Response]) -> Callable[[Request], Awaitable[Response]]:
    """Give the endpoint that hands the JSON object of a request to a handler, on a thread of its own."""

    async def answer(request: Request) -> Response:
        try:
            content = orjson.loads(await request.body())
        except orjson.JSONDecodeError:
            return as_json({"error": "the body is not valid JSON"}, 400)
        if not isinstance(content, dict):
            return as_json({"error": "the body must be a JSON object"}, 400)
        return await run_in_threadpool(handler, content)

    return answer


def text_of(content: dict[str, Any], name: str) -> str:
    """Give a text of what was asked, or "" where there is none."""
    value = content.get(name, "")
    return value if isinstance(value, str) else ""

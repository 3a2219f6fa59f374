"""Reads the body of a request, and bounds it."""

from __future__ import annotations

from starlette.requests import Request

from analytics_mixpanel.debugger import answers
from analytics_mixpanel.debugger.answers import Refused


async def read_body(request: Request, limit: int) -> bytes:
    """Give a body as it was sent.

    Past the limit it is read and forgotten, so that its sender sees the answer and not a closed connection.

    Raises:
        Refused: with 413, it has more bytes than ``limit``.
    """
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
    if size > limit:
        raise Refused(413, answers.too_large(limit))
    return b"".join(chunks)

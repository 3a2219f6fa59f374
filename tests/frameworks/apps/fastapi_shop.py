"""A shop on FastAPI, for tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

from fastapi import BackgroundTasks, FastAPI, Request, WebSocket
from fastapi.responses import StreamingResponse

import analytics_mixpanel as analytics
from analytics_mixpanel.frameworks.starlette import AnalyticsMiddleware

analytics.upload_interval = 0.02


def user_id(request: Request) -> str | None:
    """Who it says it is."""
    if request.headers.get("x-user") == "broken":
        raise LookupError("secret-canary")
    if request.headers.get("x-user") == "slow":
        time.sleep(60)
    return request.headers.get("x-user")


app = FastAPI()
app.add_middleware(AnalyticsMiddleware, user_id=user_id, trusted_proxies=1)


@app.get("/async")
async def in_the_loop(who: str) -> None:
    """Track on both sides of an await."""
    await asyncio.sleep(0.01)
    analytics.track(event="Seen", properties={"who": who})


@app.get("/sync")
def in_a_thread(who: str) -> None:
    """Track on a thread of the pool."""
    analytics.track(event="Seen", properties={"who": who})


@app.get("/executor")
async def in_an_executor(who: str) -> None:
    """Track on a thread that is given the context."""
    await asyncio.to_thread(analytics.track, event="Seen", properties={"who": who})


@app.get("/background")
async def afterwards(who: str, tasks: BackgroundTasks) -> None:
    """Track after the response."""
    tasks.add_task(analytics.track, event="Seen", properties={"who": who})


@app.get("/stream")
async def stream(who: str) -> StreamingResponse:
    """Track while the response is made."""

    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        analytics.track(event="Seen", properties={"who": who})
        yield b"two"

    return StreamingResponse(parts())


@app.get("/stream-sync")
def stream_on_threads(who: str) -> StreamingResponse:
    """Track in a plain generator, which runs on threads of the pool."""

    def parts() -> Iterator[bytes]:
        yield b"one"
        analytics.track(event="Seen", properties={"who": who})
        yield b"two"

    return StreamingResponse(parts())


@app.get("/address")
async def address() -> str | None:
    """Whose address a call would have."""
    opened = analytics.current_scope()
    return opened.context.get("ip") if opened else None


@app.get("/outside")
async def outside() -> bool:
    """Whether a scope is open that is not this request's."""
    opened = analytics.current_scope()
    return opened is not None and opened.outer is not None


@app.websocket("/socket")
async def socket(websocket: WebSocket) -> None:
    """Track within a websocket's conversation."""
    await websocket.accept()
    analytics.track(event="Seen", properties={"who": await websocket.receive_text()})
    await websocket.close()

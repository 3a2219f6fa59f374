"""The middleware for ASGI: requests and websockets are scopes, each by itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from analytics_mixpanel import current_scope
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.frameworks.asgi import AnalyticsMiddleware


def _user() -> Any:
    opened = current_scope()
    return opened.user_id if opened else None


def _scope(kind: str = "http", user: str = "u") -> dict[str, Any]:
    return {"type": kind, "path": "/", "headers": [(b"x-user", user.encode())]}


def _header(scope: Any) -> Any:
    return dict(scope["headers"])[b"x-user"].decode()


def _seen_by(scope: dict[str, Any], **options: Any) -> Any:
    """The user that an application sees."""
    seen: list[Any] = []

    async def app(*_: Any) -> None:
        await asyncio.sleep(0)
        seen.append(_user())

    async def serve() -> None:
        await AnalyticsMiddleware(app, user_id=_header, **options)(scope, None, None)
        seen.append(_user())

    asyncio.run(serve())
    assert seen[1] is None, "the scope ends with the request"
    return seen[0]


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_request_is_a_scope(kind: str) -> None:
    """So is a websocket's conversation."""
    assert _seen_by(_scope(kind)) == "u"


def test_the_lifespan_is_none() -> None:
    """What runs at the start and the end of the server has no visitor."""
    assert _seen_by({"type": "lifespan"}) is None


def test_requests_in_turns_are_apart() -> None:
    """In one event loop each sees its own visitor, on both sides of its awaits, and so do its tasks."""

    async def app(scope: Any, *_: Any) -> None:
        for _turn in range(3):
            await asyncio.sleep(0)
            scope["seen"].append(_user())
        scope["seen"].append(await asyncio.create_task(asyncio.to_thread(_user)))

    async def serve() -> list[Any]:
        middleware = AnalyticsMiddleware(app, user_id=_header)
        scopes = [{**_scope(user=f"u{n}"), "seen": []} for n in range(5)]
        await asyncio.gather(*(middleware(scope, None, None) for scope in scopes))
        return [scope["seen"] for scope in scopes]

    assert asyncio.run(serve()) == [[f"u{n}"] * 4 for n in range(5)]


def test_an_exception_closes_the_scope() -> None:
    """It goes on to the server."""

    async def app(*_: Any) -> None:
        raise KeyError

    async def serve() -> Any:
        with pytest.raises(KeyError):
            await AnalyticsMiddleware(app)(_scope(), None, None)
        return current_scope()

    assert asyncio.run(serve()) is None


def test_installed_twice_is_refused() -> None:
    """Next to each other, where they are made."""

    async def app(*_: Any) -> None:
        return None

    with pytest.raises(ConfigurationError, match="already"):
        AnalyticsMiddleware(AnalyticsMiddleware(app))


def test_two_adapters_are_told(caplog: pytest.LogCaptureFixture) -> None:
    """With others between them, at the first request; the inner one has no effect."""
    seen: list[Any] = []

    async def app(*_: Any) -> None:
        seen.append(_user())

    inner = AnalyticsMiddleware(app, user_id=lambda _: "inner")

    async def between(*given: Any) -> None:
        await inner(*given)

    asyncio.run(AnalyticsMiddleware(between, user_id=lambda _: "outer")(_scope(), None, None))
    assert seen == ["outer"]
    assert "two adapters" in caplog.text

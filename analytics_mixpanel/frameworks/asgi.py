"""Middleware for any ASGI application.

application = AnalyticsMiddleware(application, trusted_proxies=1)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.frameworks.reading.options import options_of
from analytics_mixpanel.frameworks.reading.request import AsgiScope, of_asgi
from analytics_mixpanel.frameworks.reading.visit import Visit, first_here
from analytics_mixpanel.scopes import lazy_scope

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from analytics_mixpanel.frameworks.reading.options import Given

AsgiApp: TypeAlias = Callable[[AsgiScope, Any, Any], Awaitable[None]]


class AnalyticsMiddleware:
    """Open a scope for each request and each websocket.

    Args:
        app: the application.
        options: as Options says; lookups are given the ASGI scope.

    Raises:
        ConfigurationError: an option is wrong, or the application has this middleware already.
    """

    def __init__(self, app: AsgiApp, **options: Unpack[Given]) -> None:
        if isinstance(app, AnalyticsMiddleware):
            raise ConfigurationError("the application has the middleware already: wrap it once")
        self.app = app
        self._options = options_of(options)

    async def __call__(self, scope: AsgiScope, receive: Any, send: Any) -> None:
        """Answer a request, or hold a websocket's conversation."""
        if scope["type"] not in {"http", "websocket"} or not first_here(scope, type(self).__module__):
            await self.app(scope, receive, send)
            return
        with lazy_scope(Visit(partial(of_asgi, scope), self._subject(scope), self._options)):
            await self.app(scope, receive, send)

    def _subject(self, scope: AsgiScope) -> Any:
        """What lookups are given."""
        return scope

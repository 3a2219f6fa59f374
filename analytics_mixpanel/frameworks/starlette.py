"""Middleware for Starlette and FastAPI.

app.add_middleware(AnalyticsMiddleware, user_id=lambda request: request.state.user_id)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics_mixpanel.frameworks import asgi
from analytics_mixpanel.frameworks.extras import missing
from analytics_mixpanel.frameworks.reading.request import AsgiScope

try:
    from starlette.requests import HTTPConnection
except ImportError as error:
    raise missing("starlette") from error

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from analytics_mixpanel.frameworks.reading.options import Given


class AnalyticsMiddleware(asgi.AnalyticsMiddleware):
    """Open a scope for each request and each websocket.

    Args:
        app: the application.
        options: as Options says; lookups are given the ``HTTPConnection``, which has a request's headers,
            cookies, state and user. Without ``user_id``, the user that AuthenticationMiddleware set.

    Raises:
        ConfigurationError: an option is wrong, or the application has this middleware already.
    """

    def __init__(self, app: asgi.AsgiApp, **options: Unpack[Given]) -> None:
        options.setdefault("user_id", user_id)
        super().__init__(app, **options)

    def _subject(self, scope: AsgiScope) -> HTTPConnection:
        return HTTPConnection(scope)


def user_id(connection: HTTPConnection) -> Any:
    """The ``identity`` of the user that AuthenticationMiddleware set, if it has one."""
    user = connection.scope.get("user")
    if user is None or not user.is_authenticated:
        return None
    try:
        return user.identity
    except NotImplementedError:  # as Starlette's SimpleUser
        return None

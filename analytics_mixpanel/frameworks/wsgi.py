"""Middleware for any WSGI application.

application = AnalyticsMiddleware(application, user_id=lambda environ: environ.get("REMOTE_USER"))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.frameworks.reading.options import options_of
from analytics_mixpanel.frameworks.reading.request import Environ, of_wsgi
from analytics_mixpanel.frameworks.reading.visit import Visit, first_here
from analytics_mixpanel.scopes import Reopened, lazy_scope
from analytics_mixpanel.scopes.stepping import Stepped

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from analytics_mixpanel.frameworks.reading.options import Given

WsgiApp: TypeAlias = Callable[[Environ, Any], Iterable[bytes]]


class AnalyticsMiddleware:
    """Open a scope for each request, until its response is sent.

    Args:
        app: the application.
        options: as Options says; lookups are given the environ.

    Raises:
        ConfigurationError: an option is wrong, or the application has this middleware already.
    """

    def __init__(self, app: WsgiApp, **options: Unpack[Given]) -> None:
        if isinstance(app, AnalyticsMiddleware):
            raise ConfigurationError("the application has the middleware already: wrap it once")
        self.app = app
        self._options = options_of(options)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        if not first_here(environ, __name__):
            return self.app(environ, start_response)
        with lazy_scope(Visit(partial(of_wsgi, environ), environ, self._options)) as scope:
            body = self.app(environ, start_response)
        return body if _is_made(body, environ) else Stepped(Reopened(scope), body)


def _is_made(body: Iterable[bytes], environ: Environ) -> bool:
    """Whether no code of the application runs to make the body; servers send files in their own way."""
    files = environ.get("wsgi.file_wrapper")
    return isinstance(body, (list, tuple)) or (isinstance(files, type) and isinstance(body, files))

"""Extension for Flask.

Analytics(app, user_id=lambda request: session.get("user_id"))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.frameworks.extras import missing
from analytics_mixpanel.frameworks.reading.options import options_of
from analytics_mixpanel.frameworks.wsgi import AnalyticsMiddleware

try:
    import flask
except ImportError as error:
    raise missing("flask") from error

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from analytics_mixpanel.frameworks.reading.options import Given

_EXTENSION: Final = "analytics_mixpanel"


class Analytics:
    """Open a scope for each request, until its response is sent.

    Args:
        app: the application; or give it to ``init_app`` later.
        options: as Options says; lookups are given ``flask.request`` and run within the request's context.

    Raises:
        ConfigurationError: an option is wrong, or the application has the extension already.
    """

    def __init__(self, app: flask.Flask | None = None, **options: Unpack[Given]) -> None:
        options_of(options)
        self._given: Any = {
            name: _of_the_request(value) if callable(value) else value for name, value in options.items()
        }
        if app is not None:
            self.init_app(app)

    def init_app(self, app: flask.Flask) -> None:
        """Install it in an application."""
        if _EXTENSION in app.extensions:
            raise ConfigurationError("the application has the extension already: call init_app once")
        app.extensions[_EXTENSION] = self
        app.wsgi_app = AnalyticsMiddleware(app.wsgi_app, **self._given)  # type: ignore[method-assign]


def _of_the_request(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda _environ: function(flask.request)

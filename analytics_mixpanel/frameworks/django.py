"""Middleware for Django, sync and async.

MIDDLEWARE = [..., "analytics_mixpanel.frameworks.django.AnalyticsMiddleware"]
ANALYTICS_MIXPANEL = {"trusted_proxies": 1}
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.frameworks.extras import missing
from analytics_mixpanel.frameworks.reading.options import LOOKUPS, Options, options_of
from analytics_mixpanel.frameworks.reading.request import of_asgi, of_wsgi
from analytics_mixpanel.frameworks.reading.visit import Visit, first_here
from analytics_mixpanel.scopes import Opening, Reopened, Scope, lazy_scope
from analytics_mixpanel.scopes.stepping import AsyncStepped, Stepped

try:
    from asgiref.sync import iscoroutinefunction, markcoroutinefunction
    from django.conf import settings
    from django.contrib.auth import SESSION_KEY
    from django.utils.functional import LazyObject, empty
    from django.utils.module_loading import import_string
except ImportError as error:
    raise missing("django") from error

_SETTING: Final = "ANALYTICS_MIXPANEL"


class AnalyticsMiddleware:
    """Open a scope for each request, until its response is sent.

    The setting ``ANALYTICS_MIXPANEL`` is a dict of options, as Options says. Lookups are functions, or dotted
    paths to functions, of the HttpRequest. Without ``user_id``, it is the primary key of ``request.user``;
    without ``session_cookie``, the session's, unless all of the session is in it.

    Raises:
        ConfigurationError: an option is wrong, or the middleware is listed twice.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        name = f"{__name__}.{type(self).__name__}"
        if list(settings.MIDDLEWARE).count(name) > 1:
            raise ConfigurationError(f"MIDDLEWARE has {name} twice: list it once")
        self.get_response = get_response
        self._options = _options()
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: Any) -> Any:
        """Answer a request, or give the coroutine that does."""
        carrier = request.scope if hasattr(request, "scope") else request.META
        if not first_here(carrier, __name__):
            return self.get_response(request)
        read = of_asgi if hasattr(request, "scope") else of_wsgi
        opening = lazy_scope(Visit(lambda: read(carrier), request, self._options))
        if self._is_async:
            return self._answer_async(request, opening)
        with opening as scope:
            response = self.get_response(request)
        return _streaming(response, scope)

    async def _answer_async(self, request: Any, opening: Opening) -> Any:
        with opening as scope:
            response = await self.get_response(request)
        return _streaming(response, scope)


def user_id(request: Any) -> Any:
    """The primary key of the user who is signed in.

    Reading ``request.user`` may ask the database, which an event loop must not wait for: there it is what is
    in memory already, because a view has awaited ``request.auser()`` or looked into the session.
    """
    if _in_event_loop():
        return _id_in_memory(request)
    user = getattr(request, "user", None)
    return user.pk if user is not None and user.is_authenticated else None


def _id_in_memory(request: Any) -> Any:
    user = vars(request).get("user")
    if issubclass(type(user), LazyObject):
        user = vars(user).get("_wrapped")
    if user is not None and user is not empty:
        return user.pk if user.is_authenticated else None
    loaded = getattr(vars(request).get("session"), "_session_cache", None)
    return loaded.get(SESSION_KEY) if loaded else None


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _options() -> Options:
    given = getattr(settings, _SETTING, {})
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"the setting {_SETTING} must be a dict of options")
    options: dict[str, Any] = {"user_id": user_id, "session_cookie": _session_cookie(), **given}
    for name in LOOKUPS:
        if isinstance(options.get(name), str):
            options[name] = import_string(options[name])
    return options_of(options)


def _session_cookie() -> str | None:
    # That cookie changes with every change of the session, so it does not tell sessions apart.
    signed = settings.SESSION_ENGINE.endswith("signed_cookies")
    return None if signed else settings.SESSION_COOKIE_NAME


def _streaming(response: Any, scope: Scope) -> Any:
    """Keep the scope open for what makes a streaming response; files are left to the server."""
    if getattr(response, "streaming", False) and not getattr(response, "file_to_stream", None):
        stepped = AsyncStepped if response.is_async else Stepped
        response.streaming_content = stepped(Reopened(scope), response.streaming_content)
    return response

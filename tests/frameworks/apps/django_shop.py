"""A shop on Django, for tests, with its users and sessions in a database; for WSGI and for ASGI."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import django
from django.conf import settings

import analytics_mixpanel as analytics

analytics.upload_interval = 0.02
_FOLDER = Path(os.environ["SHOP_FOLDER"])

settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="for tests",
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "analytics_mixpanel.frameworks.django.AnalyticsMiddleware",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": _FOLDER / f"{os.getpid()}.db"}},
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ANALYTICS_MIXPANEL={"trusted_proxies": 1},
)
django.setup()

from django.contrib.auth import get_user_model, login  # noqa: E402 - Django wants its settings first
from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse, StreamingHttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

call_command("migrate", verbosity=0)


def signed_in(request: Any) -> HttpResponse:
    """Sign the named user in."""
    user, _ = get_user_model().objects.get_or_create(username=request.GET["who"])
    login(request, user)
    analytics.track(event="Signed In")
    return HttpResponse(str(user.pk))


def seen(_: Any) -> HttpResponse:
    """Track in a sync view."""
    analytics.track(event="Seen")
    return HttpResponse("")


async def seen_in_the_loop(_: Any) -> HttpResponse:
    """Track in an async view that does not look who it is."""
    analytics.track(event="Seen")
    return HttpResponse("")


async def seen_by_a_user(request: Any) -> HttpResponse:
    """Track in an async view that has looked who it is."""
    await request.auser()
    analytics.track(event="Seen")
    return HttpResponse("")


def stream(_: Any) -> StreamingHttpResponse:
    """Track while the response is made."""

    def parts() -> Iterator[str]:
        yield "one"
        analytics.track(event="Seen")
        yield "two"

    return StreamingHttpResponse(parts())


async def stream_in_the_loop(request: Any) -> StreamingHttpResponse:
    """Track while the response is made by an async generator."""
    await request.auser()

    async def parts() -> AsyncIterator[str]:
        yield "one"
        analytics.track(event="Seen")
        yield "two"

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("signed-in", signed_in),
    path("seen", seen),
    path("loop/seen", seen_in_the_loop),
    path("loop/user", seen_by_a_user),
    path("stream", stream),
    path("loop/stream", stream_in_the_loop),
]

wsgi = get_wsgi_application()
asgi = get_asgi_application()

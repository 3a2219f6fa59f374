"""The adapter for Django, sync under gunicorn and async under uvicorn."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import Event, StandIn

Arrived = Callable[..., list[Event]]
Run = Callable[..., Any]
SignIn = Callable[[Any, str], tuple[requests.Session, str]]


@pytest.fixture(scope="module")
def wsgi(serve: Callable[..., Any]) -> Any:
    """The shop on Django under gunicorn: loaded, then forked into two workers."""
    return serve("gunicorn", "django_shop:wsgi", "--bind", "127.0.0.1:{port}", "--preload", "--workers", "2")


@pytest.fixture(scope="module")
def asgi(serve: Callable[..., Any]) -> Any:
    """The shop on Django under uvicorn."""
    return serve("uvicorn", "django_shop:asgi", "--port", "{port}", "--lifespan", "off")


@pytest.fixture
def sign_in(stand_in: StandIn) -> Iterator[SignIn]:
    """Signs a new user in; the browser that has the session, and the user's id."""
    with requests.Session() as session:

        def run(server: Any, who: str) -> tuple[requests.Session, str]:
            answer = session.get(f"{server.url}/signed-in", params={"who": who}, timeout=20)
            assert answer.status_code == 200, answer.text
            return session, answer.text

        yield run


def _session_id(session: requests.Session) -> str:
    return hashlib.sha256(session.cookies["sessionid"].encode()).hexdigest()[:32]


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
@pytest.mark.parametrize("path", ["/seen", "/stream", "/loop/user", "/loop/stream"])
def test_an_event_is_its_user_s(
    kind: str, path: str, request: pytest.FixtureRequest, sign_in: SignIn, arrived: Arrived
) -> None:
    """Sync views, and async views that know their user, track that user; under WSGI and ASGI."""
    server = request.getfixturevalue(kind)
    session, user = sign_in(server, path)
    assert session.get(server.url + path, timeout=20).status_code == 200
    (seen,) = arrived("Seen")
    assert seen.distinct_id == user
    assert seen.properties["$current_url"] == server.url + path
    # The session is not taken for a device of the user.
    assert "$device_id" not in seen.properties


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_signing_in_is_by_the_user(
    kind: str, request: pytest.FixtureRequest, sign_in: SignIn, arrived: Arrived
) -> None:
    """The event of the view that signs somebody in is that user's."""
    _, user = sign_in(request.getfixturevalue(kind), "newcomer")
    assert arrived("Signed In")[0].distinct_id == user


def test_the_loop_never_waits_for_the_database(asgi: Any, sign_in: SignIn, arrived: Arrived) -> None:
    """An async view that has not looked who it is tracks its session, as nobody's, without an error."""
    session, _ = sign_in(asgi, "loop")
    assert session.get(f"{asgi.url}/loop/seen", timeout=20).status_code == 200
    (seen,) = arrived("Seen")
    assert seen.distinct_id == _session_id(session)
    assert "$user_id" not in seen.properties


_LISTED = """
    from django.conf import settings

    name = "analytics_mixpanel.frameworks.django.AnalyticsMiddleware"
    settings.configure(MIDDLEWARE=[name] * {times}, {more})
    import django

    django.setup()
    from django.core.handlers.base import BaseHandler

    BaseHandler().load_middleware()
"""


@pytest.mark.parametrize(
    ("times", "more", "said"),
    [
        (2, "", "twice"),
        (1, "ANALYTICS_MIXPANEL={'trusted_proxy': 1}", "unknown options: trusted_proxy"),
        (1, "ANALYTICS_MIXPANEL=['trusted_proxies']", "must be a dict"),
    ],
)
def test_a_wrong_setting_is_said_at_the_start(run_python: Run, times: int, more: str, said: str) -> None:
    """Before a request is served, with the setting's name."""
    ended = run_python(_LISTED.format(times=times, more=more))
    assert "ConfigurationError" in ended.stderr
    assert said in ended.stderr


def test_a_lookup_may_be_a_dotted_path(run_python: Run) -> None:
    """As settings name functions."""
    ended = run_python(_LISTED.format(times=1, more="ANALYTICS_MIXPANEL={'user_id': 'os.fspath'}"))
    assert ended.returncode == 0, ended.stderr

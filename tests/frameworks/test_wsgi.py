"""The middleware for WSGI: the scope is open while the application runs, and as long as its response does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from io import BytesIO
from typing import Any
from wsgiref.util import FileWrapper, setup_testing_defaults
from wsgiref.validate import validator

import pytest

from analytics_mixpanel import current_scope
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.frameworks.wsgi import AnalyticsMiddleware


def _environ(**more: Any) -> dict[str, Any]:
    environ: dict[str, Any] = {"REMOTE_ADDR": "1.1.1.1", "QUERY_STRING": "", **more}
    setup_testing_defaults(environ)
    return environ


def _ip() -> Any:
    opened = current_scope()
    return opened.context.get("ip") if opened else None


def _start(*_: Any) -> Any:
    return lambda _: None


class _Streaming:
    """A response that is made step by step, and says what it saw."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(2):
            self.seen.append(_ip())
            yield b"part"

    def close(self) -> None:
        """Be closed."""
        self.seen.append(("closed", _ip()))


def test_the_application_is_inside() -> None:
    """The scope is open while the application is called, and closed afterwards."""
    seen: list[Any] = []

    def app(_: Any, __: Any) -> list[bytes]:
        seen.append(_ip())
        return [b""]

    AnalyticsMiddleware(app)(_environ(), _start)
    assert seen == ["1.1.1.1"]
    assert current_scope() is None


def test_a_streaming_response_is_inside() -> None:
    """Its steps and its ``close`` are; the server between them is not."""
    response = _Streaming()
    body: Any = AnalyticsMiddleware(lambda *_: response)(_environ(), _start)
    assert [(part, current_scope()) for part in body] == [(b"part", None)] * 2
    body.close()
    assert response.seen == ["1.1.1.1", "1.1.1.1", ("closed", "1.1.1.1")]


def test_a_stream_is_in_the_same_scope() -> None:
    """What a plugin keeps for the request's scope is there while the response is made."""
    seen: list[Any] = []

    def parts() -> Iterator[bytes]:
        for _ in range(2):
            seen.append(current_scope())
            yield b"part"

    def app(_: Any, __: Any) -> Iterator[bytes]:
        seen.append(current_scope())
        return parts()

    list(AnalyticsMiddleware(app)(_environ(), _start))
    assert len(seen) == 3
    assert seen == [seen[0]] * 3
    assert seen[0] is not None


def test_a_user_looked_up_once_stays_for_the_stream() -> None:
    """The steps of a response ask for nobody whom the application found already."""
    users: list[Any] = []

    def parts() -> Iterator[bytes]:
        users.append(_user())
        yield b""
        users.append(_user())

    def app(_: Any, __: Any) -> Iterable[bytes]:
        users.append(_user())
        return parts()

    answers = iter(["u"])
    list(AnalyticsMiddleware(app, user_id=lambda _: next(answers))(_environ(), _start))
    assert users == ["u"] * 3


def _user() -> Any:
    opened = current_scope()
    return opened.user_id if opened else None


@pytest.mark.parametrize("make", [list, tuple, FileWrapper])
def test_what_is_made_already_is_passed_on(make: Any) -> None:
    """Servers know lengths and send files in their own way."""
    made = make(BytesIO(b"line"))
    environ = _environ(**{"wsgi.file_wrapper": FileWrapper})
    assert AnalyticsMiddleware(lambda *_: made)(environ, _start) is made


def test_an_exception_closes_the_scope() -> None:
    """It goes on to the server, and the thread is clean."""

    def app(_: Any, __: Any) -> Any:
        raise KeyError

    with pytest.raises(KeyError):
        AnalyticsMiddleware(app)(_environ(), _start)
    assert current_scope() is None


def test_it_keeps_to_the_protocol() -> None:
    """The standard library's validator finds nothing, on either side of it."""

    def app(_: Any, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return iter([b"a", b"b"])

    checked: Any = validator(AnalyticsMiddleware(validator(app)))
    body = checked(_environ(), lambda *_: lambda _: None)
    assert list(body) == [b"a", b"b"]
    body.close()


class TestTwice:
    """An application that has two adapters is told."""

    def test_next_to_each_other(self) -> None:
        """The second is refused."""
        with pytest.raises(ConfigurationError, match="already"):
            AnalyticsMiddleware(AnalyticsMiddleware(lambda *_: []))

    def test_with_others_between(self, caplog: pytest.LogCaptureFixture) -> None:
        """The inner one warns, at the first request, and has no effect."""
        seen: list[Any] = []

        def app(_: Any, __: Any) -> list[bytes]:
            opened = current_scope()
            assert opened is not None
            seen.append((opened.user_id, opened.outer))
            return []

        inner = AnalyticsMiddleware(app, user_id=lambda _: "inner")
        between: Any = partial(inner)
        outer = AnalyticsMiddleware(between, user_id=lambda _: "outer")
        outer(_environ(), _start)
        assert seen == [("outer", None)]
        assert "two adapters" in caplog.text

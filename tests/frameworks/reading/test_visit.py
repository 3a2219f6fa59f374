"""A request as a scope: who visits, when it is looked up, and what a failing or slow lookup costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from analytics_mixpanel import Message
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.frameworks.reading.lookup import REST, SLOW, Lookup
from analytics_mixpanel.frameworks.reading.options import Options, options_of
from analytics_mixpanel.frameworks.reading.request import of_asgi
from analytics_mixpanel.frameworks.reading.visit import Visit
from analytics_mixpanel.scopes import lazy_scope
from analytics_mixpanel.testing import recording_client


def _visit(cookie: str = "", /, **given: Any) -> Visit:
    scope = {"headers": [(b"cookie", cookie.encode())], "client": ("1.1.1.1", 1)}
    return Visit(lambda: of_asgi(scope), "the request", options_of(given))


def _messages(visit: Visit, calls: int = 1, **given: Any) -> list[Message]:
    client, _ = recording_client()
    with lazy_scope(visit):
        return [client.track(event="Seen", **given)[1] for _ in range(calls)]


class TestWho:
    """The ids of a visitor."""

    def test_the_application_knows(self) -> None:
        """``user_id`` is given the request and answers the user."""
        seen: list[Any] = []

        def user_id(request: Any) -> int:
            seen.append(request)
            return 7

        (message,) = _messages(_visit(user_id=user_id))
        assert (message["userId"], message["anonymousId"]) == ("7", None)
        assert seen == ["the request"]

    def test_segment_s_cookie_is_the_anonymous_id(self) -> None:
        """Events before and after somebody signs in carry the browser's id, as analytics.js keeps it."""
        cookie = "x=1; ajs_anonymous_id=%22b1946ac9%22"
        (nobody,) = _messages(_visit(cookie))
        (somebody,) = _messages(_visit(cookie, user_id=lambda _: "u"))
        assert (nobody["userId"], nobody["anonymousId"]) == (None, "b1946ac9")
        assert (somebody["userId"], somebody["anonymousId"]) == ("u", "b1946ac9")

    def test_the_cookie_is_not_tied_to_whom_a_call_names(self) -> None:
        """A call about a user, made for a visitor nobody knows, does not merge the two."""
        (message,) = _messages(_visit("ajs_anonymous_id=a"), user_id="somebody")
        assert (message["userId"], message["anonymousId"]) == ("somebody", None)

    @pytest.mark.parametrize("cookie", ["ajs_anonymous_id=", "ajs_anonymous_id=" + "x" * 300])
    def test_a_cookie_that_is_no_id_is_ignored(self, cookie: str) -> None:
        """Empty and endless ones are not taken."""
        (message,) = _messages(_visit(cookie))
        assert message["anonymousId"] not in {"", "x" * 300}

    def test_other_cookies_and_lookups_are_possible(self) -> None:
        """The application may say where the anonymous id is."""
        (cookie,) = _messages(_visit("visitor=v", anonymous_cookie="visitor"))
        (lookup,) = _messages(_visit("visitor=v", anonymous_cookie="visitor", anonymous_id=lambda _: "w"))
        assert (cookie["anonymousId"], lookup["anonymousId"]) == ("v", "w")

    def test_nobody_is_one_visitor_for_the_request(self) -> None:
        """Without any id, the events of one request belong together, and no call fails."""
        first, second = _messages(_visit(user_id=lambda _: None), calls=2)
        (other,) = _messages(_visit())
        assert first["anonymousId"] == second["anonymousId"]
        assert first["anonymousId"] != other["anonymousId"]

    def test_a_session_is_told_by_a_digest(self) -> None:
        """Its key, which opens the session, is not sent; the digest is the same in every request."""
        (first,) = _messages(_visit("sid=secret-canary", session_cookie="sid"))
        (second,) = _messages(_visit("sid=secret-canary", session_cookie="sid", user_id=lambda _: "u"))
        assert first["context"]["sessionId"] == second["context"]["sessionId"] == first["anonymousId"]
        assert len(first["context"]["sessionId"]) == 32
        assert "secret-canary" not in str(first)
        assert second["anonymousId"] is None

    def test_group_and_properties_may_be_looked_up(self) -> None:
        """They are in the context and on the events."""
        (message,) = _messages(_visit(group_id=lambda _: 5, properties=lambda _: {"plan": "pro"}))
        assert message["context"]["groupId"] == "5"
        assert message["properties"] == {"plan": "pro"}


class TestWhen:
    """A request that tracks nothing is not read."""

    def test_nothing_is_looked_up_in_vain(self) -> None:
        """Opening the scope neither reads the request nor asks the application."""

        def never(*_: Any) -> Any:
            raise AssertionError("asked in vain")

        with lazy_scope(Visit(never, None, options_of({"user_id": never}))):
            pass

    def test_a_known_user_is_looked_up_once(self) -> None:
        """Later calls of the request ask nothing, and keep the user who signed out meanwhile."""
        answers: Iterator[Any] = iter(["u", None])
        messages = _messages(_visit(user_id=lambda _: next(answers)), calls=3)
        assert [each["userId"] for each in messages] == ["u"] * 3

    def test_who_signs_in_meanwhile_is_found(self) -> None:
        """As long as nobody is known, each call asks."""
        answers = iter([None, "u", "never"])
        messages = _messages(_visit(user_id=lambda _: next(answers)), calls=3)
        assert [each["userId"] for each in messages] == [None, "u", "u"]


class TestFailing:
    """A lookup cannot break a request."""

    @pytest.mark.parametrize("name", ["user_id", "anonymous_id", "group_id", "session_id", "properties"])
    def test_one_that_raises_is_left_out(self, name: str, caplog: pytest.LogCaptureFixture) -> None:
        """The call goes on with what else is known; the log says where it failed, not what with."""

        def fail(_: Any) -> Any:
            raise RuntimeError("secret-canary")

        (message,) = _messages(_visit(**{name: fail}))
        assert message["anonymousId"]
        assert message["context"]["ip"] == "1.1.1.1"
        assert f"{name} was left out: RuntimeError" in caplog.text
        assert "secret-canary" not in caplog.text

    @pytest.mark.parametrize(("name", "wrong"), [("user_id", ["u"]), ("properties", 3), ("group_id", {})])
    def test_a_wrong_answer_is_left_out(
        self, name: str, wrong: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        """An answer of the wrong type counts as none."""
        (message,) = _messages(_visit(**{name: lambda _: wrong}))
        assert message["userId"] is None
        assert name in caplog.text

    def test_a_request_that_cannot_be_read_is_left_out(self, caplog: pytest.LogCaptureFixture) -> None:
        """The calls go through without its facts."""
        (message,) = _messages(Visit(lambda: 1 / 0, None, Options()))  # type: ignore[arg-type, return-value]
        assert message["anonymousId"]
        assert "ZeroDivisionError" in caplog.text

    def test_an_async_one_is_refused(self) -> None:
        """A coroutine function is an error where it is given, and one in disguise is left out."""

        async def user_id(_: Any) -> str:
            return "u"

        with pytest.raises(ConfigurationError, match="user_id"):
            options_of({"user_id": user_id})
        (message,) = _messages(_visit(user_id=lambda _: user_id(None)))
        assert message["userId"] is None


class TestSlow:
    """A lookup cannot hold requests up for long."""

    def test_it_rests(self, caplog: pytest.LogCaptureFixture) -> None:
        """A slow one is not asked again for a while, which the log says."""
        now = [0.0]
        asked: list[float] = []

        def slow(_: Any) -> str:
            asked.append(now[0])
            now[0] += SLOW * 2
            return "u"

        lookup = Lookup("user_id", slow, lambda: now[0])
        assert [lookup.ask(None) for _ in range(3)] == ["u", None, None]
        assert "user_id took 1.0 seconds" in caplog.text
        now[0] += REST
        assert lookup.ask(None) == "u"
        assert asked == [0.0, SLOW * 2 + REST]

    def test_requests_meanwhile_are_served_at_once(self) -> None:
        """Only one request waits for a slow lookup, however many track."""
        options = options_of({"user_id": lambda _: time.sleep(SLOW * 1.2)})
        scope: dict[str, Any] = {"headers": []}
        _messages(Visit(lambda: of_asgi(scope), None, options))
        started = time.monotonic()
        for _ in range(20):
            _messages(Visit(lambda: of_asgi(scope), None, options))
        assert time.monotonic() - started < 20 * SLOW, "each of them waited"


class TestOptions:
    """Wrong options are said where they are given."""

    @pytest.mark.parametrize(
        ("name", "wrong"),
        [
            ("user_id", "request.user"),
            ("trusted_proxies", -1),
            ("trusted_proxies", True),
            ("trusted_proxies", "1"),
            ("ip_header", ""),
            ("session_cookie", 3),
            ("leave_out", ["os"]),
        ],
    )
    def test_a_wrong_value(self, name: str, wrong: Any) -> None:
        """The error names the option."""
        with pytest.raises(ConfigurationError, match=name):
            options_of({name: wrong})

    def test_an_unknown_one(self) -> None:
        """A misspelt option is not ignored."""
        with pytest.raises(ConfigurationError, match="trusted_proxy"):
            options_of({"trusted_proxy": 1})

"""Scopes: what calls inside them get, and that they stay where they were opened."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy
import pytest

import analytics_mixpanel
from analytics_mixpanel import Client, Message, current_scope, scope
from analytics_mixpanel.errors import ArgumentError
from analytics_mixpanel.scopes import Values, lazy_scope
from analytics_mixpanel.testing import RecordingDestination, recording_client


@pytest.fixture
def client() -> Client:
    """A client that keeps what it is told."""
    return recording_client()[0]


def _tracked(client: Client, user_id: Any = None, **more: Any) -> Message:
    return client.track(user_id, "Seen", **more)[1]


class TestWhatCallsGet:
    """A call takes from the scope what it leaves out."""

    def test_a_user(self, client: Client) -> None:
        """Every call may omit the ids."""
        with scope(user_id="user-1", anonymous_id="anon-1"):
            calls = [
                client.track(event="Seen"),
                client.identify(traits={"a": 1}),
                client.group(group_id="g"),
                client.page(name="Home"),
                client.screen(name="Home"),
            ]
            assert {(each["userId"], each["anonymousId"]) for _, each in calls} == {("user-1", "anon-1")}
            assert client.alias("anon-0")[1]["userId"] == "user-1"

    def test_an_anonymous_visitor(self, client: Client) -> None:
        """An anonymous id alone is enough."""
        with scope(anonymous_id="anon-1"):
            message = _tracked(client)
        assert (message["userId"], message["anonymousId"]) == (None, "anon-1")

    def test_properties_are_for_events_only(self, client: Client) -> None:
        """Events carry the properties, traits stay as given."""
        with scope(user_id="u", properties={"plan": "pro"}):
            assert _tracked(client, properties={"a": 1})["properties"] == {"plan": "pro", "a": 1}
            assert client.page(name="Home")[1]["properties"] == {"plan": "pro"}
            assert client.identify(traits={"a": 1})[1]["traits"] == {"a": 1}
            assert "properties" not in client.identify(traits={"a": 1})[1]

    def test_the_context_is_for_all(self, client: Client) -> None:
        """Every message carries the context, beside its library."""
        with scope(user_id="u", context={"ip": "10.0.0.1"}):
            for _, message in (client.track(event="Seen"), client.identify(), client.alias("old")):
                assert message["context"] == {"ip": "10.0.0.1", "library": client.library}

    def test_what_the_call_gives_wins(self, client: Client) -> None:
        """Ids, properties and context of the call are kept."""
        with scope(user_id="u", properties={"a": 1, "b": 1}, context={"ip": "1.1.1.1", "locale": "de"}):
            message = _tracked(client, "other", properties={"a": None}, context={"ip": "2.2.2.2"})
        assert message["userId"] == "other"
        assert message["properties"] == {"a": None, "b": 1}
        assert (message["context"]["ip"], message["context"]["locale"]) == ("2.2.2.2", "de")

    def test_page_and_campaign_are_merged(self, client: Client) -> None:
        """A title of the call joins the scope's address; an app's name and version stay together."""
        around = {"page": {"url": "https://a/b", "title": "?"}, "app": {"name": "a", "version": "1"}}
        with scope(user_id="u", context=around):
            context = _tracked(client, context={"page": {"title": "B"}, "app": {"name": "b"}})["context"]
        assert context["page"] == {"url": "https://a/b", "title": "B"}
        assert context["app"] == {"name": "b"}

    @pytest.mark.parametrize(
        ("given", "completed"),
        [
            ({"user_id": "user-1"}, ("user-1", "anon-1")),
            ({"anonymous_id": "anon-1"}, ("user-1", "anon-1")),
            ({"user_id": "user-2"}, ("user-2", None)),
            ({"anonymous_id": "anon-2"}, (None, "anon-2")),
            ({"user_id": "user-2", "anonymous_id": "anon-1"}, ("user-2", "anon-1")),
        ],
    )
    def test_two_people_are_not_merged(self, client: Client, given: Any, completed: Any) -> None:
        """A call about somebody else gets none of the scope's ids: together they would merge two people."""
        with scope(user_id="user-1", anonymous_id="anon-1"):
            message = _tracked(client, **given)
        assert (message["userId"], message["anonymousId"]) == completed

    def test_a_number_is_the_same_id_as_its_text(self, client: Client) -> None:
        """A call that names the scope's user by number is about that user."""
        with scope(user_id=7, anonymous_id="a"):
            message = _tracked(client, 7)
        assert (message["userId"], message["anonymousId"]) == ("7", "a")

    def test_a_message_from_elsewhere_is_left_alone(self, client: Client) -> None:
        """``enqueue`` takes nothing from the scope."""
        message = {"type": "track", "event": "e", "messageId": "m", "timestamp": "t", "anonymousId": "x"}
        with scope(user_id="u", properties={"a": 1}, context={"ip": "1.1.1.1"}):
            assert client.enqueue(message)[1] == message

    def test_it_holds_for_the_module(self, analytics_events: RecordingDestination) -> None:
        """The module's functions are in the scope as every client's calls, also when a client opened it."""
        with analytics_mixpanel.scope(user_id="u"), Client.scope(properties={"a": 1}):
            analytics_mixpanel.track(event="Seen")
        assert analytics_events.tracked("Seen", a=1)[0]["userId"] == "u"


class TestNesting:
    """A scope inside another adds to it."""

    def test_the_inner_wins(self, client: Client) -> None:
        """Values of both are there, of the inner one where both have it."""
        with (
            scope(user_id="u", properties={"a": 1, "b": 1}, context={"page": {"url": "x", "path": "/"}}),
            scope(properties={"b": 2}, context={"page": {"url": "y"}}, groups={"team": "t"}),
        ):
            message = _tracked(client)
        assert (message["userId"], message["properties"]) == ("u", {"a": 1, "b": 2})
        assert message["context"]["page"] == {"url": "y", "path": "/"}

    def test_the_outer_one_is_back_afterwards(self) -> None:
        """Leaving the inner scope, also by an exception, leaves the outer one as it was."""
        with scope(user_id="outer") as outer:
            with pytest.raises(KeyError), scope(user_id="inner"):
                raise KeyError
            assert current_scope() is outer
            assert outer.user_id == "outer"
        assert current_scope() is None

    def test_another_user_does_not_get_the_outer_device(self) -> None:
        """The anonymous id of one user does not go over to the next."""
        with scope(user_id="u1", anonymous_id="a1"):
            with scope(user_id="u2") as inner:
                assert inner.anonymous_id is None
            with scope(user_id="u1") as same:
                assert same.anonymous_id == "a1"

    def test_groups_are_for_plugins(self) -> None:
        """A plugin reads the groups of all open scopes; None takes one away."""
        with scope(groups={"company": 5, "team": ["a", "b"]}), scope(groups={"team": None}) as inner:
            assert inner.groups == {"company": "5", "team": None}
            assert inner.outer is not None
            assert inner.outer.groups == {"company": "5", "team": ["a", "b"]}

    def test_a_scope_is_a_key_for_state(self) -> None:
        """A plugin may keep something for a scope, weakly; it goes with the scope."""
        kept: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        with scope(user_id="u"):
            kept[current_scope()] = 1
            assert len(kept) == 1
        gc.collect()
        assert len(kept) == 0


class TestBadInput:
    """A wrong value is said where the scope opens."""

    @pytest.mark.parametrize(
        ("argument", "wrong"),
        [
            ("user_id", ["u"]),
            ("anonymous_id", {}),
            ("properties", [("a", 1)]),
            ("properties", {1: 2}),
            ("context", "ip"),
            ("groups", ["company"]),
            ("groups", {"company": {"id": 1}}),
            ("groups", {"company": [None]}),
            *((argument, numpy.array([1, 2])) for argument in ("user_id", "properties", "context", "groups")),
        ],
    )
    def test_a_wrong_type_raises_at_once(self, argument: str, wrong: Any) -> None:
        """The error names the argument, and no scope is open."""
        with pytest.raises(ArgumentError, match=argument):
            scope(**{argument: wrong})
        assert current_scope() is None

    @pytest.mark.parametrize("argument", ["user_id", "anonymous_id"])
    @pytest.mark.parametrize("opened", [{"user_id": "u"}, {"anonymous_id": "a"}, {}], ids=str)
    def test_a_wrong_id_within_one_raises(
        self, client: Client, opened: dict[str, Any], argument: str
    ) -> None:
        """Also one that cannot be compared with the scope's."""
        given: dict[str, Any] = {argument: numpy.array(["u", "a"])}
        with scope(**opened), pytest.raises(ArgumentError, match=f"^{argument} must be a str"):
            client.track(event="Seen", **given)

    def test_a_cycle_raises(self) -> None:
        """Properties that contain themselves are refused."""
        cycle: dict[str, Any] = {}
        cycle["a"] = cycle
        with pytest.raises(ArgumentError, match="properties must not contain itself"):
            scope(properties=cycle)

    def test_no_value_is_in_a_text(self) -> None:
        """Neither the error nor a scope's repr shows a value."""
        with pytest.raises(ArgumentError) as caught:
            scope(groups={"company": {"secret-canary": 1}})
        with scope(user_id="secret-canary") as opened:
            assert "secret-canary" not in f"{opened!r}{caught.value}"

    def test_what_is_decorated_must_be_a_function(self) -> None:
        """Anything else is refused where it stands."""
        wrong: Any = 3
        with pytest.raises(ArgumentError, match="function"):
            scope(user_id="u")(wrong)

    def test_nobody_is_still_an_error(self, client: Client) -> None:
        """A scope without ids does not excuse a call from giving one."""
        with scope(user_id="", properties={"a": 1}), pytest.raises(ArgumentError, match="user_id"):
            _tracked(client)

    def test_the_caller_s_values_are_copied(self, client: Client) -> None:
        """What the caller changes later is not in the scope."""
        properties: dict[str, Any] = {"a": {"b": [1]}}
        with scope(user_id="u", properties=properties):
            properties["a"]["b"].append(2)
            properties["c"] = 3
            assert _tracked(client)["properties"] == {"a": {"b": [1]}}


class TestExecution:
    """A scope is where the code runs that is in it, and nowhere else."""

    def test_threads_are_apart(self) -> None:
        """A new thread has no scope, and a scope of its own does not reach others."""
        seen: list[Any] = []
        with scope(user_id="u"):
            thread = threading.Thread(target=lambda: seen.append(current_scope()))
            thread.start()
            thread.join(10)
        assert seen == [None]

    def test_a_copied_context_takes_it_along(self) -> None:
        """An executor that is given the context runs in the scope."""
        with ThreadPoolExecutor(1) as pool, scope(user_id="u"):
            context = contextvars.copy_context()
            assert pool.submit(context.run, _user).result(10) == "u"
            assert pool.submit(_user).result(10) is None

    def test_tasks_are_apart(self) -> None:
        """Tasks that run in turns each see the scope they opened."""

        async def work(user: str) -> list[str | None]:
            seen = []
            with scope(user_id=user):
                for _ in range(5):
                    await asyncio.sleep(0)
                    seen.append(_user())
            return seen

        async def main() -> list[list[str | None]]:
            return await asyncio.gather(*(work(f"u{n}") for n in range(3)))

        assert asyncio.run(main()) == [[f"u{n}"] * 5 for n in range(3)]

    def test_to_thread_takes_it_along(self) -> None:
        """Blocking code called from a coroutine is in the coroutine's scope."""

        async def main() -> str | None:
            with scope(user_id="u"):
                return await asyncio.to_thread(_user)

        assert asyncio.run(main()) == "u"

    def test_a_generator_left_half_way_leaves_nothing(self) -> None:
        """A scope opened inside and never closed ends with the one around it."""

        def forgetful() -> Iterator[int]:
            with scope(user_id="left"):
                yield 1

        with scope(user_id="request"):
            generator = forgetful()
            next(generator)
            assert _user() == "left"
        assert current_scope() is None
        generator.close()  # type: ignore[attr-defined]
        assert current_scope() is None

    def test_one_may_be_opened_again(self) -> None:
        """An opening is not used up, and may be inside itself."""
        opening = scope(user_id="u")
        with opening, opening:
            assert _user() == "u"
        assert current_scope() is None
        with opening:
            assert _user() == "u"


class TestDecorating:
    """As a decorator, a scope is open while the function runs."""

    def test_a_function(self) -> None:
        """Each call is inside; name and signature stay."""

        @scope(user_id="u")
        def work(a: int, *, b: int) -> tuple[str | None, int]:
            """Do it."""
            return _user(), a + b

        assert work(1, b=2) == ("u", 3)
        assert (work.__name__, work.__doc__) == ("work", "Do it.")
        assert current_scope() is None

    def test_an_async_function(self) -> None:
        """It stays a coroutine function and is inside over every await."""

        @scope(user_id="u")
        async def work() -> list[str | None]:
            before = _user()
            await asyncio.sleep(0)
            return [before, _user()]

        assert asyncio.iscoroutinefunction(work)
        assert asyncio.run(work()) == ["u", "u"]

    def test_it_takes_the_scope_of_the_call(self) -> None:
        """What is around is what is open when the function is called."""

        @scope(properties={"a": 1})
        def work() -> tuple[str | None, dict[str, Any]]:
            opened = current_scope()
            assert opened is not None
            return opened.user_id, dict(opened.properties)

        with scope(user_id="u", properties={"b": 2}):
            assert work() == ("u", {"b": 2, "a": 1})

    def test_a_generator(self) -> None:
        """Its steps are inside, its caller is not; sending, throwing and returning work."""

        @scope(user_id="u")
        def work() -> Any:
            sent = yield _user()
            try:
                yield (sent, _user())
            except KeyError:
                yield ("caught", _user())
            return "end"

        generator = work()
        assert next(generator) == "u"
        assert current_scope() is None
        assert generator.send(5) == (5, "u")
        assert generator.throw(KeyError()) == ("caught", "u")
        with pytest.raises(StopIteration) as stopped:
            next(generator)
        assert stopped.value.value == "end"

    def test_a_generator_has_one_scope(self) -> None:
        """All its steps are in the same, so that a plugin finds what it keeps for it."""

        @scope(user_id="u")
        def work() -> Any:
            yield current_scope()
            yield current_scope()

        first, second = work()
        assert first is second is not None

    def test_a_closed_generator_cleans_up_inside(self) -> None:
        """What runs on close is inside too."""
        seen: list[Any] = []

        @scope(user_id="u")
        def work() -> Any:
            try:
                yield 1
            finally:
                seen.append(_user())

        generator = work()
        next(generator)
        generator.close()
        assert seen == ["u"]

    def test_an_async_generator(self) -> None:
        """Its steps are inside, its caller is not; throwing and closing work."""
        seen: list[Any] = []

        @scope(user_id="u")
        async def work() -> AsyncIterator[Any]:
            try:
                try:
                    yield _user()
                except KeyError:
                    yield ("caught", _user())
                yield 3
            finally:
                seen.append(_user())

        async def main() -> None:
            generator: Any = work()
            seen.append(await anext(generator))
            seen.append(current_scope())
            seen.append(await generator.athrow(KeyError()))
            await generator.aclose()
            seen.append([each async for each in work()])

        asyncio.run(main())
        assert seen == ["u", None, ("caught", "u"), "u", "u", ["u", 3]]


class TestLazy:
    """A scope whose values are read when a call needs them."""

    def test_it_is_not_read_in_vain(self, client: Client) -> None:
        """Opening, nesting and leaving reads nothing; the calls of a scope read it once."""
        reads: list[int] = []

        def read() -> Values:
            reads.append(1)
            return Values(user_id="u")

        with lazy_scope(read), scope(properties={"a": 1}):
            assert reads == []
            _tracked(client)
            assert _tracked(client)["userId"] == "u"
        assert reads == [1]

    def test_unsettled_values_are_read_again(self, client: Client) -> None:
        """Who was unknown at the first call may be known at the second, also for a scope inside."""
        answers = iter([Values(fallback_id="f", settled=False), Values(user_id="u"), Values(user_id="never")])
        with lazy_scope(lambda: next(answers)), scope(properties={"a": 1}):
            messages = [_tracked(client) for _ in range(3)]
        assert [(each["userId"], each["anonymousId"]) for each in messages] == [
            (None, "f"),
            ("u", None),
            ("u", None),
        ]

    def test_a_failure_is_logged_and_left_out(self, client: Client, caplog: pytest.LogCaptureFixture) -> None:
        """Reading that raises costs its values only, and its text stays out of the log."""

        def read() -> Values:
            raise RuntimeError("secret-canary")

        with scope(user_id="u"), lazy_scope(read):
            assert _tracked(client)["userId"] == "u"
        assert "RuntimeError" in caplog.text
        assert "secret-canary" not in caplog.text

    def test_reading_may_track(self) -> None:
        """A call made while a scope is read belongs to the scope around it, and nothing recurses."""
        client, recorded = recording_client()

        def read() -> Values:
            _tracked(client, "lookup")
            return Values(properties={"a": 1})

        with scope(properties={"b": 2}), lazy_scope(read):
            _tracked(client, "u")
        assert [each["properties"] for each in recorded] == [{"b": 2}, {"b": 2, "a": 1}]

    def test_the_fallback_is_never_tied_to_a_user(self, client: Client) -> None:
        """It stands in for nobody only; a call that names a user has no anonymous id from it."""
        with lazy_scope(lambda: Values(fallback_id="f")) as opened:
            assert opened.anonymous_id == "f"
            assert _tracked(client, "u")["anonymousId"] is None
            with scope(user_id="u"):
                assert _tracked(client)["anonymousId"] is None
            assert _tracked(client)["anonymousId"] == "f"


def _user() -> str | None:
    opened = current_scope()
    return opened.user_id if opened else None


def test_a_call_outside_asks_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call outside any scope asks for the scope once and does nothing else about it."""
    asked: list[int] = []
    monkeypatch.setattr(analytics_mixpanel.calls, "_open_scope", lambda: asked.append(1))
    monkeypatch.setattr(analytics_mixpanel.calls, "merged_context", _never)
    _tracked(client, "u")
    assert asked == [1]


def _never(*_: Any) -> Callable[..., Any]:
    raise AssertionError("nothing is merged outside scopes")

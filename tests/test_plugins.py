"""Registering and ordering plugins; one test for each hook."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from attrs import define, field

from analytics_mixpanel import Batch, Client, Drop, Message, Outcome, Rejection, hookimpl
from analytics_mixpanel.errors import NotConfigured, PluginError
from analytics_mixpanel.plugins import Plugins, plugin_name
from analytics_mixpanel.testing import RecordingDestination, recording_client

MakeClient = Callable[..., Client]


@define(eq=False)
class Marking:
    """Adds its name to a message's event."""

    name: str

    @hookimpl
    def capture(self, message: Message) -> Message:
        """Add it."""
        return {**message, "event": f"{message['event']} {self.name}"}


@define(eq=False)
class MarkingFirst:
    """As Marking, before the others."""

    name: str

    @hookimpl(tryfirst=True)
    def capture(self, message: Message) -> Message:
        """Add it."""
        return {**message, "event": f"{message['event']} {self.name}"}


@define(eq=False)
class MarkingLast:
    """As Marking, after the others."""

    name: str

    @hookimpl(trylast=True)
    def capture(self, message: Message) -> Message:
        """Add it."""
        return {**message, "event": f"{message['event']} {self.name}"}


@define(eq=False)
class Everything:
    """Observes every hook.

    Attributes:
        calls: hook, thread and arguments.
    """

    calls: list[tuple[str, threading.Thread, tuple[Any, ...]]] = field(factory=list)

    def _keep(self, hook: str, *arguments: Any) -> None:
        self.calls.append((hook, threading.current_thread(), arguments))

    def of(self, hook: str) -> list[tuple[Any, ...]]:
        """What a hook was given, call by call."""
        return [arguments for name, _, arguments in self.calls if name == hook]

    def threads(self, hook: str) -> set[threading.Thread]:
        """Where a hook was called."""
        return {thread for name, thread, _ in self.calls if name == hook}

    @hookimpl
    def startup(self, client: Client) -> None:
        """Keep the call."""
        self._keep("startup", client)

    @hookimpl
    def capture(self, message: Message) -> None:
        """Keep the call."""
        self._keep("capture", message)

    @hookimpl
    def redact(self, message: Message, seen: Message | None) -> None:
        """Keep the call."""
        self._keep("redact", message["event"], seen and seen["event"])

    @hookimpl
    def captured(self, message: Message) -> None:
        """Keep the call."""
        self._keep("captured", message["event"])

    @hookimpl
    def enrich(self, message: Message, destination: str) -> None:
        """Keep the call."""
        self._keep("enrich", message, destination)

    @hookimpl
    def delivered(self, message: Message, destination: str) -> None:
        """Keep the call."""
        self._keep("delivered", message["event"], destination)

    @hookimpl
    def rejected(self, message: Message, destination: str, reason: Rejection) -> None:
        """Keep the call."""
        self._keep("rejected", message["event"], destination, reason)

    @hookimpl
    def dropped(self, message: Message, destination: str, reason: str) -> None:
        """Keep the call."""
        self._keep("dropped", message["event"], destination, reason)

    @hookimpl
    def flush(self, timeout: float) -> None:
        """Keep the call."""
        self._keep("flush", timeout)

    @hookimpl
    def shutdown(self, timeout: float) -> None:
        """Keep the call."""
        self._keep("shutdown", timeout)


@pytest.fixture
def everything() -> Everything:
    """An observer of every hook."""
    return Everything()


def test_hook_startup(everything: Everything) -> None:
    """``startup`` gets the client, once, while registering."""
    client, _ = recording_client()
    client.register(everything)
    assert everything.of("startup") == [(client,)]


def test_hook_capture(make_client: MakeClient, answering: Any, everything: Everything) -> None:
    """``capture`` gets each message once, on the caller's thread."""
    client = make_client(answering(name="First"), answering(name="Second"), everything)
    client.track("u", "a")
    client.flush()
    assert [message["event"] for (message,) in everything.of("capture")] == ["a"]
    assert everything.threads("capture") == {threading.current_thread()}


def test_hook_redact(make_client: MakeClient, answering: Any, everything: Everything) -> None:
    """``redact`` gets what ``capture`` made, whoever is registered first; and again what ``enrich`` made."""

    @define(eq=False)
    class Late:
        @hookimpl(trylast=True)
        def capture(self, message: Message) -> Drop | None:
            message["event"] += " captured"
            return Drop("unwanted") if message["event"] == "b captured" else None

        @hookimpl(trylast=True)
        def enrich(self, message: Message) -> None:
            message["event"] += " enriched"

    shop = answering()
    client = make_client(everything, shop, Late())
    client.track("u", "a")
    client.flush()
    client.track("u", "b")
    new, enriched, dropped = everything.of("redact")
    assert (new, dropped) == (("a captured", None), ("b captured", None))
    assert enriched == ("a captured enriched", "a captured")
    assert shop.events == ["a captured enriched"]


def test_hook_captured(make_client: MakeClient, answering: Any, everything: Everything) -> None:
    """``captured`` gets what is going to be queued, on the caller's thread, and nothing that was given up."""

    @define(eq=False)
    class Last:
        @hookimpl
        def redact(self, message: Message) -> Message | Drop:
            return Drop("unwanted") if message["event"] == "b" else {**message, "event": "redacted"}

    client = make_client(everything, answering(), Last())
    client.track("u", "a")
    client.track("u", "b")
    client.flush()
    assert everything.of("captured") == [("redacted",)]
    assert everything.of("dropped") == [("b", "Shop", "unwanted")]
    assert everything.threads("captured") == {threading.current_thread()}


def test_hook_enrich(make_client: MakeClient, answering: Any, everything: Everything) -> None:
    """``enrich`` gets each destination's copy with its name, on that lane's thread."""
    client = make_client(answering(name="First"), answering(name="Second"), everything)
    client.track("u", "a")
    client.flush()
    calls = everything.of("enrich")
    assert sorted(destination for _, destination in calls) == ["First", "Second"]
    assert calls[0][0] is not calls[1][0]
    assert everything.threads("enrich") == set(client.consumers)


def test_hook_deliver(make_client: MakeClient) -> None:
    """A plugin with ``deliver`` is a destination: it gets batches, on its lane's thread."""
    seen: list[tuple[threading.Thread, Any]] = []

    @define(eq=False)
    class Shop:
        @hookimpl
        def deliver(self, batch: Batch) -> None:
            seen.append((threading.current_thread(), batch))

    client = make_client(Shop())
    client.track("u", "a")
    client.flush()
    ((thread, batch),) = seen
    assert thread in client.consumers
    assert [message["event"] for message in batch.messages] == ["a"]
    assert batch.attempt == 1


def _mixed(batch: Batch) -> Outcome:
    return Outcome(rejected={1: Rejection("bad", "time")}, dropped={2: "unwanted"})


def test_hook_delivered(make_client: MakeClient, answering: Any, everything: Everything) -> None:
    """``delivered`` gets each message that a destination took, and no other."""
    client = make_client(answering(_mixed), everything, upload_interval=60)
    for event in "abcd":
        client.track("u", event)
    client.flush()
    assert everything.of("delivered") == [("a", "Shop"), ("d", "Shop")]
    assert everything.threads("delivered") == set(client.consumers)


def test_hook_rejected(make_client: MakeClient, answering: Any, everything: Everything) -> None:
    """``rejected`` gets each message that a destination refused, with its reason."""
    client = make_client(answering(_mixed), everything, upload_interval=60)
    for event in "abcd":
        client.track("u", event)
    client.flush()
    assert everything.of("rejected") == [("b", "Shop", Rejection("bad", "time"))]


def test_hook_dropped(make_client: MakeClient, answering: Any, everything: Everything) -> None:
    """``dropped`` gets each message that was given up, wherever that was, with the reason."""
    client = make_client(answering(_mixed), everything, upload_interval=60)
    for event in "abcd":
        client.track("u", event)
    client.flush()
    client.shutdown()
    client.track("u", "late")
    assert everything.of("dropped") == [("c", "Shop", "unwanted"), ("late", "Shop", "shutdown")]


def test_hook_flush(make_client: MakeClient, answering: Any, everything: Everything) -> None:
    """``flush`` gets the seconds that are left, on the caller's thread, after the lanes."""
    client = make_client(answering(), everything)
    client.track("u", "a")
    client.flush(10)
    ((left,),) = everything.of("flush")
    assert 0 < left <= 10
    assert everything.threads("flush") == {threading.current_thread()}
    assert [name for name, _, _ in everything.calls][-2:] == ["delivered", "flush"]


def test_hook_shutdown(make_client: MakeClient, answering: Any, everything: Everything) -> None:
    """``shutdown`` gets the seconds that are left, once, after the last flush."""
    client = make_client(answering(), everything)
    client.shutdown(10)
    client.shutdown(10)
    ((left,),) = everything.of("shutdown")
    assert 0 < left <= 10
    assert [name for name, _, _ in everything.calls][-2:] == ["flush", "shutdown"]


class TestOrder:
    """Who comes first."""

    def test_it_is_that_of_registration(self) -> None:
        """Plugins come in the order in which they were given or registered."""
        client, recording = recording_client(plugins=[Marking("1"), Marking("2")])
        client.register(Marking("3"))
        client.track("u", "e")
        assert recording.messages[0]["event"] == "e 1 2 3"

    def test_tryfirst_and_trylast_are_at_the_edges(self) -> None:
        """A hook may ask to come first or last; among such, registration decides."""
        plugins = [
            MarkingLast("5"),
            Marking("3"),
            MarkingFirst("1"),
            MarkingLast("6"),
            Marking("4"),
            MarkingFirst("2"),
        ]
        client, recording = recording_client(plugins=plugins)
        client.track("u", "e")
        assert recording.messages[0]["event"] == "e 1 2 3 4 5 6"


class TestFewerArguments:
    """Implementations that leave arguments out."""

    def test_they_get_those_they_name(self, make_client: MakeClient, answering: Any) -> None:
        """An implementation takes any of its hook's arguments, in any order."""
        seen: list[Any] = []

        @define(eq=False)
        class Some:
            @hookimpl
            def enrich(self, destination: str) -> None:
                seen.append(destination)

            @hookimpl
            def rejected(self, reason: Rejection, message: Message) -> None:
                seen.append((reason, message["event"]))

            @hookimpl
            def flush(self) -> None:
                seen.append("flush")

        client = make_client(answering(lambda _: Outcome(rejected={0: Rejection("bad")})), Some())
        client.track("u", "a")
        client.flush()
        assert seen == ["Shop", (Rejection("bad"), "a"), "flush"]


class Misspelt:
    """Has a hook that there is none of."""

    @hookimpl
    def captrue(self, message: Message) -> None:
        """Would do nothing."""


class Extra:
    """Has a hook with an argument that there is none of."""

    @hookimpl
    def capture(self, message: Message, when: float) -> None:
        """Would fail."""


class Wrapper:
    """Wraps a hook."""

    @hookimpl(wrapper=True)
    def capture(self, message: Message) -> Any:
        """Would never be asked."""
        return (yield)


class Hookless:
    """Has no hook."""

    def capture(self, message: Message) -> None:
        """Is not marked."""


class TestRefused:
    """Plugins that do not fit."""

    @pytest.mark.parametrize(
        ("plugin", "words"),
        [
            (Misspelt(), "captrue"),
            (Extra(), "when"),
            (Wrapper(), "wrapper"),
            (Hookless(), "no hook"),
            (Marking, r"register an instance, Marking\(...\)"),
            (Hookless, "register an instance"),
        ],
        ids=["misspelt", "extra argument", "wrapper", "no hook", "class", "class without hooks"],
    )
    def test_one_that_does_not_fit(self, plugin: object, words: str) -> None:
        """It is an error that says what is wrong, and leaves nothing behind."""
        client, recording = recording_client()
        with pytest.raises(PluginError, match=words):
            client.register(plugin)
        client.register(Marking("Misspelt"))  # the name is free, and so are the hooks
        client.track("u", "e")
        assert recording.messages[0]["event"] == "e Misspelt"

    def test_a_taken_name(self) -> None:
        """Two plugins of one name are an error which says how to name the second."""
        client, _ = recording_client(plugins=[Marking("1")])
        with pytest.raises(PluginError, match=r"'1'.*name="):
            client.register(Marking("1"))
        client.register(Marking("1"), name="another")

    def test_two_that_are_equal(self) -> None:
        """Plugins that compare equal are an error which names both and shows no value."""

        @define
        class Equal:
            token: str

            @hookimpl
            def capture(self, message: Message) -> None:
                """Do nothing."""

        client, _ = recording_client()
        client.register(Equal("secret-canary"), name="first")
        with pytest.raises(PluginError, match=r"second equals the plugin 'first'.*eq=False") as caught:
            client.register(Equal("secret-canary"), name="second")
        assert "secret-canary" not in str(caught.value)
        client.register(Equal("other"), name="second")

    def test_one_under_two_names(self) -> None:
        """The same plugin twice in one client is an error, whatever the names."""
        client, _ = recording_client()
        plugin = Marking("1")
        client.register(plugin)
        with pytest.raises(PluginError, match="equals the plugin '1'"):
            client.register(plugin, name="2")


@define(eq=False)
class Starting:
    """Raises what it is told to while starting."""

    error: Exception | None

    @hookimpl
    def startup(self) -> None:
        """Raise it."""
        if self.error:
            raise self.error

    @hookimpl
    def capture(self, message: Message) -> Drop:
        """Lose everything, so that a plugin which was not left out shows."""
        return Drop("started")


class TestStartup:
    """Plugins that do not start."""

    @pytest.mark.parametrize("error", [NotConfigured("give a key"), ValueError("broken")])
    def test_a_given_one_that_fails_is_an_error(self, error: Exception) -> None:
        """What was passed to a client must start: its own error is raised."""
        with pytest.raises(type(error)) as caught:
            recording_client(plugins=[Starting(error)])
        assert caught.value is error

    def test_a_registered_one_that_fails_is_left_out(self) -> None:
        """A client goes on without a plugin that did not start, and takes it once it does."""
        client, recording = recording_client()
        plugin = Starting(ValueError("broken"))
        with pytest.raises(ValueError, match="broken"):
            client.register(plugin)
        assert client.track("u", "e")[0] is True
        assert len(recording) == 1
        plugin.error = None
        client.register(plugin)
        assert client.track("u", "e")[0] is False


class TestDisabled:
    """Names that are not to be registered."""

    def test_by_argument(self) -> None:
        """A disabled plugin is not registered, though it is passed."""
        client, recording = recording_client(plugins=[Marking("1"), Marking("2")], disable=["1"])
        client.track("u", "e")
        assert recording.messages[0]["event"] == "e 2"

    def test_by_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Names in ANALYTICS_MIXPANEL_DISABLE are disabled as well; spaces do not count."""
        monkeypatch.setenv("ANALYTICS_MIXPANEL_DISABLE", "1, 3,")
        client, recording = recording_client(plugins=[Marking(name) for name in "1234"], disable=["4"])
        client.track("u", "e")
        assert recording.messages[0]["event"] == "e 2"


def test_names_are_in_order() -> None:
    """A client's plugins are known by name, in the order of registration."""
    plugins = Plugins(None)
    for plugin in (Marking("b"), RecordingDestination(), Marking("a")):
        plugins.register(plugin)
    assert plugins.names == ("b", "Recording", "a")


@pytest.mark.parametrize(
    ("name", "expected"), [("given", "given"), ("", "Marking"), (None, "Marking"), (3, "Marking")]
)
def test_a_plugin_without_a_name_has_its_class_s(name: Any, expected: str) -> None:
    """A plugin names itself by a ``name`` that is text; else its class does."""
    assert plugin_name(Marking(name)) == expected


def test_hooks_may_change_while_messages_pass(make_client: MakeClient, answering: Any) -> None:
    """A plugin registered while another thread tracks breaks nothing and loses nothing."""
    shop = answering()
    client = make_client(shop)
    stop = threading.Event()
    tracked: list[int] = []

    def work() -> None:
        while not stop.is_set():
            tracked.append(client.track("u", "e")[0])

    thread = threading.Thread(target=work)
    thread.start()
    for number in range(20):
        client.register(Marking(str(number)))
    stop.set()
    thread.join()
    client.flush()
    assert all(tracked)
    assert len(shop.messages) == len(tracked)

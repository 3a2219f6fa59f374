"""A client with Redact and everything that might see a value: it is nowhere."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from analytics_mixpanel import Client, Drop, Message, Outcome, Rejection, hookimpl, scope
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel_context import Context
from analytics_mixpanel_groups import Groups
from analytics_mixpanel_redact import CARDS, EMAILS, Redact, drop, hash_with, mask
from analytics_mixpanel_super_properties import SuperProperties

MakeClient = Callable[..., Client]
Wait = Callable[[Callable[[], bool]], None]

KEY = "0123456789abcdef"
EMAIL, CARD, PASSWORD = "canary@example.com", "4111 1111 1111 1111", "canary-password"
CANARIES = ("canary", CARD)
PERSONAL = {"email": EMAIL, "password": PASSWORD, "note": [{"text": f"mail {EMAIL}, card {CARD}"}]}


def redact() -> Redact:
    """Drops passwords, masks the rest."""
    return Redact(keys={"password*": drop}, values=[EMAILS, CARDS], action=mask)


@define(eq=False)
class Seen:
    """Keeps all that a plugin and ``on_error`` are told."""

    told: list[str] = field(factory=list)

    @hookimpl
    def captured(self, message: Message) -> None:
        """Keep it."""
        self.told.append(f"captured {message}")

    @hookimpl
    def delivered(self, message: Message) -> None:
        """Keep it."""
        self.told.append(f"delivered {message}")

    @hookimpl
    def rejected(self, message: Message) -> None:
        """Keep it."""
        self.told.append(f"rejected {message}")

    @hookimpl
    def dropped(self, message: Message, reason: str) -> None:
        """Keep it."""
        self.told.append(f"dropped for {reason} {message}")

    def on_error(self, error: Exception, messages: list[Message]) -> None:
        """Keep it."""
        self.told.append(f"on_error {error!r} {messages}")

    def about(self, what: str) -> list[str]:
        """What was told of a kind."""
        return [each for each in self.told if each.startswith(what)]

    def is_clean(self) -> bool:
        """Whether something was told, and none of the values."""
        return bool(self.told) and not any(canary in each for each in self.told for canary in CANARIES)


@pytest.fixture
def seen() -> Seen:
    """Nothing yet."""
    return Seen()


@define(eq=False)
class Refusing:
    """Gives every message up, or changes it, as told."""

    capturing: Callable[[Message], Any] = lambda _: None
    enriching: Callable[[Message], Any] = lambda _: None

    @hookimpl(trylast=True)
    def capture(self, message: Message) -> Any:
        """As told."""
        return self.capturing(message)

    @hookimpl(trylast=True)
    def enrich(self, message: Message) -> Any:
        """As told."""
        return self.enriching(message)


@pytest.mark.parametrize("first", [True, False])
def test_it_sees_what_other_plugins_add(
    make_client: MakeClient, answering: Any, seen: Seen, first: bool
) -> None:
    """Super properties, groups, scopes, the context and any plugin, whatever the order of registration."""

    def add(message: Message) -> None:
        message["properties"]["added"] = {"password": PASSWORD, "by": EMAIL}

    others = [
        SuperProperties({"super": EMAIL}),
        Groups("company_id"),
        Context(app_name="app", app_version=EMAIL),
        Refusing(add),
    ]
    shop = answering()
    client = make_client(*([redact(), *others] if first else [*others, redact()]), shop, seen)
    with scope(properties={"scoped": EMAIL}, groups={"company_id": EMAIL}):
        client.track("u", "e", PERSONAL)
    client.flush()
    ((message,),) = shop.batches
    assert not any(canary in str(message) for canary in CANARIES)
    assert message["properties"]["super"] == message["properties"]["scoped"] == "***"
    assert message["properties"]["company_id"] == message["context"]["app"]["version"] == "***"
    assert message["properties"]["added"] == {"by": "***"}
    assert seen.about("captured")
    assert seen.is_clean()


def test_a_message_that_a_plugin_gives_up(make_client: MakeClient, answering: Any, seen: Seen) -> None:
    """Neither hooks nor ``on_error`` are told what was in it."""
    unwanted = Refusing(lambda _: Drop("staff"))
    client = make_client(unwanted, redact(), answering(), seen, on_error=seen.on_error)
    assert not client.track("u", "e", PERSONAL)[0]
    assert len(seen.about("dropped for staff")) == len(seen.about("on_error")) == 1
    assert seen.is_clean()


def test_what_is_added_after_the_queue(make_client: MakeClient, answering: Any, seen: Seen) -> None:
    """It is redacted before the destination gets it, and nothing is hashed twice."""

    def enrich(message: Message) -> Drop | None:
        message["properties"]["looked_up"] = PERSONAL
        return Drop("late") if message["event"] == "unwanted" else None

    hashing = Redact(keys={"password": drop, "id": hash_with(KEY)}, values=[EMAILS, CARDS])
    shop = answering()
    client = make_client(hashing, Refusing(enriching=enrich), shop, seen, on_error=seen.on_error)
    client.track("u", "e", {"id": "a"})
    client.track("u", "unwanted", {"id": "a"})
    client.flush()
    (message,) = shop.messages
    assert message["properties"] == {
        "id": hash_with(KEY)("a"),
        "looked_up": {"email": "***", "note": [{"text": "mail ***, card ***"}]},
    }
    assert seen.about("dropped for late")
    assert seen.about("delivered")
    assert seen.is_clean()


def test_what_does_not_arrive(make_client: MakeClient, answering: Any, seen: Seen) -> None:
    """Refused by the destination, too long, or too late."""
    refusing = answering(lambda _: Outcome(rejected={0: Rejection("no")}))
    client = make_client(refusing, redact(), seen, on_error=seen.on_error, max_message_bytes=2_000)
    client.track("u", "e", PERSONAL)
    client.track("u", "e", {**PERSONAL, "long": "x" * 3_000})
    client.shutdown(10)
    client.track("u", "e", PERSONAL)
    assert len(seen.about("on_error")) == 3
    assert seen.about("rejected")
    assert seen.about("dropped for longer")
    assert seen.about("dropped for shutdown")
    assert seen.is_clean()


def test_what_finds_no_room(make_client: MakeClient, answering: Any, seen: Seen) -> None:
    """A message that the queue refuses."""
    go_on = threading.Event()
    busy = answering(lambda _: go_on.wait(30) and None)
    client = make_client(busy, redact(), seen, on_error=seen.on_error, max_queue_size=1)
    while client.track("u", "e", PERSONAL)[0]:
        pass
    go_on.set()
    assert len(seen.about("dropped for queue full")) == len(seen.about("on_error")) == 1
    assert seen.is_clean()


def test_a_plugin_that_cannot_redact(make_client: MakeClient, answering: Any, seen: Seen) -> None:
    """The message is dropped, not sent as it was."""

    def fail(_: str) -> str:
        raise ValueError(EMAIL)

    shop = answering()
    client = make_client(Redact(keys={"email": fail}), shop, seen, on_error=seen.on_error)
    assert not client.track("u", "e", PERSONAL)[0]
    assert client.track("u", "e", {"plan": "pro"})[0]
    client.flush()
    assert [message["properties"] for message in shop.messages] == [{"plan": "pro"}]
    assert seen.about("dropped for could not be redacted")
    assert seen.is_clean()


def test_a_caller_with_hardly_any_stack_left(make_client: MakeClient, answering: Any, seen: Seen) -> None:
    """Wherever the client fails, what is told of the message is without its values."""
    shop = answering()
    client = make_client(redact(), shop, seen, on_error=seen.on_error)

    def deep(left: int) -> None:
        if left:
            deep(left - 1)
        else:
            client.track("u", "e", PERSONAL)

    limit = sys.getrecursionlimit()
    for left in range(limit - 150, limit):
        try:
            deep(left)
        except RecursionError:
            continue
    client.flush()
    assert not any(canary in str(message) for message in shop.messages for canary in CANARIES)
    assert seen.is_clean()


def test_nothing_is_on_disk(answering: Any, tmp_path: Path) -> None:
    """Neither in the spool nor among the dead letters."""
    answers = iter([Outcome(retry={0: "later"}), Outcome(rejected={0: Rejection("no")})])
    client = Client(
        queue=f"spool:{tmp_path}",
        discover=False,
        plugins=[answering(lambda _: next(answers)), redact()],
        upload_interval=0.01,
    )
    written = []
    for name in ("first", "second"):
        client.track("u", name, PERSONAL)
        written += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        client.flush(30)
    written += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    client.shutdown(5)
    assert any(b'"first"' in each for each in written), "it was looked into"
    assert any(b'"no"' in each for each in written), "dead letters, too"
    assert not any(canary.encode() in each for each in written for canary in CANARIES)


def test_nothing_is_told_to_the_debugger(make_client: MakeClient, answering: Any, wait_until: Wait) -> None:
    """It shows messages as they are queued, also one that was registered first."""
    with StandIn() as debugger:
        client = make_client(answering())
        client.debugger(debugger.url)
        client.register(redact())
        client.track("u", "e", PERSONAL)
        wait_until(lambda: len(debugger.store.messages()) == 1)
        (message,) = debugger.store.messages()
    assert message.body["properties"]["email"] == "***"
    assert not any(canary in str(message) for canary in CANARIES)

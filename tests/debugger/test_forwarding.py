"""What was accepted goes on to another Mixpanel; a second stand-in is that here."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from attrs import define

from analytics_mixpanel.debugger import Limits, Project, StandIn
from analytics_mixpanel.debugger.forwarding import ATTEMPTS, MOST_WAITING, Consignment, Forwarding
from analytics_mixpanel.debugger.projects import Credentials
from analytics_mixpanel.errors import ConfigurationError

Post = Callable[..., requests.Response]

TOKEN = "project-token-of-length"


@pytest.fixture
def real() -> Iterator[StandIn]:
    """What stands for the real Mixpanel: one project, with a secret and a service account."""
    project = Project(secret="the-secret", service_accounts={"robot": "pass"}, project_id="7")
    with StandIn(projects={TOKEN: project}) as running:
        yield running


@pytest.fixture
def near(real: StandIn) -> Iterator[StandIn]:
    """A debugger that forwards to ``real``."""
    with StandIn(forward=real.url, mask=True) as running:
        yield running


def event(insert_id: str, **changes: Any) -> dict[str, Any]:
    """Give a valid event."""
    moment = int(time.time())
    return {
        "event": "A",
        "properties": {"time": moment, "distinct_id": "u", "$insert_id": insert_id, **changes},
    }


def settled(near: StandIn) -> dict[str, Any]:
    """Wait until nothing waits, and give the figures."""
    assert near.desk.forwarding is not None
    deadline = time.monotonic() + 30
    while (status := near.desk.forwarding.status())["waiting"]:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return status


def test_accepted_events_go_on_and_others_do_not(real: StandIn, near: StandIn, post: Post) -> None:
    """What was refused here is not sent there."""
    post(near.url + "/import", json=[event("a"), event("b", time="x"), event("c")], auth=(TOKEN, ""))
    assert settled(near) == {
        "words": f"Forwarding to {real.url}: 2 passed on",
        "to": real.url,
        "passed": 2,
        "refused": 0,
        "lost": 0,
        "waiting": 0,
        "reason": "",
    }
    assert [each.insert_id for each in real.events] == ["a", "c"]
    assert real.rejections == []


@pytest.mark.parametrize(
    ("query", "auth"), [("", (TOKEN, "")), ("", ("the-secret", "")), ("?project_id=7", ("robot", "pass"))]
)
def test_the_credentials_are_those_of_the_request(
    real: StandIn, near: StandIn, post: Post, query: str, auth: tuple[str, str]
) -> None:
    """A token, a secret or a service account."""
    post(near.url + "/import" + query, json=[event("a")], auth=auth)
    assert settled(near)["passed"] == 1
    assert len(real.events) == 1


def test_the_other_endpoints_go_on_too(real: StandIn, near: StandIn, post: Post) -> None:
    """Users, groups and identities, each where it belongs."""
    alias = {"event": "$create_alias", "properties": {"token": TOKEN, "distinct_id": "a", "alias": "u"}}
    post(near.url + "/track", json=[alias])
    post(near.url + "/engage?ip=0", json=[{"$token": TOKEN, "$distinct_id": "u", "$set": {"a": 1}}])
    group = {"$token": TOKEN, "$group_key": "company", "$group_id": "c", "$set": {"b": 2}}
    post(near.url + "/groups", json=[group])
    assert settled(near)["passed"] == 3
    assert [each.event for each in real.events] == ["$create_alias"]
    assert (real.profiles[0].properties, real.groups[0].properties) == ({"a": 1}, {"b": 2})


def test_segments_messages_go_on_as_records(real: StandIn, near: StandIn, post: Post) -> None:
    """With the write key as the token."""
    batch = [
        {"type": "track", "userId": "u", "event": "Signed Up"},
        {"type": "identify", "userId": "u", "traits": {"plan": "pro"}},
    ]
    post(near.url + "/v1/batch", json={"batch": batch}, auth=(TOKEN, ""))
    assert settled(near)["passed"] == 2
    assert [each.event for each in real.events] == ["Signed Up"]
    assert real.profiles[0].properties == {"plan": "pro"}


def test_what_mixpanel_refuses_is_counted_and_said(near: StandIn, real: StandIn, post: Post) -> None:
    """The stand-in of here takes it, the one of there does not: its words are shown."""
    real.answer_next(400, body={"code": 400, "error": "no thanks", "status": "Bad Request"}, path="/import")
    assert post(near.url + "/import", json=[event("a")], auth=(TOKEN, "")).ok
    status = settled(near)
    assert (status["passed"], status["refused"]) == (0, 1)
    assert "no thanks" in status["reason"]


def test_wrong_credentials_are_said_without_them(
    near: StandIn, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    """In the figures and in the log, with what to look at; the secret is in neither."""
    with caplog.at_level(logging.WARNING, "analytics_mixpanel"):
        assert post(near.url + "/import", json=[event("a")], auth=("wrong-secret-of-length", "")).ok
        status = settled(near)
    assert status["lost"] == 1
    assert "401" in status["reason"]
    assert "401" in caplog.text
    assert "wrong-secret" not in status["reason"] + caplog.text


def test_a_dead_mixpanel_holds_up_no_answer(real: StandIn, post: Post) -> None:
    """The answer comes at once; the figures say what could not be passed on."""
    gone = real.url
    real.close()
    with StandIn(forward=gone) as near:
        assert near.desk.forwarding is not None
        near.desk.forwarding._wait = lambda *_: None
        assert post(near.url + "/import", json=[event("a")], auth=(TOKEN, "")).ok
        status = settled(near)
        assert status["lost"] == 1
        assert "cannot be reached" in status["reason"]


def test_it_tries_again(real: StandIn, near: StandIn, post: Post) -> None:
    """A passing failure costs nothing; Mixpanel's wish to wait is heeded."""
    waited: list[float] = []
    assert near.desk.forwarding is not None
    near.desk.forwarding._wait = lambda _, seconds: waited.append(seconds)
    real.answer_next(429, headers={"Retry-After": "7"}, path="/import")
    real.answer_next(503, path="/import")
    post(near.url + "/import", json=[event("a")], auth=(TOKEN, ""))
    assert settled(near)["passed"] == 1
    assert waited == [7.0, 4.0]
    assert len(real.events) == 1


def test_it_gives_up_in_the_end(real: StandIn, near: StandIn, post: Post) -> None:
    """After some attempts the next request has its turn."""
    assert near.desk.forwarding is not None
    near.desk.forwarding._wait = lambda *_: None
    real.answer_next(503, path="/import", times=ATTEMPTS)
    post(near.url + "/import", json=[event("a")], auth=(TOKEN, ""))
    assert settled(near)["lost"] == 1
    post(near.url + "/import", json=[event("b")], auth=(TOKEN, ""))
    assert settled(near)["passed"] == 1


def test_what_waits_is_bounded(real: StandIn) -> None:
    """Beyond the bound it is given up, and counted."""
    real.answer_next(delay=5.0)
    forwarding = Forwarding(real.url)
    record = {"event": "A", "properties": {"token": TOKEN, "distinct_id": "u"}}
    for _ in range(2):
        forwarding.pass_on(Consignment("track", [record] * (MOST_WAITING - 1)))
    status = forwarding.status()
    assert (status["lost"], status["waiting"]) == (MOST_WAITING - 1, MOST_WAITING - 1)
    assert "wait already" in status["reason"]
    real.close()
    forwarding.close()


def test_closing_does_not_wait_for_long() -> None:
    """What still waits for another attempt is given up."""
    with StandIn() as real:
        waiting = threading.Event()

        def wait(stopped: threading.Event, seconds: float) -> None:
            waiting.set()
            assert stopped.wait(30)

        forwarding = Forwarding(real.url, wait)
        real.answer_next(503, times=ATTEMPTS)
        forwarding.pass_on(Consignment("engage", [{"$token": "t", "$distinct_id": "u", "$set": {}}]))
        assert waiting.wait(30)
        forwarding.close()
        assert forwarding.status()["waiting"] in (0, 1)


def test_the_figures_are_in_the_live_state(near: StandIn, post: Post) -> None:
    """The page shows them."""
    post(near.url + "/import", json=[event("a")], auth=(TOKEN, ""))
    settled(near)
    assert near.desk.hub.state()[1]["forwarding"]["passed"] == 1


def test_it_does_not_forward_to_itself() -> None:
    """That would go round for ever."""
    with StandIn() as other:
        port = int(other.url.rpartition(":")[2])
    with pytest.raises(ConfigurationError, match="own address"):
        StandIn(port, forward=f"http://127.0.0.1:{port}")


@pytest.mark.parametrize("target", ["mars", "http://mixpanel.example", "ftp://x"])
def test_only_a_region_or_a_safe_address_is_a_target(target: str) -> None:
    """Tokens go over no plain connection to another machine."""
    with pytest.raises(ConfigurationError):
        StandIn(forward=target)


def test_a_consignment_shows_no_secret() -> None:
    """Neither the credentials nor the records are in its text."""
    consignment = Consignment("import", [{"event": "private"}], Credentials("s3cret", "p4ss"))
    assert not any(word in repr(consignment) for word in ("s3cret", "p4ss", "private"))


@define
class Broken:
    """A way that fails in no expected manner."""

    url: str = "http://127.0.0.1:1"

    def send(self, *_: Any, **__: Any) -> Any:
        """Fail."""
        raise RuntimeError("private value")

    def close(self) -> None:
        """Nothing is open."""


def test_an_unexpected_failure_ends_no_thread(real: StandIn) -> None:
    """It is counted, and said without the values in it."""
    forwarding = Forwarding(real.url)
    kept, forwarding._relay = forwarding._relay, Broken()
    forwarding.pass_on(Consignment("import", [{}]))
    deadline = time.monotonic() + 30
    while not forwarding.status()["lost"]:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert "RuntimeError" in forwarding.status()["reason"]
    assert "private" not in forwarding.status()["reason"]
    forwarding._relay = kept
    forwarding.pass_on(Consignment("import", [event("a")], Credentials(TOKEN)))
    assert real.wait_until(lambda: len(real.events) == 1, 30)
    forwarding.close()


def test_a_large_request_is_split(post: Post) -> None:
    """What Mixpanel takes in two requests goes in two."""
    with (
        StandIn(limits=Limits(request_bytes=3000)) as real,
        StandIn(forward=real.url) as near,
    ):
        post(near.url + "/import", json=[event(f"i{n}", text="x" * 200) for n in range(20)], auth=("t", ""))
        assert settled(near)["passed"] == 20
        assert len(real.events) == 20

"""The plugin as the core sees it."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from analytics_mixpanel.delivery import Batch, Outcome
from analytics_mixpanel.errors import ConfigurationError, MappingError, NotConfigured
from analytics_mixpanel_destination import Mixpanel

TOKEN = "the-project-token-0123456789"


@pytest.fixture
def plugin(server: Any) -> Iterator[Callable[..., Mixpanel]]:
    """A function that makes a plugin for the server."""
    made: list[Mixpanel] = []

    def make(**settings: Any) -> Mixpanel:
        made.append(Mixpanel(**{"token": TOKEN, "api_host": server.url, **settings}))
        return made[-1]

    yield make
    for each in made:
        each.shutdown()


def message(kind: str, user: str = "u", **fields: Any) -> Any:
    """A message in wire form."""
    return {"type": kind, "messageId": "m-1", "timestamp": "2023-11-14T22:13:20Z", "userId": user, **fields}


def identify(user: str = "u") -> Any:
    """An identify call that makes an identity and a profile update."""
    return message("identify", user, anonymousId=f"anon-{user}", traits={"plan": "pro"})


def batch(*messages: Any, attempt: int = 1, notes: dict[int, Any] | None = None) -> Batch:
    """A batch with a minute to go."""
    return Batch(list(messages), attempt, time.monotonic() + 60, {} if notes is None else notes)


def client(**settings: Any) -> Any:
    """The part of a client that a destination looks at."""
    nothing = {"write_key": None, "host": None, "gzip": None, "timeout": None, "proxies": None}
    return SimpleNamespace(**{**nothing, **settings})


def test_threads_that_begin_at_once_share_what_delivers(plugin: Callable[..., Mixpanel]) -> None:
    """What is made with the first batch is one, so that its connections are kept and closed."""
    mixpanel, together = plugin(), threading.Barrier(8)

    def begin() -> object:
        together.wait(10)
        return mixpanel._delivery()

    with ThreadPoolExecutor(8) as pool:
        made = [each.result() for each in [pool.submit(begin) for _ in range(8)]]
    assert all(each is made[0] for each in made)


def test_a_batch_goes_to_its_endpoints_in_order(server: Any, plugin: Callable[..., Mixpanel]) -> None:
    """One request for each endpoint, the identity first."""
    outcome = plugin().deliver(
        batch(
            message("track", event="A"),
            identify(),
            message("group", groupId="g", traits={"name": "G"}),
            message("page", name="P"),
        )
    )

    assert outcome == Outcome()
    assert server.paths == ["/track", "/import", "/engage", "/groups"]
    assert server.sizes == [1, 2, 1, 1]
    assert server.heard[0].records[0]["event"] == "$identify"


def test_identity_and_events_are_never_in_one_request(server: Any, plugin: Callable[..., Mixpanel]) -> None:
    """Verbs go to /track, where no event of the user's goes."""
    plugin().deliver(batch(*[identify(str(n)) for n in range(3)], *[message("track", event="A")] * 3))

    verbs = [record["event"] for record in server.heard[0].records]
    assert verbs == ["$identify"] * 3
    assert {record["event"] for record in server.heard[1].records} == {"A"}


def test_a_second_attempt_sends_only_what_is_missing(server: Any, plugin: Callable[..., Mixpanel]) -> None:
    """After a failure of one endpoint, what the others took is not sent to them again."""
    server.will_say(200, {"status": 1})
    server.will_say(200, {"code": 200, "status": "OK"})
    server.will_say(503, {"error": "later"})
    mixpanel, first = plugin(), batch(identify(), message("track", event="A"))
    outcome = mixpanel.deliver(first)
    again = batch(first.messages[0], attempt=2, notes=first.notes)

    assert outcome.retry == {0: "HTTP 503: later"}
    assert mixpanel.deliver(again) == Outcome()
    assert server.paths == ["/track", "/import", "/engage", "/engage"]
    assert again.notes == {}


def test_a_profile_waits_for_its_identity(server: Any, plugin: Callable[..., Mixpanel]) -> None:
    """When $identify fails, that user's profile is not sent, as Segment does not; another user's is."""
    server.will_say(500)
    mixpanel, first = plugin(), batch(identify("a"), message("identify", "b", traits={"plan": "free"}))
    outcome = mixpanel.deliver(first)

    assert (sorted(outcome.retry), server.paths) == ([0], ["/track", "/engage"])
    assert [record["$distinct_id"] for record in server.heard[1].records] == ["b"]
    assert mixpanel.deliver(batch(first.messages[0], attempt=2, notes=first.notes)) == Outcome()
    assert server.paths[2:] == ["/track", "/engage"]


def test_a_rejection_waits_for_the_rest_of_its_message(server: Any, plugin: Callable[..., Mixpanel]) -> None:
    """A message of which one record is refused and another delayed is rejected when it is settled."""
    server.will_say(200, {"error": "no", "status": 0})
    server.will_say(500)
    mixpanel, first = plugin(), batch(identify())
    outcome = mixpanel.deliver(first)
    settled = mixpanel.deliver(batch(first.messages[0], attempt=2, notes=first.notes))

    assert (outcome.rejected, sorted(outcome.retry)) == ({}, [0])
    assert settled.rejected[0].reason == "no"


def test_one_refused_event_costs_no_other(server: Any, plugin: Callable[..., Mixpanel]) -> None:
    """Order Completed makes several events; one of them refused rejects its message and no other."""
    failed = [{"index": 1, "insert_id": "x", "field": "properties.time", "message": "bad time"}]
    server.will_say(400, {"code": 400, "failed_records": failed, "num_records_imported": 2})
    order = message("track", event="Order Completed", properties={"products": [{"product_id": "p"}]})
    outcome = plugin().deliver(batch(order, message("track", event="A")))

    assert server.sizes == [3]
    assert {index: each.reason for index, each in outcome.rejected.items()} == {0: "bad time"}


def test_a_message_without_a_mapping_is_dropped(server: Any, plugin: Callable[..., Mixpanel]) -> None:
    """It is reported as dropped, and nothing is sent."""
    outcome = plugin().deliver(batch(message("unknown")))

    assert (outcome.dropped, server.heard) == ({0: "no mapping"}, [])


def test_a_pause_names_the_setting(server: Any, plugin: Callable[..., Mixpanel]) -> None:
    """A wrong credential pauses; the text says which setting to mend, and holds no secret."""
    server.will_say(401, {"code": 401, "error": f"{TOKEN} is unknown"})
    outcome = plugin().deliver(batch(message("track", event="A")))

    assert "MIXPANEL_TOKEN" in (outcome.paused or "")
    assert TOKEN not in (outcome.paused or "")


def test_a_pause_of_all_endpoints_is_said_in_one_text(server: Any, plugin: Callable[..., Mixpanel]) -> None:
    """A host that redirects is one cause, however many endpoints find it; everything is kept."""
    server.rule = lambda _: (301, b"moved")
    outcome = plugin().deliver(batch(message("track", event="A"), identify()))

    assert sorted(outcome.retry) == [0, 1]
    assert (outcome.paused or "").count("api_host (MIXPANEL_API_HOST)") == 1


def test_the_other_endpoints_go_on_during_a_pause(server: Any, plugin: Callable[..., Mixpanel]) -> None:
    """A secret that is refused for events does not hold back profiles, which need none."""
    server.rule = lambda heard: (401, {"error": "Unauthorized"}) if heard.path == "/import" else None
    outcome = plugin(api_secret="s").deliver(batch(message("track", event="A"), identify()))

    assert sorted(outcome.retry) == [0]
    assert server.paths == ["/track", "/import", "/engage"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"region": "mars"},
        {"api_host": "api.mixpanel.com"},
        {"api_secret": "a", "username": "b", "secret": "c"},
    ],
)
def test_a_wrong_setting_raises_at_construction(wrong: dict[str, Any]) -> None:
    """An error of the settings does not wait for the first delivery."""
    with pytest.raises(ConfigurationError):
        Mixpanel(token=TOKEN, **wrong)


def test_a_wrong_mapping_raises_at_construction() -> None:
    """A mapping that cannot be compiled is found when it is given."""
    with pytest.raises(MappingError):
        Mixpanel(mappings=[{"name": "x", "subscribe": 'type = "track"', "partnerAction": "nothing"}])


def test_without_a_token_it_is_left_out() -> None:
    """It can be made without one; starting says what is missing and where it may come from."""
    with pytest.raises(NotConfigured, match=r"write_key.*MIXPANEL_TOKEN"):
        Mixpanel().startup(client())


def test_the_client_gives_what_is_not_given(server: Any) -> None:
    """Token, host, compression and timeouts are the client's where the plugin has none."""
    mixpanel = Mixpanel()
    mixpanel.startup(client(write_key=TOKEN, host=server.url, gzip=False, timeout=5))
    mixpanel.deliver(batch(message("track", event="A"), identify()))
    mixpanel.shutdown()

    assert server.heard[0].records[0]["properties"]["token"] == TOKEN
    assert "content-encoding" not in server.heard[1].headers


def test_code_wins_over_the_client_and_the_client_over_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A value is taken from the nearest place that has it."""
    monkeypatch.setenv("MIXPANEL_TOKEN", "environment-token-0003")
    monkeypatch.setenv("MIXPANEL_REGION", "eu")
    given, from_client, neither = Mixpanel(token="code-token-code-0001"), Mixpanel(), Mixpanel()
    given.startup(client(write_key="client-token-0002"))
    from_client.startup(client(write_key="client-token-0002", host="https://x.example"))
    neither.startup(client())

    assert [repr(each).rsplit("=", 1)[1] for each in (given, from_client, neither)] == [
        "***0001)",
        "***0002)",
        "***0003)",
    ]
    assert "x.example" in repr(from_client)
    assert "api-eu" in repr(neither)


def test_its_repr_and_pickle_hold_no_secret() -> None:
    """The repr shows the host and four characters; a pickle is refused."""
    mixpanel = Mixpanel(token=TOKEN, api_secret="secret-canary")

    assert repr(mixpanel) == "Mixpanel(host='https://api.mixpanel.com', token=***6789)"
    assert "canary" not in str(vars(mixpanel))
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(mixpanel)


def test_a_preview_needs_no_client_and_sends_nothing(server: Any, plugin: Callable[..., Mixpanel]) -> None:
    """It shows the requests of one message, in Segment's form."""
    shown = plugin().preview(message("track", event="A"))

    assert [request["url"] for request in shown["requests"]] == [f"{server.url}/import?strict=1"]
    assert (shown["errors"], server.heard) == ([], [])


def test_importing_it_does_not_import_requests() -> None:
    """What takes long to import waits for the first delivery."""
    code = (
        "import sys, analytics_mixpanel_destination as destination; destination.Mixpanel(token='t'); "
        "print({'requests', 'backoff'} & {*sys.modules})"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )

    assert done.stdout.strip() == "set()"

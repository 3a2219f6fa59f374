"""Sending one endpoint's records to a server."""

from __future__ import annotations

import base64
import logging
import math
import time
from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel.delivery import Rejection

TOKEN = "the-project-token-0123456789"
Make = Callable[..., Any]


def events(count: int, **more: Any) -> list[dict[str, Any]]:
    """So many events."""
    return [{"event": "E", "properties": {"n": n, "$insert_id": f"id-{n}", **more}} for n in range(count)]


def profiles(count: int) -> list[dict[str, Any]]:
    """So many profile updates."""
    return [{"$token": TOKEN, "$distinct_id": f"u{n}", "$set": {"n": n}} for n in range(count)]


def numbers(heard: Any) -> list[int]:
    """Which records a request held."""
    return [
        (record["properties"] if "properties" in record else record["$set"])["n"] for record in heard.records
    ]


def test_taken_records_are_delivered(server: Any, sending: Make) -> None:
    """An OK leaves nothing to reject or to retry, and the array arrives as it was."""
    outcome = sending().send("import", events(3))

    assert (outcome.rejected, outcome.retry, outcome.paused) == ({}, {}, None)
    assert server.heard[0].records == events(3)
    assert server.heard[0].query == {"strict": "1", "ip": "0"}


@pytest.mark.parametrize(
    ("settings", "pair", "query"),
    [
        ({}, f"{TOKEN}:", {"strict": "1", "ip": "0"}),
        ({"api_secret": "sec"}, "sec:", {"strict": "1", "ip": "0"}),
        (
            {"username": "me", "secret": "pw", "project_id": 42},
            "me:pw",
            {"strict": "1", "ip": "0", "project_id": "42"},
        ),
    ],
)
def test_the_credential_is_in_the_header(
    server: Any, sending: Make, settings: dict[str, Any], pair: str, query: dict[str, str]
) -> None:
    """Events are authenticated by HTTP Basic."""
    sending(**settings).send("import", events(1))

    scheme, _, coded = server.heard[0].headers["authorization"].partition(" ")
    assert (scheme, base64.b64decode(coded).decode()) == ("Basic", pair)
    assert server.heard[0].query == query


def test_requests_are_bounded_by_count(server: Any, sending: Make) -> None:
    """No request holds more events than allowed, and they keep their order."""
    sending(max_events=2).send("import", events(5))

    assert [numbers(heard) for heard in server.heard] == [[0, 1], [2, 3], [4]]


def test_requests_are_bounded_by_bytes_before_compression(server: Any, sending: Make) -> None:
    """No request holds more bytes than allowed, though gzip would make far less of them."""
    sending(max_bytes=3_000).send("import", events(10, text="x" * 900))

    assert server.sizes == [3, 3, 3, 1]


@pytest.mark.parametrize(("endpoint", "setting"), [("engage", "max_profiles"), ("groups", "max_groups")])
def test_profiles_have_their_own_limits(server: Any, sending: Make, endpoint: str, setting: str) -> None:
    """User and group updates are bounded by settings of their own."""
    sending(**{setting: 2}).send(endpoint, profiles(3))

    assert (server.sizes, server.paths) == ([2, 1], [f"/{endpoint}"] * 2)


def test_failed_records_are_rejected_and_the_others_delivered(server: Any, sending: Make) -> None:
    """Of a 400 with a list just the named ones are refused, and nothing is sent again."""
    failed = [{"index": 1, "insert_id": "id-1", "field": "properties.time", "message": "is invalid"}]
    server.will_say(400, {"code": 400, "failed_records": failed, "num_records_imported": 2})

    outcome = sending().send("import", events(3))

    assert outcome.rejected == {1: Rejection("is invalid", "properties.time")}
    assert (outcome.retry, len(server.heard)) == ({}, 1)


def test_a_long_list_of_failed_records_is_read_whole(server: Any, sending: Make) -> None:
    """Two thousand refusals fit into what is read of an answer."""
    failed = [
        {"index": n, "insert_id": f"id-{n}", "field": "properties.time", "message": "is invalid " + "x" * 300}
        for n in range(2000)
    ]
    server.will_say(400, {"code": 400, "failed_records": failed})

    outcome = sending().send("import", events(2000))

    assert (len(outcome.rejected), len(server.heard)) == (2000, 1)


@pytest.mark.parametrize("bad", [0, 5, 9])
def test_status_0_is_bisected_down_to_the_culprit(server: Any, sending: Make, bad: int) -> None:
    """A 200 that says no, without saying whom, costs just the record at fault."""

    def rule(heard: Any) -> Any:
        return (200, {"error": "$set, missing", "status": 0}) if bad in numbers(heard) else None

    server.rule = rule
    outcome = sending().send("engage", profiles(10))

    assert outcome.rejected == {bad: Rejection("$set, missing")}
    assert outcome.retry == {}


def test_413_halves_and_the_size_is_remembered(server: Any, sending: Make) -> None:
    """What is too much for a request goes in halves, and later batches start smaller."""

    def rule(heard: Any) -> Any:
        size = sum(len(str(record)) for record in heard.records)
        return (413, {"code": 413}) if size > 300_000 else None

    server.rule = rule
    sender = sending()
    first = sender.send("engage", [{**each, "text": "x" * 10_000} for each in profiles(60)])
    refused = sum(1 for heard in server.heard if len(heard.records) > 30)
    server.heard.clear()
    second = sender.send("engage", [{**each, "text": "x" * 10_000} for each in profiles(60)])

    assert (first.rejected, first.retry, second.rejected, second.retry) == ({}, {}, {}, {})
    assert refused == 1
    assert max(server.sizes) < 30


def test_a_small_limit_of_records_is_learnt_too(server: Any, sending: Make) -> None:
    """A server that counts records, not bytes, is soon asked with requests that it takes."""
    server.rule = lambda heard: (413, {"code": 413}) if len(heard.records) > 50 else None
    sender = sending()
    sender.send("engage", profiles(400))
    server.heard.clear()
    outcome = sender.send("engage", profiles(400))

    assert (outcome.rejected, outcome.retry) == ({}, {})
    assert sum(size > 50 for size in server.sizes) <= 1


@pytest.mark.parametrize("count", [2, 3, 17, 1_000])
def test_a_400_without_a_list_costs_few_requests(server: Any, sending: Make, count: int) -> None:
    """One bad record among n costs one request, and at most two times log2 n more."""
    bad = count - 1
    server.rule = lambda heard: (400, {"error": "bad"}) if bad in numbers(heard) else None
    outcome = sending().send("import", events(count))

    assert outcome.rejected == {bad: Rejection("HTTP 400: bad")}
    assert outcome.retry == {}
    assert len(server.heard) <= 1 + 2 * math.ceil(math.log2(count))


def test_a_server_that_refuses_everything_is_not_asked_for_each(server: Any, sending: Make) -> None:
    """After two times log2 n requests the rest is kept; the next attempt goes on where this one ended."""
    server.rule = lambda _: (400, {"error": "bad"})
    outcome = sending().send("import", events(1_000))

    assert len(server.heard) == 1 + 20
    assert len(outcome.rejected) >= 1
    assert len(outcome.rejected) + len(outcome.retry) == 1_000
    assert "without saying which" in outcome.retry[999]


def test_a_failure_ends_a_search(server: Any, sending: Make) -> None:
    """A rate limit in the middle of a search keeps what was not tried."""
    server.will_say(400, {"error": "bad"})
    server.will_say(200, {"code": 200, "status": "OK"})
    server.will_say(429, {"error": "later"}, retry_after="7")
    outcome = sending().send("import", events(8))

    assert (sorted(outcome.retry), outcome.retry_after, outcome.rejected) == ([4, 5, 6, 7], 7.0, {})


def test_a_proxy_that_asks_who_we_are_pauses(server: Any, sending: Make) -> None:
    """The text says which setting names the proxy."""
    server.rule = lambda _: (407, b"")
    outcome = sending(proxies=server.url).send("import", events(1))

    assert sorted(outcome.retry) == [0]
    assert "HTTPS_PROXY" in outcome.paused


def test_a_single_record_that_is_too_large_is_rejected(server: Any, sending: Make) -> None:
    """A 413 for one record refuses that one; its neighbours are delivered."""

    def rule(heard: Any) -> Any:
        return (413, {"code": 413, "error": "too large"}) if 1 in numbers(heard) else None

    server.rule = rule

    assert sending().send("engage", profiles(3)).rejected == {1: Rejection("HTTP 413: too large")}


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_failure_that_passes_keeps_what_is_not_sent(server: Any, sending: Make, status: int) -> None:
    """The requests before it count, it and those after it are left for the next attempt."""
    server.will_say(200, {"code": 200, "status": "OK"})
    server.will_say(status, {"error": "later"}, retry_after="2")

    outcome = sending(max_events=2).send("import", events(6))

    assert sorted(outcome.retry) == [2, 3, 4, 5]
    assert (outcome.retry[2], outcome.retry_after) == (f"HTTP {status}: later", 2.0)
    assert (len(server.heard), outcome.rejected) == (2, {})


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "project token (token, write_key, MIXPANEL_TOKEN)"),
        ({"api_secret": "sec-canary"}, "Check api_secret (MIXPANEL_API_SECRET)"),
        ({"username": "me", "secret": "pw-canary", "project_id": 1}, "project_id (MIXPANEL_PROJECT_ID)"),
    ],
)
@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_credential_pauses_and_is_named(
    server: Any, sending: Make, settings: dict[str, Any], words: str, status: int
) -> None:
    """Everything is kept, and the text says which setting is wrong, without showing it."""
    secret = settings.get("api_secret") or settings.get("secret") or ""
    server.will_say(status, {"error": f"Unauthorized {secret} {TOKEN}"})

    outcome = sending(**settings).send("import", events(2))

    assert sorted(outcome.retry) == [0, 1]
    assert words in outcome.paused
    assert "canary" not in outcome.paused
    assert TOKEN not in outcome.paused


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("endpoint", ["import", "track", "engage"])
def test_no_redirect_is_followed(
    server: Any, other_server: Any, sending: Make, status: int, endpoint: str
) -> None:
    """Neither body nor credential goes anywhere else; the messages are kept and the setting is named."""
    server.will_say(status, b"moved", location=f"{other_server.url}/import")

    outcome = sending().send(endpoint, profiles(1))

    assert (len(server.heard), other_server.heard, sorted(outcome.retry)) == (1, [], [0])
    assert "region (MIXPANEL_REGION) and api_host (MIXPANEL_API_HOST)" in outcome.paused


def test_another_4xx_rejects(server: Any, sending: Make) -> None:
    """What no repetition changes is given up with its status."""
    server.will_say(422, {"error": "no"})

    assert sending().send("engage", profiles(2)).rejected == {n: Rejection("HTTP 422: no") for n in range(2)}


def test_a_stranger_that_says_200_is_not_believed(server: Any, sending: Make) -> None:
    """A page of a captive portal keeps the messages."""
    server.will_say(200, b"<html>Welcome to the hotel</html>")

    assert sorted(sending().send("import", events(1)).retry) == [0]


def test_nothing_is_sent_when_the_time_is_over(server: Any, sending: Make) -> None:
    """A batch whose deadline has passed is left as it is."""
    outcome = sending().send("import", events(2), seconds=-1.0)

    assert (sorted(outcome.retry), server.heard) == ([0, 1], [])


def test_a_server_that_is_not_there_is_tried_again(sending: Make) -> None:
    """A refused connection keeps the messages, and the reason names the address and no more."""
    outcome = sending(api_host="http://127.0.0.1:1").send("import", events(1))

    assert outcome.retry == {
        0: "http://127.0.0.1:1 cannot be reached: Connection refused (ConnectionRefusedError)"
    }


def test_a_slow_server_does_not_hold_a_batch_beyond_its_deadline(server: Any, sending: Make) -> None:
    """The deadline of the batch bounds the request, whatever the timeout."""
    server.will_say(200, {"status": 1}, after=8.0)
    began = time.monotonic()

    outcome = sending(timeout=60).send("engage", profiles(1), seconds=0.3)

    assert sorted(outcome.retry) == [0]
    assert time.monotonic() - began < 7.5


def test_no_secret_is_logged(server: Any, sending: Make, caplog: pytest.LogCaptureFixture) -> None:
    """At the most talkative level, nothing that is sent or configured is in a log line."""
    caplog.set_level(logging.DEBUG)
    server.will_say(500, {"error": "later"})
    sending(api_secret="sec-canary").send("import", events(1, email="value-canary"))

    assert "canary" not in caplog.text
    assert TOKEN not in caplog.text

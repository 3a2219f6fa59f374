"""Reading what somebody pastes."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from analytics_mixpanel.debugger import decoding
from analytics_mixpanel.debugger.decoding import Decoded

NOW = 1_700_000_000
TRACKED = {"event": "A?>~~ü", "properties": {"token": "t", "distinct_id": "u", "time": NOW}}
GOOD = {"event": "A", "properties": {"$insert_id": "x1", "distinct_id": "u", "time": NOW}}
BAD = {"event": "A", "properties": {"$insert_id": "x_1", "distinct_id": "u", "time": NOW}}
USER = {"$token": "t", "$distinct_id": "u", "$set": {"note": "b+c&d=e%"}}
GROUP = {"$token": "t", "$group_key": "company", "$group_id": "1", "$set": {"a": 1}, "$add": {"b": 1}}

PACKED = base64.b64encode(json.dumps(TRACKED).encode()).decode()
LINES = "\n".join(map(json.dumps, [GOOD, BAD]))
ZIPPED = base64.b64encode(gzip.compress(json.dumps([GOOD, BAD]).encode(), mtime=0)).decode()


def decode(text: str) -> Decoded:
    """Read a paste at a fixed time."""
    return decoding.decode(text, lambda: float(NOW))


@pytest.mark.parametrize(
    "text",
    [
        PACKED,
        PACKED.rstrip("="),
        PACKED.replace("+", "-").replace("/", "_"),
        "\n".join(PACKED[at : at + 40] for at in range(0, len(PACKED), 40)),
        quote_plus(PACKED),
        f"data={PACKED}",
        f"data={quote_plus(PACKED)}&verbose=1",
        f"ip=1&data={quote_plus(PACKED)}",
        f"https://api.mixpanel.com/track?data={quote_plus(PACKED)}&ip=1",
        f"https://api.mixpanel.com/track?data={PACKED}",
        f"GET /track?data={quote_plus(PACKED)} HTTP/1.1\nHost: api.mixpanel.com\n",
        f"  data={quote(json.dumps(TRACKED))}  ",
        quote(json.dumps(TRACKED)),
        json.dumps(TRACKED),
        base64.b64encode(f"data={quote_plus(PACKED)}".encode()).decode(),
    ],
)
def test_a_tracked_event_is_read(text: str) -> None:
    """Whatever it was copied from, and whichever encodings it has."""
    decoded = decode(text)
    assert (decoded.problem, decoded.endpoint) == ("", "track")
    assert [(record.body, record.ok) for record in decoded.records] == [(TRACKED, True)]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([GOOD, BAD]),
        json.dumps([GOOD, BAD], indent=2),
        LINES,
        LINES.replace("\n", "\r\n") + "\r\n",
        ZIPPED,
        quote_plus(ZIPPED),
        f"POST /import HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n{LINES}",
        f"POST /import HTTP/1.1\nHost: x\nContent-Encoding: gzip\nContent-Type: application/json\n\n{ZIPPED}",
        f"curl 'https://api.mixpanel.com/import?strict=1' -u token: --data-raw '{json.dumps([GOOD, BAD])}'",
        f"curl --json '{json.dumps([GOOD, BAD])}' \\\n  https://api.mixpanel.com/import",
    ],
)
def test_imported_events_have_a_verdict_each(text: str) -> None:
    """It is ingestion's own, with the field at fault."""
    decoded = decode(text)
    assert (decoded.problem, decoded.endpoint) == ("", "import")
    assert [(record.ok, record.field) for record in decoded.records] == [(True, ""), (False, "$insert_id")]
    assert "alphanumeric" in decoded.records[1].message


@pytest.mark.parametrize(
    ("text", "endpoint", "record"),
    [
        (f"curl -X POST https://x.test/engage --data-urlencode 'data={json.dumps(USER)}'", "engage", USER),
        (f"curl https://x.test/engage -d 'data={quote_plus(json.dumps(USER))}'", "engage", USER),
        (json.dumps([USER]), "engage", USER),
        (json.dumps(GROUP), "groups", GROUP),
        ('{"batch": [{"type": "track", "event": "A"}]}', "segment", {"type": "track", "event": "A"}),
        (
            '{"type": "page", "name": "A", "userId": "u"}',
            "segment",
            {"type": "page", "name": "A", "userId": "u"},
        ),
    ],
)
def test_the_endpoint_is_that_of_the_address_or_of_the_record(text: str, endpoint: str, record: Any) -> None:
    """Where nothing says it, it is known by what the record looks like."""
    decoded = decode(text)
    assert (decoded.problem, decoded.endpoint) == ("", endpoint)
    assert [each.body for each in decoded.records] == [record]


def test_updates_have_a_verdict() -> None:
    """An update of a group has one operation."""
    assert decode(json.dumps(USER)).records[0].ok is True
    (record,) = decode(json.dumps(GROUP)).records
    assert record.ok is False
    assert "must be exactly one of" in record.message


def test_a_message_in_segments_form_has_no_verdict() -> None:
    """Mixpanel does not take it."""
    (record,) = decode('{"type": "track", "event": "A", "userId": "u"}').records
    assert record.ok is None


def test_times_are_checked_by_the_clock_that_is_given() -> None:
    """An event of the future is refused."""
    late = {**GOOD, "properties": {**GOOD["properties"], "time": NOW + 7200}}  # type: ignore[dict-item]
    assert decode(json.dumps(late)).records[0].field == "properties.time"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "paste a request"),
        ("hello, world!", "it is no JSON"),
        ("{broken", "not valid JSON"),
        ("YWJj", "not valid JSON"),
        (ZIPPED[:40], "not valid gzip"),
        ("curl 'https://x.test", "a quote that is never closed"),
        ("curl https://x.test -d @file.json", "reads the file file.json"),
        ("https://x.test/track", "data, missing or empty"),
        ("POST /track HTTP/1.1\nHost: x\n\n", "data, missing or empty"),
        ("data=%%%", "not valid JSON"),
        ("https://[x/track?data=e30", "cannot be read"),
        ("\ud800", "it is no JSON"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, problem: str) -> None:
    """Nothing that somebody pastes raises."""
    assert problem in decode(text).problem


def test_credentials_are_not_shown() -> None:
    """They are in none of the parts that a page shows."""
    command = (
        f"curl 'https://me:S3CRET@api.mixpanel.com/import?api_key=S3CRET&strict=1' -u S3CRET: "
        f"-H 'Authorization: Basic S3CRET' -H 'Cookie: S3CRET' -d '{json.dumps([GOOD])}'"
    )
    decoded = decode(command)
    assert decoded.url == "https://api.mixpanel.com/import"
    assert "S3CRET" not in json.dumps(decoded.as_json())


def test_a_paste_that_is_too_long_is_not_read() -> None:
    """It is said how long one may be."""
    assert "longer than" in decode("x" * 10_485_761).problem


def test_a_bomb_is_not_inflated() -> None:
    """What is small and becomes large is refused."""
    bomb = base64.b64encode(gzip.compress(b" " * 50_000_000)).decode()
    assert "exceeds max limit" in decode(bomb).problem


def test_the_form_is_said_in_words() -> None:
    """What it was taken for, and how many of what."""
    assert decode(ZIPPED).form == "base64, gzip: 2 events for /import"
    assert decode(json.dumps(USER)).form == "JSON: 1 update of users for /engage"

"""What each answer means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analytics_mixpanel.delivery import Rejection
from analytics_mixpanel_destination.sending.answers import (
    Pause,
    Retry,
    Split,
    Taken,
    Verdict,
    read_answer,
    retry_after,
)
from analytics_mixpanel_destination.sending.transport import Answer

BODIES = [json.dumps({"event": "E", "properties": {"$insert_id": f"id-{n}"}}).encode() for n in range(4)]


def read(status: int, content: Any, records: int = 4, **headers: str) -> Verdict:
    """Read an answer to a request of so many records."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return read_answer(Answer(status, named, body), BODIES[:records])


@pytest.mark.parametrize(
    "content",
    [
        {"code": 200, "num_records_imported": 4, "status": "OK"},
        {"code": 200, "error": None, "num_records_imported": 4, "status": 1},
        {"error": None, "status": 1},
        {"status": True},
        {"code": 200},
        b"1",
        b"1\n",
    ],
)
def test_every_yes_of_mixpanels_is_a_yes(content: Any) -> None:
    """Each form in which Mixpanel says that it has the records means delivered."""
    assert read(200, content) == Taken()


@pytest.mark.parametrize(
    "content",
    [
        b"0",
        {"error": "$distinct_id, missing or empty", "status": 0},
        {"code": 200, "error": "some data points in the request failed validation", "status": 0},
        {"status": False},
    ],
)
def test_a_no_under_200_splits_until_one_record_is_left(content: Any) -> None:
    """A 200 that says no is a failure: of several records the halves are tried, a single one is refused."""
    assert read(200, content) == Split()
    assert isinstance(read(200, content, records=1), Taken)
    assert read(200, content, records=1) != Taken()


def test_a_single_refused_record_carries_mixpanels_words() -> None:
    """The reason of a rejection is the answer's own error text."""
    verdict = read(200, {"error": "$token, missing or empty", "status": 0}, records=1)

    assert verdict == Taken({0: Rejection("$token, missing or empty")})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Sign in to the hotel's network</html>",
        b"[]",
        b'"OK"x',
        b"null",
        b"2",
        {},
        {"ok": True},
        [1],
    ],
)
def test_a_200_that_is_not_mixpanels_is_no_success(content: Any) -> None:
    """Whatever else may answer at that address, the records are kept."""
    assert isinstance(read(200, content), Retry)


@pytest.mark.parametrize("key", ["insert_id", "$insert_id"])
def test_failed_records_are_refused_by_index(key: str) -> None:
    """Just the records that a 400 names are refused; the others were taken."""
    failed = [
        {"index": 1, key: "id-1", "field": "properties.time", "message": "'properties.time' is invalid"},
        {"index": 3, key: "id-3", "field": "event", "message": "'event' must not be missing or blank"},
    ]

    assert read(400, {"code": 400, "failed_records": failed, "num_records_imported": 2}) == Taken(
        {
            1: Rejection("'properties.time' is invalid", "properties.time"),
            3: Rejection("'event' must not be missing or blank", "event"),
        }
    )


@pytest.mark.parametrize("key", ["insert_id", "$insert_id"])
@pytest.mark.parametrize("index", [None, 99, -1, "2", True])
def test_a_failed_record_without_a_usable_index_is_found_by_its_id(key: str, index: Any) -> None:
    """Both spellings of the id tell which record is meant where the index does not."""
    verdict = read(400, {"failed_records": [{"index": index, key: "id-2", "field": "f", "message": "m"}]})

    assert verdict == Taken({2: Rejection("m", "f")})


@pytest.mark.parametrize(
    ("insert_id", "position"), [("id-0", 0), ("id-3", 3), ("unknown", 1), ("", 1), (7, 1)]
)
def test_an_id_that_is_another_records_is_believed(insert_id: Any, position: int) -> None:
    """Where index and id disagree the id is right, unless no record has it."""
    failed = [{"index": 1, "insert_id": insert_id, "field": "f", "message": "m"}]

    assert read(400, {"failed_records": failed}) == Taken({position: Rejection("m", "f")})


def test_failed_records_count_under_200_too() -> None:
    """The list is believed whatever the status above it."""
    verdict = read(200, {"code": 200, "status": 1, "failed_records": [{"index": 0, "message": "m"}]})

    assert verdict == Taken({0: Rejection("m")})


@pytest.mark.parametrize(
    "failed", [["identity events are not allowed"], [{"index": 77}], [{"index": 0}, "no"], [None], [5]]
)
def test_failed_records_that_cannot_be_told_split_the_request(failed: list[Any]) -> None:
    """Strings, and entries that fit no record, do not say whom they mean: the halves do."""
    assert read(400, {"code": 400, "failed_records": failed}) == Split()


def test_a_string_is_the_reason_of_a_single_record() -> None:
    """Left alone, a record is refused with the string that the list holds."""
    verdict = read(400, {"code": 400, "failed_records": ["identity events are not allowed"]}, records=1)

    assert verdict == Taken({0: Rejection("identity events are not allowed")})


@pytest.mark.parametrize(
    "content", [b"", {"code": 400, "error": "bad"}, {"failed_records": []}, b'{"cut off']
)
def test_a_400_without_a_list_splits(content: Any) -> None:
    """A 400 that names nobody leaves the search for the culprit to us."""
    assert read(400, content) == Split()


def test_413_splits_and_says_that_size_is_the_matter() -> None:
    """Too much for one request is no verdict on the records; a single one that is too much is refused."""
    content = {"code": 413, "error": "request exceeds max limit of 2097152 bytes"}

    assert read(413, content) == Split(too_large=True)
    assert read(413, content, records=1) == Taken(
        {0: Rejection("HTTP 413: request exceeds max limit of 2097152 bytes")}
    )


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 524, 599])
def test_what_passes_is_tried_again(status: int) -> None:
    """Rate limits, timeouts and server errors keep the records, with the wait that was asked for."""
    assert read(status, {"error": "later"}, retry_after="7") == Retry(f"HTTP {status}: later", 7.0)


def test_an_error_enclosed_in_a_200_is_that_error() -> None:
    """A 200 whose body has another code is read by that code."""
    assert isinstance(read(200, {"code": 429, "error": "Project exceeded rate limits."}), Retry)


@pytest.mark.parametrize("status", [401, 403, 404, 405, 407, 410, 451, 300, 301, 302, 303, 304, 307, 308])
def test_credentials_and_wrong_addresses_pause(status: int) -> None:
    """What only a mended setting can change keeps everything."""
    verdict = read(status, {"error": "Unauthorized"})

    assert verdict == Pause(f"HTTP {status}", f"HTTP {status}: Unauthorized")


def test_a_redirect_is_described_by_its_host_alone() -> None:
    """The rest of a Location may hold anything and is not repeated."""
    verdict = read(307, b"", location="https://login.example.com/?token=canary")

    assert verdict == Pause("HTTP 307", "HTTP 307, a redirect to login.example.com")


@pytest.mark.parametrize("status", [402, 406, 409, 415, 422, 431, 501, 505])
def test_any_other_status_refuses_the_request(status: int) -> None:
    """No repetition would change it."""
    verdict = read(status, {"error": "no"}, records=2)

    assert verdict == Taken({0: Rejection(f"HTTP {status}: no"), 1: Rejection(f"HTTP {status}: no")})


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2", 2.0),
        (" 2.5 ", 2.5),
        ("0", 0.0),
        ("1e9", 300.0),
        ("inf", 300.0),
        ("Tue, 14 Nov 2023 22:13:30 GMT", 10.0),
        ("Wed, 14 Nov 2029 22:13:30 GMT", 300.0),
        ("Tue, 14 Nov 2023 22:13:10 GMT", None),
        ("-1", None),
        ("nan", None),
        ("abc", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str | None, seconds: float | None) -> None:
    """Seconds and dates are understood, capped at five minutes; nonsense is not heard."""
    assert retry_after(value, now=lambda: 1_700_000_000.0) == seconds

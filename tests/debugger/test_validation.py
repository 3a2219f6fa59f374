"""The rules for events of ``/import``, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.debugger.validation import DISALLOWED, seconds

Post = Callable[..., requests.Response]

NOW = 1_700_000_000  # what the fixture ``fixed`` has for a clock


def event(**changes: Any) -> dict[str, Any]:
    """Give a valid event with some properties changed, or taken away by None."""
    properties = {"time": NOW, "distinct_id": "user-1", "$insert_id": "id-1", **changes}
    return {"event": "Signed Up", "properties": {k: v for k, v in properties.items() if v is not None}}


@pytest.fixture
def refusal(fixed: StandIn, post: Post) -> Callable[[Any], dict[str, Any]]:
    """Send one record that is to be refused, and give its entry in ``failed_records``."""

    def send(record: Any) -> dict[str, Any]:
        answer = post(fixed.url + "/import?strict=1", json=[record], auth=("token", ""))
        assert answer.status_code == 400
        assert fixed.events == []
        (failed,) = answer.json()["failed_records"]
        return dict(failed)

    return send


@pytest.fixture
def accepted(fixed: StandIn, post: Post) -> Callable[[Any], dict[str, Any]]:
    """Send one record that is to be taken, and give its properties as they are kept."""

    def send(record: Any) -> dict[str, Any]:
        answer = post(fixed.url + "/import?strict=1&ip=0", json=[record], auth=("token", ""))
        assert answer.json() == {"code": 200, "num_records_imported": 1, "status": "OK"}
        return fixed.events[0].properties

    return send


Refusal = Callable[[Any], dict[str, Any]]


@pytest.mark.parametrize("name", [None, "", "   ", 7])
def test_a_missing_or_blank_event_name_is_refused(refusal: Refusal, name: object) -> None:
    """A name that is missing, blank or no text has Mixpanel's own message."""
    record = event() | {"event": name}
    assert refusal(record) == {
        "index": 0,
        "insert_id": "id-1",
        "field": "event",
        "message": "'event' must not be missing or blank",
    }


def test_a_long_event_name_is_refused(refusal: Refusal) -> None:
    """An event's name has at most 255 characters."""
    failed = refusal(event() | {"event": "x" * 256})
    assert (failed["field"], "255" in failed["message"]) == ("event", True)


@pytest.mark.parametrize("record", ["text", 1, None, []])
def test_a_record_that_is_no_object_is_refused(refusal: Refusal, record: object) -> None:
    """An event is an object."""
    assert "must be an object" in refusal(record)["message"]


@pytest.mark.parametrize("properties", [None, [], "text"])
def test_properties_must_be_an_object(refusal: Refusal, properties: object) -> None:
    """An event without an object of properties is refused."""
    assert refusal({"event": "A", "properties": properties})["field"] == "properties"


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        (None, "must not be missing"),
        ("2023-11-14T22:13:20Z", "must be specified as seconds since epoch"),
        (True, "must be specified as seconds since epoch"),
        (NOW + 3601, "must not be in the future"),
        ((NOW + 3601) * 1000, "must not be in the future"),
        (86_400 * 364, "must not be before 1971-01-01"),
        (-NOW, "must not be before 1971-01-01"),
    ],
)
def test_a_wrong_time_is_refused(refusal: Refusal, time: object, reason: str) -> None:
    """The time is a number, from 1971 to an hour from now."""
    failed = refusal(event(time=time))
    assert failed["field"] == "properties.time"
    assert failed["message"] == f"'properties.time' is invalid: {reason}"


@pytest.mark.parametrize(
    "time", [NOW, NOW * 1000, NOW + 0.25, NOW + 3599, 86_400 * 365, NOW - 10 * 365 * 86_400]
)
def test_a_time_in_seconds_or_milliseconds_is_taken(accepted: Refusal, time: float) -> None:
    """Both units are taken, up to an hour ahead and however long ago since 1971."""
    assert accepted(event(time=time))["time"] == time


def test_the_unit_of_a_time_is_told_by_its_size() -> None:
    """From 1e11 on a number is in milliseconds."""
    assert seconds(1_700_000_000_500) == 1_700_000_000.5
    assert seconds(1_700_000_000) == 1_700_000_000


def test_a_missing_distinct_id_is_refused_in_original_merging(refusal: Refusal) -> None:
    """Original ID Merge asks for a distinct id."""
    assert refusal(event(distinct_id=None))["message"] == (
        "'properties.distinct_id' is invalid: must not be missing"
    )


def test_an_empty_distinct_id_is_taken(accepted: Refusal) -> None:
    """The empty text is no user, and is allowed."""
    assert accepted(event(distinct_id=""))["distinct_id"] == ""


@pytest.mark.parametrize("value", [*sorted(DISALLOWED), "Undefined", "None"])
def test_a_disallowed_distinct_id_is_refused(refusal: Refusal, value: str) -> None:
    """Ids that stand for nobody are refused."""
    assert refusal(event(distinct_id=value))["field"] == "properties.distinct_id"


@pytest.mark.parametrize("value", sorted(DISALLOWED))
def test_a_disallowed_insert_id_is_refused(refusal: Refusal, value: str) -> None:
    """Ids that stand for nothing are refused."""
    assert refusal(event(**{"$insert_id": value}))["field"] == "$insert_id"


@pytest.mark.parametrize(
    ("insert_id", "reason"),
    [
        ("a*b", "must only contain alphanumeric or hyphen '-' characters"),
        ("é", "must only contain alphanumeric or hyphen '-' characters"),
        ("a_b", "must only contain alphanumeric or hyphen '-' characters"),
        ("line\n", "must only contain alphanumeric or hyphen '-' characters"),
        ("x" * 37, "must not be longer than 36 bytes"),
        (None, "must not be missing"),
        (5, "must be a string"),
    ],
)
def test_a_wrong_insert_id_is_refused(refusal: Refusal, insert_id: object, reason: str) -> None:
    """An ``$insert_id`` has 1 to 36 letters, digits and hyphens."""
    failed = refusal(event(**{"$insert_id": insert_id}))
    assert failed["field"] == "$insert_id"
    assert failed["message"] == f"'$insert_id' is invalid: {reason}"


def test_an_insert_id_of_36_characters_is_taken(accepted: Refusal) -> None:
    """A UUID with its hyphens fits."""
    insert_id = "8a66058c-29fc-4d95-8b84-f09b9e429fc2"
    assert accepted(event(**{"$insert_id": insert_id}))["$insert_id"] == insert_id


@pytest.mark.parametrize(("count", "status"), [(254, 200), (255, 400)])
def test_an_event_has_fewer_than_255_properties(fixed: StandIn, post: Post, count: int, status: int) -> None:
    """255 properties are one too many, the reserved ones counted."""
    record = event(**{f"p{i}": i for i in range(count - 3)})
    assert post(fixed.url + "/import", json=[record], auth=("token", "")).status_code == status


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({f"k{i}": i for i in range(255)}, "fewer than 255 keys"),
        (list(range(255)), "fewer than 255 elements"),
        ([{"deep": list(range(255))}], "fewer than 255 elements"),
    ],
)
def test_a_large_value_is_refused(refusal: Refusal, value: object, reason: str) -> None:
    """Objects and lists inside a property are bounded at every depth."""
    failed = refusal(event(big=value))
    assert failed["field"] == "properties.big"
    assert reason in failed["message"]


@pytest.mark.parametrize(("depth", "is_taken"), [(10, True), (11, False), (200, False), (900, False)])
def test_nesting_is_bounded(fixed: StandIn, post: Post, depth: int, is_taken: bool) -> None:
    """Ten levels are taken, more are refused and never break the server."""
    nested = '{"a":' * depth + "1" + "}" * depth
    body = f'[{{"event":"A","properties":{{"time":{NOW},"distinct_id":"u","$insert_id":"i","n":{nested}}}}}]'
    answer = post(
        fixed.url + "/import", data=body, auth=("token", ""), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == (200 if is_taken else 400)


def test_a_long_property_name_is_refused(refusal: Refusal) -> None:
    """A property's name has at most 255 characters."""
    assert "255" in refusal(event(**{"n" * 256: 1}))["message"]


def test_an_event_of_a_megabyte_is_refused(refusal: Refusal) -> None:
    """An event is smaller than 1 MB as JSON."""
    texts = {f"p{i}": "x" * 10_000 for i in range(101)}
    assert "1000000 bytes" in refusal(event(**texts))["message"]


def test_text_that_is_not_utf8_costs_only_its_own_event(fixed: StandIn, post: Post) -> None:
    """The refusal names the property, and the other events are taken."""
    good = b'{"event":"A","properties":{"time":%d,"distinct_id":"u","$insert_id":"a"}}' % NOW
    bad = good.replace(b'"a"', b'"b","utm_source":"\xff\xfe"')
    answer = post(
        fixed.url + "/import",
        data=b"[%b,%b]" % (good, bad),
        auth=("token", ""),
        headers={"Content-Type": "application/json"},
    )
    assert answer.json()["failed_records"] == [
        {
            "index": 1,
            "insert_id": "b",
            "field": "properties.utm_source",
            "message": "properties.utm_source is invalid: string should be valid utf8",
        }
    ]
    assert [kept.insert_id for kept in fixed.events] == ["a"]


@pytest.mark.parametrize("broken", [b'"A":"\\ud800"', b'"\xff":1', b'"n":[{"\xff":"\xff"}]'])
def test_broken_text_anywhere_is_an_answer_and_not_a_crash(fixed: StandIn, post: Post, broken: bytes) -> None:
    """A lone surrogate, or a name that is not UTF-8, is refused like any other fault."""
    body = b'[{"event":"A","properties":{"time":%d,"distinct_id":"u","$insert_id":"a",%b}}]' % (NOW, broken)
    headers = {"Content-Type": "application/json"}
    answer = post(fixed.url + "/import", data=body, auth=("token", ""), headers=headers)
    assert answer.status_code == 400
    assert "valid utf8" in answer.json()["failed_records"][0]["message"]
    assert len(fixed.rejections) == 1


def test_a_name_that_is_not_utf8_is_refused(fixed: StandIn, post: Post) -> None:
    """An event's name is text too."""
    body = b'[{"event":"\xff","properties":{"time":%d,"distinct_id":"u","$insert_id":"a"}}]' % NOW
    headers = {"Content-Type": "application/json"}
    answer = post(fixed.url + "/import", data=body, auth=("token", ""), headers=headers)
    assert answer.json()["failed_records"][0]["field"] == "event"


def test_2000_wide_events_are_checked_and_kept_quickly(stand_in: StandIn, post: Post) -> None:
    """A full batch costs the server little: its own time, so that a busy machine does not matter."""
    wide = {f"property {i}": f"value {i}" for i in range(20)}
    now = int(time.time())
    records = [event(time=now, **{"$insert_id": f"i{i}", **wide}) for i in range(2000)]
    began = time.process_time()
    answer = post(stand_in.url + "/import", json=records, auth=("token", ""))
    assert answer.json()["num_records_imported"] == 2000
    assert time.process_time() - began < 1.0

"""The endpoints' answers: every status and body of the four, over HTTP."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import Limits, StandIn

Post = Callable[..., requests.Response]

INVALID = "some data points in the request failed validation"


def event(insert_id: str = "id-1", **changes: Any) -> dict[str, Any]:
    """Give a valid event."""
    moment = int(time.time())
    return {
        "event": "A",
        "properties": {"time": moment, "distinct_id": "u", "$insert_id": insert_id, **changes},
    }


def tracked(**changes: Any) -> dict[str, Any]:
    """Give a valid event for ``/track``."""
    return {"event": "A", "properties": {"token": "token", "distinct_id": "u", **changes}}


def test_import_counts_what_it_took(import_: Post) -> None:
    """The answer to valid events, strict by default."""
    answer = import_([event("a"), event("b")])
    assert answer.status_code == 200
    assert answer.json() == {"code": 200, "num_records_imported": 2, "status": "OK"}


def test_import_takes_the_valid_events_of_a_batch_with_others(stand_in: StandIn, import_: Post) -> None:
    """One bad record is a 400, and costs the others nothing."""
    answer = import_([event("a"), event("b", time="yesterday"), event("c")])
    assert answer.status_code == 400
    assert answer.json() == {
        "code": 400,
        "error": INVALID,
        "failed_records": [
            {
                "index": 1,
                "insert_id": "b",
                "field": "properties.time",
                "message": "'properties.time' is invalid: must be specified as seconds since epoch",
            }
        ],
        "num_records_imported": 2,
        "status": "Bad Request",
    }
    assert [kept.insert_id for kept in stand_in.events] == ["a", "c"]


def test_a_refused_record_is_kept_with_its_reason(stand_in: StandIn, import_: Post) -> None:
    """It can be looked at later, as it was sent."""
    import_([event("a"), {"event": "B", "properties": {}}])
    (rejection,) = stand_in.rejections
    assert (rejection.index, rejection.field, rejection.endpoint) == (1, "properties.time", "/import")
    assert rejection.record == {"event": "B", "properties": {}}


@pytest.mark.parametrize(
    ("records", "answer"),
    [
        ([event()], {"code": 200, "error": None, "num_records_imported": 1, "status": 1}),
        ([{}], {"code": 200, "error": INVALID, "num_records_imported": 0, "status": 0}),
        ([event(), {}], {"code": 200, "error": INVALID, "num_records_imported": 1, "status": 1}),
    ],
)
def test_import_that_is_not_strict_is_always_a_200(
    stand_in: StandIn, import_: Post, records: Any, answer: Any
) -> None:
    """With ``strict=0&verbose=1`` only the body tells."""
    response = import_(records, params={"strict": 0, "verbose": 1})
    assert (response.status_code, response.json()) == (200, answer)


@pytest.mark.parametrize(("records", "text"), [([event()], "1"), ([{}], "0")])
def test_import_that_is_neither_strict_nor_verbose_says_1_or_0(
    import_: Post, records: Any, text: str
) -> None:
    """With ``strict=0`` alone the body is one digit."""
    assert import_(records, params={"strict": 0}).text == text


def test_import_of_a_form_is_not_strict(stand_in: StandIn, post: Post) -> None:
    """The clients that send forms read ``status`` 1, which the strict answer does not have."""
    data = {"data": json.dumps(event()), "verbose": 1, "api_key": "token"}
    assert post(stand_in.url + "/import", data=data).json()["status"] == 1


def test_an_insert_id_may_be_missing_when_not_strict(stand_in: StandIn, import_: Post) -> None:
    """The server makes one up, and such events are never duplicates."""
    record = event()
    del record["properties"]["$insert_id"]
    for _ in range(2):
        assert import_([record], params={"strict": 0}).text == "1"
    first, second = stand_in.events
    assert first.insert_id != second.insert_id
    assert first.duplicates == second.duplicates == 0


def test_an_empty_import_is_refused(import_: Post) -> None:
    """A batch has at least one record."""
    assert import_([]).status_code == 400


def test_more_than_2000_events_are_refused(stand_in: StandIn, import_: Post, track: Post) -> None:
    """Neither endpoint for events takes more in a request."""
    assert import_([event(f"id-{i}") for i in range(2001)]).status_code == 413
    answer = track([tracked() for _ in range(2001)])
    assert (answer.status_code, answer.json()["status"]) == (413, "error")
    assert stand_in.events == []
    assert import_([event(f"id-{i}") for i in range(2000)]).status_code == 200


def test_more_than_2000_profile_updates_are_refused(stand_in: StandIn, engage: Post) -> None:
    """Source: Mixpanel docs, User Profile Limits."""
    update = {"$token": "token", "$distinct_id": "u", "$add": {"n": 1}}
    assert engage([update] * 2001).status_code == 413
    assert engage([update] * 2000).json()["status"] == 1
    assert stand_in.profiles[0].properties == {"n": 2000}


def test_more_than_200_group_updates_are_refused(stand_in: StandIn, update_groups: Post) -> None:
    """The figure that Mixpanel's own tools keep to."""
    update = {"$token": "token", "$group_key": "company", "$group_id": "c", "$set": {"n": 1}}
    assert update_groups([update] * 201).status_code == 413
    assert update_groups([update] * 200).json()["status"] == 1


def test_a_project_over_its_rate_is_a_429(post: Post) -> None:
    """The rate is of bytes before compression, over a rolling minute, for each project by itself."""
    clock = [1_700_000_000.0]
    record = [event("a", time=1_700_000_000)]
    size = len(json.dumps(record).encode())
    body = gzip.compress(json.dumps(record).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    with StandIn(limits=Limits(bytes_per_minute=size * 2), now=lambda: clock[0]) as narrow:

        def send(token: str = "token") -> requests.Response:
            return post(narrow.url + "/import", data=body, headers=headers, auth=(token, ""))

        assert [send().status_code for _ in range(3)] == [200, 200, 429]
        assert send("other").status_code == 200
        assert send().json() == {
            "code": 429,
            "error": "Project exceeded rate limits. Please retry the request with exponential backoff.",
            "status": "Too Many Requests",
        }
        assert "Retry-After" not in send().headers
        clock[0] += 61
        assert send().status_code == 200


@pytest.mark.parametrize(
    ("record", "error"),
    [
        ({"event": "A", "properties": {"distinct_id": "u"}}, "token, missing or empty"),
        ({"event": "A", "properties": {"token": "", "distinct_id": "u"}}, "token, missing or empty"),
        ({"event": "A"}, "token, missing or empty"),
        ({"properties": {"token": "token"}}, "event, missing"),
        ("text", "event, missing"),
        (
            {"event": "$create_alias", "properties": {"token": "token", "alias": "b"}},
            "distinct_id, missing or empty",
        ),
        (tracked(time="now"), "time, must be specified as seconds since epoch"),
    ],
)
def test_track_names_what_is_missing(stand_in: StandIn, track: Post, record: Any, error: str) -> None:
    """With ``verbose=1`` the body says what is wrong, with ``verbose=0`` it is 0."""
    assert track([record]).json() == {"error": error, "status": 0}
    assert track([record], verbose=0).text == "0"
    assert stand_in.events == []


def test_track_says_yes_when_one_record_is_valid(stand_in: StandIn, track: Post) -> None:
    """1 means that one record or more was taken; the error names the first that was not."""
    answer = track([tracked(), {"event": "B", "properties": {}}])
    assert answer.json() == {"error": "token, missing or empty", "status": 1}
    assert [kept.event for kept in stand_in.events] == ["A"]


def test_track_never_refuses_a_shape_without_a_reason(stand_in: StandIn, track: Post) -> None:
    """A huge property is named, as ``/import`` names it."""
    assert "properties.big" in track([tracked(big=list(range(300)))]).json()["error"]


@pytest.mark.parametrize("path", ["track", "engage", "groups"])
def test_strict_names_each_failed_record(stand_in: StandIn, post: Post, path: str) -> None:
    """``strict=1`` gives a message for each record, with HTTP 200."""
    answer = post(f"{stand_in.url}/{path}?strict=1", json=[{}, {}])
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], [failed["index"] for failed in body["failed_records"]]) == (0, [0, 1])
    assert all("missing" in failed["message"] for failed in body["failed_records"])


def test_strict_says_that_all_is_well(stand_in: StandIn, engage: Post) -> None:
    """Without failures the status is 1."""
    answer = engage([{"$token": "t", "$distinct_id": "u", "$set": {}}], strict=1)
    assert answer.json() == {"error": None, "num_good_events": 1, "status": 1}


def test_verbose_2_is_verbose(stand_in: StandIn, engage: Post) -> None:
    """Some senders ask for it."""
    answer = engage([{"$token": "t", "$set": {}}], verbose=2)
    assert answer.json() == {"error": "$distinct_id, missing or empty", "status": 0}


def test_img_answers_with_a_transparent_pixel(stand_in: StandIn, track: Post) -> None:
    """For tracking in mails."""
    answer = track([tracked()], img=1)
    assert (answer.headers["content-type"], answer.content[:6]) == ("image/gif", b"GIF89a")


def test_a_callback_is_called(stand_in: StandIn, track: Post) -> None:
    """For pages that load the answer as a script."""
    answer = track([tracked()], callback="mixpanel.cb", verbose=0)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.text == "mixpanel.cb(1);"


def test_a_callback_that_is_no_name_is_not_echoed(stand_in: StandIn, track: Post) -> None:
    """Code in the query does not come back as a script."""
    assert track([tracked()], callback="alert(1)//", verbose=0).text == "1"


def test_credentials_of_a_project_are_validated(restricted: StandIn, post: Post) -> None:
    """What Segment's destination asks before it saves its settings."""
    url = restricted.url + "/api/app/validate-project-credentials/"
    assert post(url, json={"project_token": "token-a"}).ok
    assert post(url, json={"project_token": "nobody"}).status_code == 401
    assert post(url, json={"project_token": ""}).status_code == 401
    assert post(url, data=b"nonsense").status_code == 400


def test_other_paths_are_not_found(stand_in: StandIn, post: Post) -> None:
    """There is nothing else."""
    assert post(stand_in.url + "/nothing", json=[]).status_code == 404

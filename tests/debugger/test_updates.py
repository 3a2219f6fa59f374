"""How updates of users and groups are taken, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import Limits, StandIn

Post = Callable[..., requests.Response]

USER = {"$token": "token", "$distinct_id": "user-1"}
GROUP = {"$token": "token", "$group_key": "company", "$group_id": "c-1"}


@pytest.mark.parametrize("name", ["$token", "$distinct_id"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_user_update_names_what_is_missing(stand_in: StandIn, engage: Post, name: str, value: Any) -> None:
    """A missing or empty id or token is named."""
    record = {**USER, "$set": {"a": 1}, name: value}
    assert engage([record]).json() == {"error": f"{name}, missing or empty", "status": 0}
    assert stand_in.profiles == []
    assert stand_in.rejections[0].field == name


@pytest.mark.parametrize("name", ["$token", "$group_key", "$group_id"])
def test_a_group_update_names_what_is_missing(update_groups: Post, name: str) -> None:
    """A missing key, id or token is named."""
    record = {**GROUP, "$set": {"a": 1}}
    del record[name]
    assert update_groups([record]).json() == {"error": f"{name}, missing or empty", "status": 0}


def test_credentials_do_not_take_the_tokens_place(stand_in: StandIn, post: Post) -> None:
    """A header with a token does not help a record without one."""
    record = {"$distinct_id": "u", "$set": {}}
    answer = post(stand_in.url + "/engage?verbose=1", json=[record], auth=("token", ""))
    assert answer.json() == {"error": "$token, missing or empty", "status": 0}


@pytest.mark.parametrize("operations", [{}, {"$set": {}, "$add": {}}, {"$increment": {"a": 1}}])
def test_an_update_has_exactly_one_operation(engage: Post, operations: dict[str, Any]) -> None:
    """None, two and unknown ones are refused."""
    assert engage([{**USER, **operations}]).json()["error"].startswith("operation, must be exactly one of")


def test_a_group_update_with_a_distinct_id_is_refused(stand_in: StandIn, update_groups: Post) -> None:
    """Mixpanel rejects group records that carry a user's id."""
    assert update_groups([{**GROUP, "$distinct_id": "u", "$set": {"a": 1}}]).json()["status"] == 0
    assert stand_in.groups == []


def test_append_is_not_for_groups(update_groups: Post) -> None:
    """It is documented for users only."""
    assert update_groups([{**GROUP, "$append": {"a": 1}}]).json()["status"] == 0


@pytest.mark.parametrize("record", ["text", 1, None, []])
def test_a_record_that_is_no_object_is_refused(engage: Post, record: object) -> None:
    """The answer names the token that it has not."""
    assert engage([record]).json() == {"error": "$token, missing or empty", "status": 0}


def test_valid_updates_of_a_batch_are_applied(stand_in: StandIn, engage: Post) -> None:
    """One bad record costs the others nothing."""
    answer = engage([{**USER, "$set": {"a": 1}}, {}, {**USER, "$set": {"b": 2}}])
    assert answer.json() == {"error": "$token, missing or empty", "status": 1}
    assert stand_in.profiles[0].properties == {"a": 1, "b": 2}
    assert (stand_in.requests[0].accepted, stand_in.requests[0].rejected) == (2, 1)


def test_text_that_is_not_utf8_is_refused(stand_in: StandIn, post: Post) -> None:
    """It costs only its own record."""
    record = b'{"$token":"t","$distinct_id":"u","$set":%b}'
    body = b"[%b,%b]" % (record % b'{"a":"\xff"}', record % b'{"b":1}')
    headers = {"Content-Type": "application/json"}
    answer = post(stand_in.url + "/engage?verbose=1&ip=0", data=body, headers=headers)
    assert "utf8" in answer.json()["error"]
    assert stand_in.profiles[0].properties == {"b": 1}


def test_an_update_of_a_megabyte_is_refused(engage: Post) -> None:
    """Source: Mixpanel docs, User Profile Limits."""
    texts = {f"p{i}": "x" * 10_000 for i in range(101)}
    assert "1000000 bytes" in engage([{**USER, "$set": texts}]).json()["error"]


def test_a_profile_has_at_most_so_many_properties(post: Post) -> None:
    """2,000 by default; the rest is not kept."""
    assert Limits().profile_properties == 2000
    with StandIn(limits=Limits(profile_properties=3)) as running:
        record = {**USER, "$set": {f"p{i}": i for i in range(5)}}
        assert post(running.url + "/engage?ip=0", json=[record]).text == "1"
        assert running.profiles[0].properties == {"p0": 0, "p1": 1, "p2": 2}


def test_long_text_is_cut(stand_in: StandIn, engage: Post) -> None:
    """255 characters are kept."""
    engage([{**USER, "$set": {"a": "x" * 300}}])
    assert stand_in.profiles[0].properties == {"a": "x" * 255}


def test_the_history_of_a_profile_is_kept(stand_in: StandIn, engage: Post) -> None:
    """Every update in its order, after a deletion too."""
    engage([{**USER, "$ip": "0", "$set": {"a": 1}}, {**USER, "$unset": ["a"]}, {**USER, "$delete": ""}])
    history = stand_in.store.operations("user-1", group_key="")
    assert [(step.verb, step.value) for step in history] == [
        ("$set", {"a": 1}),
        ("$unset", ["a"]),
        ("$delete", ""),
    ]
    assert history[0].record == {"$distinct_id": "user-1", "$ip": "0", "$set": {"a": 1}}


def test_users_and_groups_of_one_id_are_apart(stand_in: StandIn, engage: Post, update_groups: Post) -> None:
    """A group is known by its key and its id."""
    engage([{**USER, "$distinct_id": "same", "$set": {"kind": "user"}}])
    update_groups([{**GROUP, "$group_id": "same", "$set": {"kind": "company"}}])
    update_groups([{**GROUP, "$group_key": "team", "$group_id": "same", "$set": {"kind": "team"}}])
    assert [profile.properties["kind"] for profile in stand_in.profiles] == ["user"]
    assert [(group.group_key, group.properties["kind"]) for group in stand_in.groups] == [
        ("company", "company"),
        ("team", "team"),
    ]


def test_an_update_finds_the_profile_behind_an_alias(stand_in: StandIn, track: Post, engage: Post) -> None:
    """Merged ids have one profile; ``$ignore_alias`` means the id itself."""
    alias = {"token": "token", "distinct_id": "user-1", "alias": "alias-1"}
    track([{"event": "$create_alias", "properties": alias}])
    engage([{**USER, "$distinct_id": "alias-1", "$set": {"a": 1}}])
    engage([{**USER, "$distinct_id": "alias-1", "$ignore_alias": True, "$delete": ""}])
    assert [(profile.distinct_id, profile.properties) for profile in stand_in.profiles] == [
        ("user-1", {"a": 1})
    ]


def test_the_senders_place_becomes_the_users_unless_told_not_to(stand_in: StandIn, post: Post) -> None:
    """Without ``$ip`` and without ``ip=0`` Mixpanel looks up the address the request came from."""
    post(stand_in.url + "/engage", json=[{**USER, "$set": {"a": 1}}])
    assert stand_in.profiles[0].properties == {"$city": "(city of the sender)", "a": 1}


@pytest.mark.parametrize(("query", "ip"), [("ip=0", {}), ("ip=1", {"$ip": "0"}), ("", {"$ip": 0})])
def test_the_senders_place_stays_out(stand_in: StandIn, post: Post, query: str, ip: dict[str, Any]) -> None:
    """``ip=0`` in the request, or any ``$ip`` in the record, keeps the server's own address out."""
    post(f"{stand_in.url}/engage?{query}", json=[{**USER, **ip, "$set": {"a": 1}}])
    assert stand_in.profiles[0].properties == {"a": 1}


def test_a_group_key_that_the_project_does_not_define_is_not_kept(restricted: StandIn, post: Post) -> None:
    """Group keys are defined in the project's settings before anything is sent."""
    records = [{**GROUP, "$token": "token-a", "$set": {"a": 1}}]
    records.append({**GROUP, "$token": "token-a", "$group_key": "planet", "$set": {"a": 1}})
    assert post(restricted.url + "/groups", json=records).text == "1"
    assert [group.group_key for group in restricted.groups] == ["company"]

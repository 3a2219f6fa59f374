"""What a message's context says of groups: ``groupKey``, ``memberOf`` and ``leftGroups``."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_destination.translate import Translator


def bodies(message: dict[str, Any], **settings: Any) -> list[tuple[str, dict[str, Any]]]:
    """The endpoints and records of a message, without the token."""
    translation = Translator(token="t", **settings).translate(message)
    assert translation.refusals == []
    return [
        (record.endpoint, {name: value for name, value in record.body.items() if name != "$token"})
        for record in translation.records
    ]


def group(**context: Any) -> dict[str, Any]:
    """A ``group`` call with such a context."""
    return {"type": "group", "userId": "u", "groupId": "acme", "traits": {"a": 1}, "context": context}


@pytest.mark.parametrize(
    ("context", "setting", "key"),
    [
        ({"groupKey": "company_id"}, None, "company_id"),
        ({"groupKey": "company_id"}, "firm_id", "company_id"),
        ({"groupKey": ""}, "firm_id", "firm_id"),
        ({"groupKey": 5}, "firm_id", "firm_id"),
        ({}, None, "$group_id"),
    ],
)
def test_the_message_may_name_its_group_key(context: dict[str, Any], setting: str | None, key: str) -> None:
    """It comes before the setting; what is no text names none."""
    ((endpoint, body),) = bodies(group(**context), group_key=setting)
    assert (endpoint, body) == ("groups", {"$group_key": key, "$group_id": "acme", "$set": {"a": 1}})


def test_a_mappings_own_group_key_wins() -> None:
    """Whoever writes a mapping has the last word."""
    mapping = {"group_id": {"@path": "$.groupId"}, "traits": {"@path": "$.traits"}, "group_key": "mine"}
    mappings = [{"name": "n", "subscribe": 'type = "group"', "partnerAction": "groupIdentifyUser"}]
    ((_, body),) = bodies(group(groupKey="company_id"), mappings=[{**mappings[0], "mapping": mapping}])
    assert body["$group_key"] == "mine"


@pytest.mark.parametrize("kind", ["group", "identify"])
def test_memberships_are_added_to_the_users_profile(kind: str) -> None:
    """A list is united with the one on the profile."""
    message = {**group(memberOf={"company_id": ["acme"]}), "type": kind}
    assert bodies(message)[-1] == ("engage", {"$distinct_id": "u", "$union": {"company_id": ["acme"]}})


def test_a_group_that_was_left_is_removed() -> None:
    """From the list on the user's profile."""
    message = {**group(leftGroups={"company_id": "acme"}), "type": "identify", "traits": {}}
    assert bodies(message) == [("engage", {"$distinct_id": "u", "$remove": {"company_id": "acme"}})]


@pytest.mark.parametrize("kind", ["group", "identify"])
def test_segment_looks_at_none_of_it(kind: str) -> None:
    """Just what Segment would send stays that, whatever is in the context."""
    translator = Translator(token="t")
    context = {"groupKey": "company_id", "memberOf": {"a": ["b"]}, "leftGroups": {"a": "b"}}
    plain, told = {**group(), "type": kind}, {**group(**context), "type": kind}
    assert translator.as_segment(told).records == translator.as_segment(plain).records

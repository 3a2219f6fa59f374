"""A group's traits become its profile."""

from __future__ import annotations

from typing import Any

from analytics_mixpanel_destination.presets import default_mapping
from analytics_mixpanel_destination.record import Translation
from analytics_mixpanel_destination.translate import Translator


def _translate(message: dict[str, Any], **mapping: Any) -> Translation:
    preset = {
        "name": "Groups",
        "subscribe": 'type = "group"',
        "partnerAction": "groupIdentifyUser",
        "mapping": {**default_mapping("groupIdentifyUser"), **mapping},
    }
    return Translator(token="t", mappings=[preset]).translate({"type": "group", **message})


def _body(message: dict[str, Any], **mapping: Any) -> dict[str, Any]:
    (record,) = _translate(message, **mapping).records
    assert record.endpoint == "groups"
    return record.body


def test_a_group_is_known_by_its_id() -> None:
    """Without a key of one's own, the key is Segment's."""
    assert _body({"groupId": "g", "traits": {"name": "N", "createdAt": 5, "email": "e"}}) == {
        "$token": "t",
        "$group_key": "$group_id",
        "$group_id": "g",
        "$set": {"$name": "N", "$created": 5, "email": "e"},
    }


def test_a_trait_named_as_the_key_gives_the_id() -> None:
    """It stays a trait; an empty one is passed over."""
    named = _body({"groupId": "g", "traits": {"company": "acme"}}, group_key="company")
    assert (named["$group_key"], named["$group_id"], named["$set"]) == (
        "company",
        "acme",
        {"company": "acme"},
    )
    assert _body({"groupId": "g", "traits": {"company": 0}}, group_key="company")["$group_id"] == "g"


def test_traits_are_required_but_may_be_empty() -> None:
    """A group without traits is refused, one with no traits in them is not."""
    assert _translate({"groupId": "g"}).refusals[0].message == '"traits" is a required field'
    assert _body({"groupId": "g", "traits": {}})["$set"] == {}

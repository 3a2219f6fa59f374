"""A user's two ids become one person, and the traits their profile."""

from __future__ import annotations

from typing import Any

from analytics_mixpanel_destination.record import Record
from analytics_mixpanel_destination.translate import Translator


def _records(**fields: Any) -> list[Record]:
    return Translator(token="t", source_name="s").translate({"type": "identify", **fields}).records


def _set(**traits: Any) -> dict[str, Any]:
    (record,) = _records(userId="u", traits=traits)
    properties: dict[str, Any] = record.body["$set"]
    return properties


def test_both_ids_are_joined_before_the_profile_is_set() -> None:
    """The order matters: who the user is comes first."""
    identify, profile = _records(
        userId="u", anonymousId="a", traits={"plan": "pro"}, context={"ip": "1.2.3.4"}
    )
    assert identify.endpoint == "track"
    assert identify.body == {
        "event": "$identify",
        "properties": {"$identified_id": "u", "$anon_id": "a", "token": "t", "segment_source_name": "s"},
    }
    assert profile.endpoint == "engage"
    assert profile.body == {"$token": "t", "$distinct_id": "u", "$ip": "1.2.3.4", "$set": {"plan": "pro"}}


def test_without_an_anonymous_id_there_is_nothing_to_join() -> None:
    """Only the profile is set."""
    assert [record.endpoint for record in _records(userId="u", traits={"a": 1})] == ["engage"]


def test_without_traits_there_is_nothing_to_set() -> None:
    """Only the ids are joined; with neither, nothing is sent."""
    assert [record.endpoint for record in _records(userId="u", anonymousId="a", traits={})] == ["track"]
    assert _records(userId="u") == []


def test_a_profile_may_be_of_an_anonymous_user() -> None:
    """Without a user id the anonymous id names the profile, and a null user is sent as null."""
    identify, profile = _records(userId=None, anonymousId="a", traits={"x": 1})
    assert identify.body["properties"]["$identified_id"] is None
    assert profile.body["$distinct_id"] == "a"
    assert "$identified_id" not in _records(anonymousId="a")[0].body["properties"]


def test_known_traits_have_mixpanels_names() -> None:
    """A trait that Mixpanel knows under another name is renamed, null too."""
    assert _set(email="e", firstName="F", lastName="L", username="n", phone=None, createdAt=5, plan="p") == {
        "$email": "e",
        "$first_name": "F",
        "$last_name": "L",
        "$username": "n",
        "$phone": None,
        "$created": 5,
        "$name": "F L",
        "plan": "p",
    }


def test_a_name_is_made_of_both_names_where_none_is_given() -> None:
    """An empty name is a name; one half of a name makes none."""
    assert _set(name="", firstName="F", lastName="L")["$name"] == ""
    assert "$name" not in _set(firstName="F")
    assert _set(name=None, firstName=1.0, lastName=True)["$name"] == "1 true"


def test_the_first_of_three_spellings_of_created_counts() -> None:
    """Null hands over to the next; at last null itself is sent."""
    assert _set(created=None, createdAt="", created_at=5)["$created"] == ""
    assert _set(created=None, created_at=None)["$created"] is None


def test_a_trait_with_mixpanels_name_needs_its_plain_counterpart() -> None:
    """As with Segment, ``$email`` among the traits does not survive without ``email``."""
    assert _set(**{"$email": "x", "plan": "p"}) == {"plan": "p"}

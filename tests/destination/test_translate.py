"""A message becomes records by the mappings it meets."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel_destination.presets import presets
from analytics_mixpanel_destination.record import Translation
from analytics_mixpanel_destination.translate import Translator

TRACK = {
    "type": "track",
    "event": "Signed Up",
    "messageId": "m-1",
    "userId": "u-1",
    "anonymousId": "a-1",
    "timestamp": "2021-08-17T15:21:15.449Z",
    "properties": {"plan": "pro"},
}
ORDER = {**TRACK, "event": "Order Completed", "properties": {"products": [{"sku": "a"}, {"sku": "b"}]}}
ALIAS = {"type": "alias", "userId": "new", "previousId": "old"}

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "products", "price", "ip", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
_FIELDS = ("event", "name", "userId", "anonymousId", "previousId", "groupId", "messageId", "timestamp")
_MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "page", "screen", "identify", "group", "alias"]) | _JSON},
    optional={
        **dict.fromkeys((*_FIELDS, "properties", "traits", "context"), _JSON),
        "event": st.just("Order Completed") | _JSON,
    },
)


def _translate(message: Any, **settings: Any) -> Translation:
    return Translator(token="t", now=lambda: 0, **settings).translate(message)


@given(message=_MESSAGES | _JSON)
def test_no_message_raises(message: Any) -> None:
    """Whatever a message holds, it becomes records or refusals."""
    translation = _translate(message)
    assert translation.matched or not translation.records


@given(message=_MESSAGES)
def test_no_message_is_changed(message: Any) -> None:
    """A message is the same after it was translated."""
    before = copy.deepcopy(message)
    _translate(message)
    assert repr(message) == repr(before)


@given(message=_MESSAGES)
def test_records_are_as_jsons_floats_allow(message: Any) -> None:
    """A number that was coerced is never infinite: only the application's own values may be."""
    message.pop("properties", None)
    message.pop("traits", None)
    for record in _translate(message).records:
        if record.endpoint == "import":
            json.dumps(record.body, allow_nan=False)


def test_each_preset_takes_its_messages() -> None:
    """Each type of message goes to the preset that Segment has for it."""
    taken = {
        message["type"]: _translate(message).records[0].preset
        for message in (
            TRACK,
            {**TRACK, "type": "page", "name": "Home"},
            {**TRACK, "type": "screen", "name": "Home"},
            {**TRACK, "type": "identify"},
            {**TRACK, "type": "group", "groupId": "g", "traits": {}},
            ALIAS,
        )
    }
    assert taken == {
        "track": "Track Calls",
        "page": "Page Calls",
        "screen": "Screen Calls",
        "identify": "Identify Calls",
        "group": "Group Calls",
        "alias": "Alias Calls",
    }


def test_pages_and_screens_are_viewed() -> None:
    """A page or screen becomes the event "Viewed" and its name."""
    for type_ in ("page", "screen"):
        (record,) = _translate({**TRACK, "type": type_, "name": "Home"}).records
        assert record.body["event"] == "Viewed Home"


def test_an_order_becomes_its_event_and_one_for_each_product() -> None:
    """Only an event called exactly "Order Completed" is an order."""
    events = [record.body["event"] for record in _translate(ORDER).records]
    assert events == ["Order Completed", "Product Purchased", "Product Purchased"]
    assert len(_translate({**ORDER, "event": "order completed"}).records) == 1


def test_a_message_that_no_mapping_wants_is_told_apart() -> None:
    """No mapping matched is not the same as nothing to send."""
    assert not _translate({"type": "delete"}).matched
    empty_identify = _translate({"type": "identify", "userId": "u"})
    assert empty_identify.matched
    assert not empty_identify.records
    assert not empty_identify.refusals


def test_aliases_are_sent_though_segment_has_no_preset_for_them() -> None:
    """By default an alias is sent; what Segment would send holds none."""
    translator = Translator(token="t")
    assert translator.translate(ALIAS).records[0].body["event"] == "$create_alias"
    assert not translator.as_segment(ALIAS).matched


def test_given_mappings_stand_alone() -> None:
    """With mappings given, nothing is added to them."""
    assert not _translate(ALIAS, mappings=presets()).matched


def test_several_mappings_may_take_one_message() -> None:
    """Each mapping that matches makes its own records, in their order."""
    both = [
        {
            "name": name,
            "subscribe": 'type = "track"',
            "partnerAction": "trackEvent",
            "mapping": {"event": name},
        }
        for name in ("first", "second")
    ]
    assert [record.preset for record in _translate(TRACK, mappings=both).records] == ["first", "second"]


def test_a_refusal_stops_its_own_mapping_only() -> None:
    """Where one mapping cannot use a message, another still does."""
    mappings = [
        {"name": "bad", "subscribe": 'type = "track"', "partnerAction": "trackEvent", "mapping": {}},
        {
            "name": "good",
            "subscribe": 'type = "track"',
            "partnerAction": "trackEvent",
            "mapping": {"event": "E"},
        },
    ]
    translation = _translate(TRACK, mappings=mappings)
    assert [record.preset for record in translation.records] == ["good"]
    assert [refusal.preset for refusal in translation.refusals] == ["bad"]


def test_a_disabled_mapping_is_left_out() -> None:
    """``enabled: false`` is obeyed."""
    disabled = [{**mapping, "enabled": False} for mapping in presets()]
    assert not _translate(TRACK, mappings=disabled).matched


def test_a_condition_on_several_types_is_asked_for_each() -> None:
    """A condition that begins with a type may hold for others by its ``or``."""
    either = 'type = "page" or type = "track"'
    mapping = {"name": "e", "subscribe": either, "partnerAction": "trackEvent", "mapping": {"event": "E"}}
    assert _translate(TRACK, mappings=[*presets(), mapping]).records[-1].preset == "e"


def test_a_refusal_names_the_field() -> None:
    """The error is Segment's and says which mapped field is at fault."""
    (refusal,) = _translate({**TRACK, "timestamp": "soon"}).refusals
    assert refusal.message == "Timestamp must be a valid date-like string but it was not."
    assert refusal.field == "time"


def test_a_null_context_is_refused_as_by_segment() -> None:
    """Segment stumbles over a null context, after all other checks."""
    (refusal,) = _translate({**TRACK, "context": None}).refusals
    assert refusal.field == "context"
    (refusal,) = _translate({**TRACK, "context": {"personas": None}}).refusals
    assert refusal.field == "context.personas"
    assert _translate({**TRACK, "context": None, "timestamp": "soon"}).refusals[0].field == "time"


@pytest.mark.parametrize("message", [None, [], "text", 5])
def test_what_is_no_object_is_refused(message: Any) -> None:
    """A line of JSON may hold anything."""
    translation = _translate(message)
    assert not translation.records
    assert translation.refusals[0].message.startswith("a message must be an object")


def test_an_id_that_mixpanel_refuses_is_hashed() -> None:
    """What is sent has a valid ``$insert_id``; what Segment would send has the message's."""
    translator = Translator(token="t")
    message = {**TRACK, "messageId": "m" * 40}
    sent = translator.translate(message).records[0].body["properties"]["$insert_id"]
    assert len(sent) == 36
    assert sent == translator.translate(message).records[0].body["properties"]["$insert_id"]
    assert translator.as_segment(message).records[0].body["properties"]["$insert_id"] == "m" * 40


def test_a_products_id_is_checked_with_its_prefix() -> None:
    """A message id of 36 characters is valid, but not with the product's number before it."""
    uuid = "5f1c7b3a-1111-2222-3333-444455556666"
    order, *products = _translate({**ORDER, "messageId": uuid}).records
    assert order.body["properties"]["$insert_id"] == uuid
    ids = {product.body["properties"]["$insert_id"] for product in products}
    assert len(ids) == 2
    assert all(len(each) == 36 and uuid not in each for each in ids)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"partnerAction": "trackEvents"}, "/0/partnerAction"),
        ({"partnerAction": ["trackEvent"]}, "/0/partnerAction"),
        ({"subscribe": 'type = "track" and ('}, "/0/subscribe"),
        ({"subscribe": None}, "/0/subscribe"),
        ({"mapping": {"event": {"@pat": "$.event"}}}, "/0/mapping/event"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_when_loaded(change: dict[str, Any], place: str) -> None:
    """The error names the place in the list of mappings."""
    with pytest.raises(MappingError) as caught:
        _translate(TRACK, mappings=[{**presets()[0], **change}])
    assert str(caught.value).startswith(place)


def test_the_settings_are_in_the_records() -> None:
    """The token, the source's name and the group key come from the settings."""
    settings = {"source_name": "shop", "group_key": "company"}
    track = _translate(TRACK, **settings).records[0].body["properties"]
    assert track["segment_source_name"] == "shop"
    assert "token" not in track
    group = _translate({"type": "group", "groupId": "g", "traits": {}}, **settings).records[0].body
    assert (group["$token"], group["$group_key"]) == ("t", "company")

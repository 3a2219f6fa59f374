"""Payloads emptied, coerced and checked before an action takes them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from analytics_mixpanel_destination.actions import action_named
from analytics_mixpanel_destination.payload.errors import PayloadError


def _coerce(payload: Any, action: str = "trackEvent", **options: Any) -> dict[str, Any]:
    return action_named(action).schema.coerce(payload, **options)


def _error(payload: Any, action: str = "trackEvent") -> PayloadError:
    with pytest.raises(PayloadError) as caught:
        _coerce(payload, action)
    return caught.value


def test_unknown_fields_are_dropped() -> None:
    """Only what the action knows is kept, save in products, which may hold anything."""
    assert _coerce({"event": "E", "color": 1, "utm_properties": {"x": 1}}) == {
        "event": "E",
        "utm_properties": {},
    }
    assert _coerce({"event": "E", "products": [{"x": 1}]}, "trackPurchase")["products"] == [{"x": 1}]


def test_null_and_empty_strings_are_dropped() -> None:
    """An empty field is the same as a missing one; an action may know null for some."""
    assert _coerce({"event": "E", "ip": None, "url": "", "wifi": ""}) == {"event": "E"}
    assert _coerce({"user_id": None, "anonymous_id": ""}, "identifyUser") == {"user_id": None}


def test_below_the_top_empty_strings_stay() -> None:
    """Nested empty strings are sent where a string is wanted."""
    nested = {"utm_properties": {"utm_term": "", "utm_source": None}, "userAgentData": {"mobile": ""}}
    assert _coerce({"event": "E", **nested}) == {
        "event": "E",
        "utm_properties": {"utm_term": ""},
        "userAgentData": {},
    }


def test_an_applications_own_values_are_not_touched() -> None:
    """Properties and traits keep their nulls, empty strings and types."""
    own = {"a": None, "b": "", "c": [None, ""], "d": {"e": None}}
    assert _coerce({"event": "E", "event_properties": own})["event_properties"] == own


def test_empty_products_are_dropped_but_nulls_in_them_are_coerced() -> None:
    """A null price is 0, a null name the empty text."""
    products = [None, "", {"price": None, "name": None}]
    assert _coerce({"event": "E", "products": products}, "trackPurchase")["products"] == [
        {"price": 0, "name": ""}
    ]


def test_one_product_alone_is_a_list() -> None:
    """A product that is no list counts as a list of one."""
    assert _coerce({"event": "E", "products": {"sku": 5}}, "trackPurchase")["products"] == [{"sku": "5"}]


def test_in_batches_empty_strings_stay() -> None:
    """Segment's batches drop empty strings only where no string is wanted."""
    assert _coerce({"event": "", "url": "", "wifi": ""}, batch=True) == {"event": "", "url": ""}


def test_all_that_is_wrong_is_said_in_the_schemas_order() -> None:
    """Missing fields come first, then the others as the schema lists them."""
    error = _error({"wifi": "maybe", "time": "soon", "ip": {}})
    assert str(error) == (
        "The root value is missing the required field 'event'. "
        "Timestamp must be a valid date-like string but it was not. "
        "Wifi must be a boolean but it was a string. "
        "IP Address must be a string but it was an object."
    )


def test_an_error_names_its_place() -> None:
    """A field inside a list is named with its index."""
    error = _error({"event": "E", "products": [{}, {"price": "x"}]}, "trackPurchase")
    assert [each.path for each in error.errors] == ["$.products[1].price"]
    assert error.field == "products[1].price"


def test_an_item_without_a_title_is_named_by_its_place() -> None:
    """An item of a list has no label of its own."""
    error = _error({"event": "E", "products": [5]}, "trackPurchase")
    assert str(error) == "The value at /products/0 must be an object but it was a number."


def test_numbers_have_bounds() -> None:
    """A field may say the least and the most."""
    assert str(_error({"event": "E", "batch_size": 0})) == "Batch Size must be equal to or greater than 1."
    assert (
        str(_error({"event": "E", "batch_size": "2001"})) == "Batch Size must be equal to or less than 2000."
    )
    assert _coerce({"event": "E", "batch_size": 2000})["batch_size"] == 2000


def test_two_types_are_both_named() -> None:
    """The error lists what a field may be."""
    assert str(_error({"user_id": {}}, "identifyUser")) == (
        "User ID must be a string or null but it was an object."
    )


@pytest.mark.parametrize("payload", [None, [], "text"])
def test_a_payload_must_be_an_object(payload: Any) -> None:
    """A mapping may resolve to something else."""
    assert str(_error(payload)).startswith("The root value must be an object")


def test_the_payload_is_left_as_it_is() -> None:
    """Coercing makes a copy."""
    payload = {"event": 5, "ip": None, "products": [{"price": "5"}, None], "utm_properties": {"utm_term": 1}}
    before = copy.deepcopy(payload)
    _coerce(payload, "trackPurchase")
    assert payload == before

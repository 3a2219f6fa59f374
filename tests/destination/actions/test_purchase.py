"""An order becomes its own event, and one for each product."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_destination.presets import default_mapping
from analytics_mixpanel_destination.record import Translation
from analytics_mixpanel_destination.translate import Translator

TIME = 1_629_213_675_449


def _translate(properties: dict[str, Any], **mapping: Any) -> Translation:
    order = {
        "type": "track",
        "event": "Order Completed",
        "messageId": "m1",
        "userId": "u",
        "timestamp": "2021-08-17T15:21:15.449Z",
        "properties": properties,
    }
    preset = {
        "name": "Orders",
        "subscribe": 'type = "track"',
        "partnerAction": "trackPurchase",
        "mapping": {**default_mapping("trackPurchase"), **mapping},
    }
    return Translator(token="t", mappings=[preset]).translate(order)


def _products(properties: dict[str, Any], **mapping: Any) -> list[dict[str, Any]]:
    _order, *products = _translate(properties, **mapping).records
    assert all(product.body["event"] == "Product Purchased" for product in products)
    return [product.body["properties"] for product in products]


def test_a_product_says_what_the_order_says_save_its_sums() -> None:
    """The order's own sums are not repeated with each product."""
    own = {"order_id": "o", "total": 9, "currency": "USD", "gift": True}
    (product,) = _products({**own, "products": [{"sku": "s", "price": "4.5"}]})
    assert product == {
        "order_id": "o",
        "gift": True,
        "sku": "s",
        "price": 4.5,
        "time": TIME - 1,
        "$insert_id": "0m1",
        "distinct_id": "u",
        "id": "u",
        "$user_id": "u",
        "$identified_id": "u",
        "$source": "segment",
        "event_original_name": "Order Completed",
    }


def test_products_come_before_the_order_each_a_millisecond_earlier() -> None:
    """Times and ids tell products apart."""
    products = _products({"products": [{}, {}, {}]})
    assert [product["time"] for product in products] == [TIME - 1, TIME - 2, TIME - 3]
    assert [product["$insert_id"] for product in products] == ["0m1", "1m1", "2m1"]


def test_the_order_keeps_its_products_as_they_were() -> None:
    """Nothing is coerced in the order's own event."""
    products = [{"price": "4.5", "x": None}]
    assert _translate({"products": products}).records[0].body["properties"]["products"] == products


def test_only_known_fields_of_a_product_are_sent() -> None:
    """The default mapping picks twelve fields; with one's own, an item's fields win over the order's."""
    item = {"sku": "s", "color": "red", "time": 5}
    assert "color" not in _products({"products": [item]})[0]
    own = _products({"products": [item]}, products={"@path": "$.properties.products"})[0]
    assert (own["color"], own["time"]) == ("red", 5)


@pytest.mark.parametrize("products", [[], None, ""])
def test_an_order_without_products_is_one_event(products: Any) -> None:
    """No products, no events of products."""
    assert _products({"products": products}) == []


@pytest.mark.parametrize("wanted", [False, None])
def test_events_of_products_can_be_left_out(wanted: Any) -> None:
    """The mapping says whether they are wanted."""
    assert _products({"products": [{"sku": "s"}]}, generatePurchaseEventPerProduct=wanted) == []


def test_one_bad_product_refuses_the_whole_order() -> None:
    """Neither the order nor the good products are sent."""
    translation = _translate({"products": [{"sku": "s"}, {"quantity": 1.5}]})
    assert not translation.records
    assert translation.refusals[0].field == "products[1].quantity"

"""Lists of objects as lists of values."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_destination.classic.inversion import inverted


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"a": 1}, {"a": 1}),
        ({"sizes": ["s", "m"]}, {"sizes": ["s", "m"]}),
        ({"sizes": []}, {"sizes": []}),
        ({"items": [{}, {}]}, {"items": [{}, {}]}),
        (
            {"products": [{"sku": 25, "price": 32}, {"sku": 29, "price": 33}]},
            {"products_skus": [25, 29], "products_prices": [32, 33]},
        ),
        ({"products": [{"sku": 1}, {"price": 2}]}, {"products_skus": [1], "products_prices": [2]}),
        ({"products": [{"sku": 1}, None]}, {"products_skus": [1]}),
        ({"mixed": [{"sku": 1}, "x"]}, {"mixed": [{"sku": 1}, "x"]}),
        ({"products_skus": [7], "products": [{"sku": 1}]}, {"products_skus": [7, 1]}),
        ({"products": [{"sku": 1}], "products_skus": "x"}, {"products_skus": ["x", 1]}),
        ({"one": {"sku": 1}}, {"one": {"sku": 1}}),
    ],
)
def test_lists_of_objects_are_inverted(properties: dict[str, Any], expected: dict[str, Any]) -> None:
    """A list is inverted where all its items are objects or null; everything else stays."""
    assert inverted(properties) == expected


def test_what_was_given_stays() -> None:
    """The message's own lists are neither changed nor shared with the columns."""
    given = {"products_skus": [7], "products": [{"sku": 1}]}
    inverted(given)

    assert given == {"products_skus": [7], "products": [{"sku": 1}]}

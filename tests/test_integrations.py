"""Which destinations a message is for."""

from __future__ import annotations

import pytest

from analytics_mixpanel.integrations import is_for


@pytest.mark.parametrize(
    ("integrations", "expected"),
    [
        (None, True),
        ({}, True),
        ("nonsense", True),
        ({"All": True}, True),
        ({"All": False}, False),
        ({"All": False, "Shop": True}, True),
        ({"All": False, "Store": {"a": 1}}, True),
        ({"Shop": False}, False),
        ({"Shop": None}, False),
        ({"Other": False}, True),
        ({"All": False, "Other": True}, False),
    ],
)
def test_a_choice_by_name_goes_before_all(integrations: object, expected: bool) -> None:
    """Any of the destination's names counts; without a word about it, it is chosen."""
    assert is_for(integrations, ("Shop", "Store")) is expected

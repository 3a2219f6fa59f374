"""What an event earned."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_destination.classic.revenue import revenue


@pytest.mark.parametrize(
    ("event", "properties", "expected"),
    [
        ("Paid", {"revenue": 9.99}, 9.99),
        ("Paid", {"Revenue": 5}, 5),
        ("Paid", {"revenue": "$9.99"}, 9.99),
        ("Paid", {"revenue": "12 EUR"}, 12),
        ("Paid", {"revenue": -3}, -3),
        ("Paid", {"revenue": 0}, None),
        ("Paid", {"revenue": "free"}, None),
        ("Paid", {"revenue": True}, None),
        ("Paid", {"revenue": None}, None),
        ("Paid", {"total": 7}, None),
        ("Order Completed", {"total": 7}, 7),
        ("Order Completed", {"total": 7, "revenue": 5}, 5),
        ("completed_order", {"total": "7.5"}, 7.5),
        ("Order Completed Twice", {"total": 7}, None),
    ],
)
def test_revenue_is_a_number_or_nothing(event: str, properties: Any, expected: float | None) -> None:
    """Revenue of any event; the total of an order that is completed."""
    assert revenue(event, properties) == expected

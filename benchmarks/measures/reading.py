"""What one run gives."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen


@frozen
class Reading:
    """Figures by the keys of their rows, and how many events were sent to get them."""

    values: Mapping[str, float]
    sent: int

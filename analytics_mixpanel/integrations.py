"""Which destinations a message is for: its ``integrations`` field, as Segment's libraries document it."""

from __future__ import annotations

from collections.abc import Collection


def is_for(integrations: object, names: Collection[str]) -> bool:
    """Whether a message with this ``integrations`` field is for the destination of these names."""
    if not isinstance(integrations, dict) or not integrations:
        return True
    for name, choice in integrations.items():
        if name in names:
            return choice is not False and choice is not None
    return bool(integrations.get("All", True))

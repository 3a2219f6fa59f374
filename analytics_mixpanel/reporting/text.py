"""Texts of the application as a report can hold them."""

from __future__ import annotations

from typing import Any, Final

_LONGEST: Final = 300


def sendable(text: Any) -> str:
    """Answer a text that JSON can carry, cut to a bearable length; "" for none."""
    return "" if text is None else str(text)[:_LONGEST].encode(errors="replace").decode()

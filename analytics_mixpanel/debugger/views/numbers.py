"""Numbers in addresses."""

from __future__ import annotations

from typing import Final, TypeVar

from starlette.requests import Request

_LARGEST: Final = 2**53

Otherwise = TypeVar("Otherwise", int, None)


def number(request: Request, name: str, otherwise: Otherwise) -> int | Otherwise:
    """Give a parameter of the query that counts something, or ``otherwise`` where it is none."""
    text = request.query_params.get(name, "")
    return min(int(text), _LARGEST) if text.isascii() and text.isdecimal() and len(text) < 20 else otherwise

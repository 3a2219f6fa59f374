"""Whose address a request came from, by what trusted proxies say."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final

from analytics_mixpanel.frameworks.reading.request import Request

_FORWARDED_FOR: Final = re.compile(r'(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]*)', re.IGNORECASE)


def client_address(request: Request, proxies: int, header: str) -> str | None:
    """The address of the client.

    Every proxy adds to the right of the header the address that was connected to it, so the entry that the
    farthest trusted proxy wrote is the ``proxies``-th from the right. What is left of it anybody can make up.
    A request that did not come through all of them came from its peer. None for an entry that is no address.

    Args:
        request: what came in.
        proxies: how many trusted proxies there are in front of this server; with 0 no header is read.
        header: the one they write: X-Forwarded-For, Forwarded (RFC 7239), or one with a single address.
    """
    entries = _entries(request.header(header.lower())) if proxies else []
    if len(entries) < max(proxies, 1):
        return _address(request.peer or "")
    entry = entries[-proxies]
    if header.lower() == "forwarded":
        found = _FORWARDED_FOR.search(entry)
        entry = found[1].strip('"') if found else ""
    return _address(entry)


def forwarded(request: Request, proxies: int, header: str) -> str | None:
    """What the trusted proxies say of the scheme or the host that the client used."""
    entries = _entries(request.header(header)) if proxies else []
    return entries[-min(proxies, len(entries))] if entries else None


def _entries(value: str | None) -> list[str]:
    return [entry.strip() for entry in value.split(",")] if value else []


def _address(entry: str) -> str | None:
    """An address without port and brackets."""
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        return str(ip_address(entry.partition("%")[0]))
    except ValueError:
        return None

"""How many events a request holds."""

from __future__ import annotations

import gzip
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import orjson


class Request(NamedTuple):
    """A request as it came."""

    path: str
    encoding: str
    body: bytes


def count_events(request: Request) -> int:
    """The number of events in a request of any of the measured clients."""
    body = gzip.decompress(request.body) if request.encoding == "gzip" else request.body
    if request.path == "/track":  # a form, with the events in one field
        return len(orjson.loads(parse_qs(body.decode())["data"][0]))
    content: Any = orjson.loads(body)
    return len(content if isinstance(content, list) else content["batch"])

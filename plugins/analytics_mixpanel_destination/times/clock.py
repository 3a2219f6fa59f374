"""Timestamps as Segment reads them: what dayjs makes of a message's time.

Times are milliseconds since 1970 in UTC. Source: dayjs, ``REGEX_PARSE`` and the utc plugin; actions-core,
format ``date-like``.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from analytics_mixpanel.mapping import js
from analytics_mixpanel_destination.times.js_date import parse_date
from analytics_mixpanel_destination.times.js_date_parts import LAST_MILLISECOND, utc_milliseconds

#: dayjs's own form, read as UTC; every part may overflow into the next.
_DAYJS: Final = re.compile(
    rf"(\d{{4}})[-/]?(\d{{1,2}})?[-/]?(\d{{0,2}})[Tt{js.WHITESPACE}]*(\d{{1,2}})?:?(\d{{1,2}})?:?(\d{{1,2}})?[.:]?(\d+)?",
    re.ASCII,
)
_EPOCH: Final = datetime(1970, 1, 1)
_MILLISECOND: Final = timedelta(milliseconds=1)
_USUAL_LENGTHS: Final = frozenset((19, 23, 26))
_DIGITS: Final = frozenset("0123456789")

Now = Callable[[], int]


def now() -> int:
    """Tell the time."""
    return time.time_ns() // 1_000_000


def event_time(value: Any, now: Now) -> int:
    """Answer when an event happened; now, where its time is missing, zero or invalid.

    Args:
        value: a text, or a number of milliseconds.
        now: tells the time.
    """
    if type(value) is str:
        parsed = parse(value)
        return now() if parsed is None else parsed
    if not value or not js.is_number(value) or not -LAST_MILLISECOND <= value <= LAST_MILLISECOND:
        return now()
    return int(value)


def is_date_like(text: str) -> bool:
    """Tell whether a schema takes a text for a time; one written as a number stands for Unix seconds."""
    if text[-1:] in _DIGITS and ":" not in text:
        seconds = js.to_number(text)
        if js.to_string(seconds) == text:
            return math.isfinite(seconds) and abs(seconds * 1000) <= LAST_MILLISECOND
    return parse(text) is not None


@lru_cache(maxsize=256)  # the schema, the event and each of its products ask for the same text
def parse(text: str) -> int | None:
    """Read a text as a time; None where it is none."""
    milliseconds = parse_usual(text)
    return parse_any(text) if milliseconds is None else milliseconds


def parse_usual(text: str) -> int | None:
    """Read ``2024-05-01T12:00:00.000Z`` and its like, as libraries write it; None for everything else.

    It must agree with ``parse_any`` and is only here to be fast.
    """
    body = text[:-1] if text.endswith("Z") else text.removesuffix("+00:00")
    if len(body) not in _USUAL_LENGTHS or body is text or not body.isascii():
        return None
    if not (body[4] == body[7] == "-" and body[10] == "T" and body[13] == body[16] == ":"):
        return None
    if len(body) != 19 and not (body[19] == "." and body[20:].isdigit()):
        return None
    try:
        return (datetime.fromisoformat(body) - _EPOCH) // _MILLISECOND
    except ValueError:
        return None


def parse_any(text: str) -> int | None:
    """Read a text by dayjs's rules: its own form, else what JavaScript's Date makes of it."""
    match = None if text.endswith(("z", "Z")) else _DAYJS.fullmatch(text)
    if match is None:
        return parse_date(text)
    year, month, day, hour, minute, second, fraction = match.groups()
    # The fraction counts milliseconds, not tenths: ".4" is 4 ms.
    return utc_milliseconds(
        int(year) + (1900 if int(year) < 100 else 0),
        int(month or 1),
        int(day or 1),
        (int(hour or 0), int(minute or 0), int(second or 0), int((fraction or "0")[:3])),
    )

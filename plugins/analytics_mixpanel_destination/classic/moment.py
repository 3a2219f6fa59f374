"""Times as Mixpanel reads them in properties: ``2023-11-14T22:13:20``, in UTC."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

from analytics_mixpanel.mapping import js
from analytics_mixpanel_destination.times.clock import parse

_EPOCH: Final = datetime(1970, 1, 1)
_UNIX: Final = re.compile(r"\d{10}|\d{13}", re.ASCII)
#: A number below this counts seconds. Source: new-date, ``toMs``.
_SECONDS: Final = 31_557_600_000


def moment(milliseconds: float) -> str:
    """Answer a time to the second. Source: Mixpanel docs, Data Types: Dates.

    Raises:
        OverflowError: it is not within the years 1 to 9999.
    """
    return (_EPOCH + timedelta(milliseconds=milliseconds)).isoformat(timespec="seconds")


def moment_of(value: Any) -> Any:
    """Answer a date that an application gave, a text or a number of (milli)seconds; itself if it is none."""
    milliseconds = _milliseconds(value)
    if milliseconds is None:
        return value
    try:
        return moment(milliseconds)
    except (OverflowError, ValueError):
        return value


def _milliseconds(value: Any) -> float | None:
    if isinstance(value, str):
        return _from_unix(float(value)) if _UNIX.fullmatch(value) else parse(value)
    return _from_unix(value) if js.is_number(value) else None


def _from_unix(number: float) -> float:
    return number * 1000 if number < _SECONDS else number

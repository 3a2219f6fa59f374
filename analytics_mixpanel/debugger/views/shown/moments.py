"""Times as the page shows them: the clock of this machine, to the millisecond."""

from __future__ import annotations

from datetime import datetime, timezone


def clock(seconds: float) -> str:
    """Give the time of day."""
    return _local(seconds).strftime("%H:%M:%S.%f")[:-3]


def full(seconds: float) -> str:
    """Give the day and the time."""
    return _local(seconds).strftime("%Y-%m-%d %H:%M:%S")


def instant(seconds: float) -> str:
    """Give the moment for machines, in UTC."""
    try:
        return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")
    except (OverflowError, OSError, ValueError):
        return ""


def ago(seconds: float, now: float) -> str:
    """Say how long ago something was."""
    passed = max(0.0, now - seconds)
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if passed >= size:
            return f"{int(passed // size)} {unit} ago"
    return "just now" if passed < 5 else f"{int(passed)} s ago"


def _local(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, timezone.utc).astimezone()
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0, timezone.utc)

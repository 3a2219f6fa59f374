"""Building messages: what a call becomes, in Segment's wire form."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from numbers import Number
from typing import Any, Final, TypedDict, TypeVar
from uuid import UUID

from analytics_mixpanel.errors import ArgumentError

T = TypeVar("T")

_ID: Final = (str, Number, UUID)


class Message(TypedDict, total=False):
    """One call in Segment's wire form; a plain dict, of which other libraries may send any part."""

    type: str
    messageId: str
    timestamp: str
    userId: str | None
    anonymousId: str | None
    previousId: str | None
    groupId: str | None
    event: str
    category: str | None
    name: str | None
    properties: dict[str, Any]
    traits: dict[str, Any]
    context: dict[str, Any]
    integrations: dict[str, Any]


def require(name: str, value: object, types: type | tuple[Any, ...], expected: str) -> None:
    """Raise ArgumentError unless ``value`` is one of ``types``; names the argument, not the value."""
    if not isinstance(value, types):
        raise ArgumentError(f"{name} must be {expected}, not {type(value).__name__}")


def id_text(name: str, value: object) -> str:
    """An id as Segment sends it: a string."""
    if type(value) is str:
        return value
    require(name, value, _ID, "a str, a number or a UUID")
    return str(value)


def optional_id(name: str, value: object) -> str | None:
    """An id as Segment sends it, or None."""
    return None if value is None else id_text(name, value)


def identity(user_id: object, anonymous_id: object) -> tuple[str | None, str | None]:
    """Both ids as strings; one of them must be there."""
    ids = optional_id("user_id", user_id), optional_id("anonymous_id", anonymous_id)
    if not (user_id or anonymous_id):
        raise ArgumentError(
            "user_id or anonymous_id must be given, here or by scope(): a str, a number or a UUID, not empty"
        )
    return ids


def copied(name: str, value: Any) -> dict[str, Any]:
    """A dict of the message's own, so that neither a plugin nor the client changes the caller's."""
    if type(value) is dict:  # asking an abstract class costs more than the copy
        return dict(value)
    if _is_nothing(value):
        return {}
    require(name, value, Mapping, "a dict")
    return dict(value)


def optional_text(name: str, value: object) -> Any:
    """A name or category: a str, or what upstream lets pass as none."""
    if not _is_nothing(value):
        require(name, value, str, "a str")
    return value


def _is_nothing(value: object) -> bool:
    """Whether upstream takes a value for one that is not given; arrays and tables refuse to say."""
    try:
        return not value
    except Exception:  # noqa: BLE001 - whatever it is, it is something
        return False


class MessageIds:
    """Ids for messages: 32 characters that Mixpanel takes as ``$insert_id`` as they are.

    Random once and counted on: a random id for each call would let the interpreter switch threads at
    each call. ``renew`` must be called in a forked child.
    """

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Draw a new random part."""
        prefix = os.urandom(12).hex()
        self.next = map(f"{prefix}{{:08x}}".format, itertools.count()).__next__


class Timestamps:
    """Formats the present as ``2026-11-23T20:15:01.449+00:00``; the second is formatted once."""

    __slots__ = ("_second",)

    def __init__(self) -> None:
        self._second = (-1, "")

    def at(self, now: float) -> str:
        """The text of ``now``, seconds since the epoch."""
        millis = int(now * 1000)
        whole = millis // 1000
        second, text = self._second
        if second != whole:
            text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
            self._second = (whole, text)
        return f"{text}.{millis % 1000:03d}+00:00"


def timestamp_text(value: datetime) -> str:
    """A caller's timestamp to the millisecond, as upstream sends it."""
    return with_timezone(value).isoformat(timespec="milliseconds")


def with_timezone(value: datetime) -> datetime:
    """A naive datetime with the zone that upstream guesses.

    One of the last five seconds, or later, is taken for ``datetime.now()``, in local time; any other for UTC.
    """
    if value.tzinfo is not None and value.tzinfo.utcoffset(value) is not None:
        return value
    local = value.replace(tzinfo=None)
    if (datetime.now() - local).total_seconds() < 5:  # naive is compared with naive
        return local.astimezone()
    return local.replace(tzinfo=timezone.utc)

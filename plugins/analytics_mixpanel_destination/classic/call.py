"""One call, read: who it is about, when it was made, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from attrs import field, frozen

from analytics_mixpanel.mapping import UNDEFINED, js
from analytics_mixpanel_destination.merge import Merge
from analytics_mixpanel_destination.record import Endpoint
from analytics_mixpanel_destination.reserved import ReservedProperties
from analytics_mixpanel_destination.times.clock import Now, event_time

Part: TypeAlias = tuple[Endpoint, dict[str, Any]]


class UnusableError(Exception):
    """Nothing can be made of a call.

    Attributes:
        field: the part of the message at fault.
    """

    def __init__(self, text: str, field: str) -> None:
        super().__init__(text)
        self.field = field


class NothingToSendError(Exception):
    """Nothing is to be sent for a call; the text says which setting or argument it is."""


@frozen
class Call:
    """A message whose parts have the types that they should.

    Attributes:
        user_id: "" for none.
        anonymous_id: "" for none.
        time: milliseconds since 1970.
        context: of the call.
    """

    message: Mapping[str, Any]
    user_id: str
    anonymous_id: str
    time: int
    context: dict[str, Any]

    @classmethod
    def of(cls, message: Mapping[str, Any], now: Now) -> Call:
        """Read a message.

        Raises:
            UnusableError: its context is no object.
        """
        return cls(
            message,
            text(message.get("userId")),
            text(message.get("anonymousId")),
            event_time(message.get("timestamp"), now),
            _section(message, "context"),
        )

    def section(self, name: str) -> dict[str, Any]:
        """Answer the object under ``properties`` or ``traits``; an empty one where there is none.

        Raises:
            UnusableError: it is something else.
        """
        return _section(self.message, name)

    def text(self, name: str) -> str:
        """Answer a part of the message that is a text, or "" where there is none."""
        return text(self.message.get(name))

    def about(self, section: str, name: str) -> Any:
        """Answer ``context[section][name]``; None where there is none."""
        inner = self.context.get(section)
        return inner.get(name) if isinstance(inner, dict) else None


@frozen
class Project:
    """What records say besides what the message says."""

    token: str
    now: Now
    source_name: str | None = None
    merge: Merge | None = None
    reserved: ReservedProperties = field(factory=ReservedProperties)


def text(value: Any) -> str:
    """Answer an id or a name as a text; "" for what is none."""
    if type(value) is str:
        return value
    return js.to_string(value) if js.is_number(value) else ""


def _section(message: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = message.get(name)
    if value is None or value is UNDEFINED:
        return {}
    if not isinstance(value, dict):
        raise UnusableError(f"{name} must be an object, not {type(value).__name__}", name)
    return value

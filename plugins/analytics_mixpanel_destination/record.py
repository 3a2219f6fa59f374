"""What a message becomes: records for Mixpanel, and refusals where it cannot become one."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from attrs import field, frozen

#: The last part of the address a record goes to, e.g. ``https://api.mixpanel.com/import``.
Endpoint: TypeAlias = Literal["import", "track", "engage", "groups"]


@frozen(slots=True)
class Record:
    """One JSON object in Mixpanel's form.

    Attributes:
        endpoint: where it goes.
        body: an event, a profile update or a group update.
        preset: name of the mapping that made it.
        action: the action that made it, as ``trackEvent``.
    """

    endpoint: Endpoint
    body: dict[str, Any]
    preset: str
    action: str


@frozen(slots=True)
class Refusal:
    """Why one mapping made nothing of a message.

    Attributes:
        field: the mapped field at fault, as ``products[0].price``, or "".
    """

    preset: str
    action: str
    message: str
    field: str = ""


@frozen(slots=True)
class Translation:
    """What became of one message.

    Attributes:
        matched: whether any mapping's condition held; a message may match and still need no record.
        dropped: why a setting has nothing sent for it, or "".
    """

    records: list[Record] = field(factory=list)
    refusals: list[Refusal] = field(factory=list)
    matched: bool = False
    dropped: str = ""

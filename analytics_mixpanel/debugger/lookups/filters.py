"""Which arrivals the page asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import fields, frozen

VERDICTS: Final = ("accepted", "rejected", "duplicate", "not sent")
_LONGEST: Final = 200

# The value of a JSON column as text; a record holds text as it is, save quotes and control characters.
_TEXTS: Final = """
    a.name LIKE :text ESCAPE '\\' OR a.user LIKE :text ESCAPE '\\'
    OR (a.kind = 'event' AND EXISTS (SELECT 1 FROM events WHERE id = a.record
        AND (CAST(properties AS TEXT) LIKE :text ESCAPE '\\' OR insert_id LIKE :text ESCAPE '\\')))
    OR (a.kind = 'operation' AND EXISTS (SELECT 1 FROM operations WHERE id = a.record
        AND CAST(record AS TEXT) LIKE :text ESCAPE '\\'))
    OR (a.kind = 'rejection' AND EXISTS (SELECT 1 FROM rejections WHERE id = a.record
        AND (CAST(record AS TEXT) LIKE :text ESCAPE '\\' OR message LIKE :text ESCAPE '\\')))
    OR (a.kind = 'request' AND EXISTS (SELECT 1 FROM requests WHERE id = a.record
        AND error LIKE :text ESCAPE '\\'))
    OR (a.message IS NOT NULL AND EXISTS (SELECT 1 FROM messages WHERE id = a.message
        AND message_id LIKE :text ESCAPE '\\'))
"""
# A user's name finds everything that was merged with it.
_USERS: Final = """
    a.user LIKE :user ESCAPE '\\'
    OR (a.project, a.user) IN (SELECT other.project, other.member FROM identities own JOIN identities other
        ON other.project = own.project AND other.canonical = own.canonical WHERE own.member = :whole_user)
"""
_CONDITIONS: Final = {
    "text": _TEXTS,
    "name": "a.name LIKE :name ESCAPE '\\'",
    "user": _USERS,
    "type": "a.type = :type",
    "library": "a.library = :library",
    "verdict": "a.verdict = :verdict",
}
_CONTAINED: Final = ("text", "name", "user")


@frozen
class Filters:
    """What an arrival must be; "" asks for nothing.

    Attributes:
        text: anywhere in its name, user, record, reason or ids.
        name: in the name of the event or of the operation.
        user: in the id of the user, or that of another id merged with it.
        type: of the message or of the record, exactly.
        library: name and version of what sent it, exactly.
        verdict: one of ``VERDICTS``.
    """

    text: str = ""
    name: str = ""
    user: str = ""
    type: str = ""
    library: str = ""
    verdict: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        """Read the parameters of a URL."""
        given = {each.name: query.get(each.name, "").strip()[:_LONGEST] for each in fields(cls)}
        return cls(**given)

    @property
    def chosen(self) -> dict[str, str]:
        """Those that ask for something."""
        return {each.name: value for each in fields(type(self)) if (value := getattr(self, each.name))}

    @property
    def condition(self) -> str:
        """The SQL condition, on the table ``arrivals a``."""
        return " AND ".join(f"({_CONDITIONS[name]})" for name in self.chosen) or "1"

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of the condition's parameters."""
        values = {name: contained(v) if name in _CONTAINED else v for name, v in self.chosen.items()}
        return {**values, "whole_user": self.user}


def contained(text: str) -> str:
    """Give the pattern of LIKE for what has a text in it."""
    for special in "\\%_":
        text = text.replace(special, "\\" + special)
    return f"%{text}%"

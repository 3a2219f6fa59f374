"""What Segment would not take about a message: said beside it, with what to do.

Source: Segment docs, HTTP API Source, Errors; Spec: Track, Group, Alias.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal

TYPES: Final = ("track", "identify", "page", "screen", "group", "alias")
MOST_BYTES: Final = 32 * 1024
_LONGEST_ID: Final = 100

Problem = dict[str, str]


def problem(severity: Literal["error", "warning"], message: str, field: str = "") -> Problem:
    """Make an entry of a message's ``errors``."""
    return {"severity": severity, "message": message, "field": field, "preset": "", "action": ""}


def find_problems(message: dict[str, Any], size: int) -> Iterator[Problem]:
    """Give what is wrong with a message of so many bytes."""
    kind = message.get("type")
    if kind not in TYPES:
        yield problem("error", f"type must be one of {', '.join(TYPES)}", "type")
    if size > MOST_BYTES:
        yield problem("warning", f"Segment drops a message of more than 32 KB: this one has {size:,} bytes")
    if not message.get("userId") and not message.get("anonymousId") and kind != "alias":
        yield problem("error", "give userId or anonymousId: Segment drops a message without either", "userId")
    for field in _NEEDED.get(str(kind), ()):
        if not isinstance(message.get(field), str) or not message[field]:
            yield problem("error", f"{field} is missing or empty: Segment needs it in a {kind} call", field)
    for field in ("properties", "traits", "context", "integrations"):
        if not isinstance(message.get(field), dict | None):
            yield problem("warning", f"{field} must be an object", field)
    if len(str(message.get("messageId", ""))) > _LONGEST_ID:
        yield problem("warning", f"messageId must have at most {_LONGEST_ID} characters", "messageId")


_NEEDED: Final = {"track": ("event",), "group": ("groupId",), "alias": ("previousId", "userId")}

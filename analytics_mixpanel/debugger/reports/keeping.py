"""A live client's messages, into the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import orjson

from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.reports.linking import Unlinked

_KNOWN: Final = """
    SELECT id FROM messages WHERE message_id = ? AND source = 'client' ORDER BY id DESC LIMIT 1
"""
_ERRORS: Final = "SELECT id, errors FROM messages WHERE message_id = ? ORDER BY id DESC LIMIT 1"
_NOTE: Final = "UPDATE messages SET errors = ? WHERE id = ?"


def keep_messages(desk: Desk, messages: Sequence[Any]) -> list[Unlinked]:
    """Keep messages that are not kept yet; what has no ``messageId`` is left out."""
    kept = []
    with desk.store.writing(), desk.store.reading() as db:
        for message in messages:
            message_id = message.get("messageId") if isinstance(message, dict) else None
            if not isinstance(message_id, str) or db.execute(_KNOWN, (message_id,)).fetchone():
                continue
            number = desk.store.add_message(_row(desk, message, message_id))
            kept.append(Unlinked(number, message))
    return kept


def keep_losses(desk: Desk, losses: Sequence[dict[str, Any]]) -> None:
    """Note beside each message why it was lost."""
    if not losses:
        return
    with desk.store.writing(), desk.store.reading() as db:
        for loss in losses:
            row = db.execute(_ERRORS, (str(loss.get("messageId")),)).fetchone()
            if row is not None:
                errors = [*orjson.loads(row["errors"]), _error(loss)]
                db.execute(_NOTE, (orjson.dumps(errors).decode(), row["id"]))


def _error(loss: dict[str, Any]) -> dict[str, str]:
    words = f"{loss.get('destination')}: {loss.get('fate')}: {loss.get('reason')}"
    return {
        "severity": "error",
        "message": words,
        "field": str(loss.get("field") or ""),
        "preset": "",
        "action": "",
    }


def _row(desk: Desk, message: dict[str, Any], message_id: str) -> tuple[Any, ...]:
    type_, body = str(message.get("type") or ""), orjson.dumps(message)
    return (desk.now(), "", message_id, type_, _library(message), 0, body, "[]", "client")


def _library(message: dict[str, Any]) -> str:
    context = message.get("context")
    library = context.get("library") if isinstance(context, dict) else None
    if not isinstance(library, dict):
        return ""
    return " ".join(str(library[name]) for name in ("name", "version") if library.get(name))

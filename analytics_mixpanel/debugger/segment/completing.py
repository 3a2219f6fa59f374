"""What Segment does to a message on arrival: an id, a receipt, and a time by its own clock.

Source: Segment docs, Spec: Common Fields, timestamps.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timezone
from typing import Any, Final

_ROOM: Final = "milliseconds"


def completed(message: dict[str, Any], sent_at: Any, received: float) -> dict[str, Any]:
    """Give a copy of a message as Segment hands it to destinations.

    Its ``timestamp`` is what the sender's clock said, less what that clock is off; without a time of sending
    it stays what it is, and without any it is the time of arrival.

    Args:
        message: as sent.
        sent_at: the time of sending that the request gave; a message's own goes first.
        received: seconds since 1970.
    """
    arrival = datetime.fromtimestamp(received, timezone.utc)
    sent = message.get("sentAt", sent_at)
    original = message.get("originalTimestamp", message.get("timestamp"))
    done = {**message, "receivedAt": _text(arrival)}
    done.pop("writeKey", None)
    if not isinstance(done.get("messageId"), str) or not done["messageId"]:
        done["messageId"] = uuid.uuid4().hex
    if original is None:
        return {**done, "timestamp": _text(arrival)}
    done["originalTimestamp"] = original
    done["timestamp"] = original
    if sent is not None:
        done["sentAt"] = sent
        made, left = _moment(original), _moment(sent)
        if made is not None and left is not None:
            done["timestamp"] = _text(arrival - (left - made))
    return done


def _moment(text: Any) -> datetime | None:
    """Read a time as clients send it, or None; what has no zone is taken for UTC."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(_plain(text))
        return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError):
        return None


def _plain(text: str) -> str:
    """Spell a time as Python 3.10 reads it: no Z, and six digits of a second where there are any."""
    head, dot, rest = text.strip().replace("Z", "+00:00").partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return f"{head}.{digits[:6]:0<6}{rest[len(digits) :]}" if dot and digits else head + dot + rest


def _text(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat(timespec=_ROOM).replace("+00:00", "Z")

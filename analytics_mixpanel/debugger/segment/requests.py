"""From a request in Segment's form to its messages and its write key."""

from __future__ import annotations

import json
from typing import Any, Final

import orjson
from attrs import frozen

from analytics_mixpanel.debugger.answers import Refused
from analytics_mixpanel.debugger.projects import read_authorization

#: Source: Segment docs, HTTP API Source, Errors.
MOST_BYTES: Final = 500 * 1024
MOST_MESSAGES: Final = 2500
# All texts ours.
_MALFORMED: Final = "the body is not valid JSON"
_NO_OBJECT: Final = "the body must be a JSON object"
_NO_BATCH: Final = "batch, missing or not a list of messages"
_NO_KEY: Final = "writeKey, missing: give it as the user of basic auth, or in the body"
_SHARED: Final = ("context", "integrations")


@frozen
class Sent:
    """What one request brought.

    Attributes:
        write_key: taken for the project's token.
        messages: each as sent, with what the batch gives to all of them; anything may be among them.
        sent_at: the request's own time, as text, or None.
        warnings: what Segment would not have taken.
    """

    write_key: str
    messages: list[Any]
    sent_at: Any
    warnings: list[str]


def read_batch(body: bytes, authorization: str) -> Sent:
    """Read the body of ``/v1/batch``.

    Raises:
        Refused: 400 for what cannot be read, 401 without a write key.
    """
    document = _object(body)
    batch = document.get("batch")
    if not isinstance(batch, list):
        raise Refused(400, _NO_BATCH)
    shared = {name: document[name] for name in _SHARED if isinstance(document.get(name), dict)}
    warnings = []
    if len(body) > MOST_BYTES:
        warnings.append(f"Segment refuses a batch of more than 500 KB: this one has {len(body):,} bytes")
    if len(batch) > MOST_MESSAGES:
        warnings.append(
            f"Segment takes at most {MOST_MESSAGES:,} messages in a batch: this one has {len(batch):,}"
        )
    messages = [_with_shared(message, shared) for message in batch]
    return Sent(_write_key(document, authorization), messages, document.get("sentAt"), warnings)


def read_single(body: bytes, authorization: str, kind: str) -> Sent:
    """Read the body of ``/v1/track`` and so on.

    Raises:
        Refused: 400 for what cannot be read, 401 without a write key.
    """
    document = _object(body)
    write_key = _write_key(document, authorization)
    sent_at = document.pop("sentAt", None)
    document.pop("writeKey", None)
    return Sent(write_key, [{**document, "type": kind}], sent_at, [])


def _object(body: bytes) -> dict[str, Any]:
    document = _parsed(body)
    if not isinstance(document, dict):
        raise Refused(400, _NO_OBJECT)
    return document


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _mended(body)


def _mended(body: bytes) -> Any:
    """Parse JSON whose strings are not all UTF-8: what is bad becomes "?", and costs no other message."""
    try:
        document = json.loads(body.decode(errors="replace"))
        return orjson.loads(json.dumps(document, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        raise Refused(400, _MALFORMED) from None


def _with_shared(message: Any, shared: dict[str, Any]) -> Any:
    if not isinstance(message, dict):
        return message
    merged = {name: {**value, **_dict(message.get(name))} for name, value in shared.items()}
    return {**message, **merged} if merged else message


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _write_key(document: dict[str, Any], authorization: str) -> str:
    credentials = read_authorization(authorization)
    key = credentials.user if credentials.scheme == "basic" else document.get("writeKey")
    key = key or document.get("writeKey")
    if not isinstance(key, str) or not key:
        raise Refused(401, _NO_KEY)
    return key

"""A record, or the message it was made of, as text to paste elsewhere."""

from __future__ import annotations

import json
import pprint
import shlex
from typing import Any, Final

from analytics_mixpanel.debugger.lookups.opened import Part

_TOKEN: Final = "YOUR_PROJECT_TOKEN"  # noqa: S105 - what stands for it
# The arguments of a call, by the message's key.
_ARGUMENTS: Final = {
    "userId": "user_id",
    "anonymousId": "anonymous_id",
    "previousId": "previous_id",
    "groupId": "group_id",
    "event": "event",
    "category": "category",
    "name": "name",
    "properties": "properties",
    "traits": "traits",
    "context": "context",
    "messageId": "message_id",
}
_CALLS: Final = frozenset({"track", "identify", "page", "screen", "group", "alias"})


def as_json(value: Any) -> str:
    """Give a value as JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def message_as_curl(message: dict[str, Any], url: str) -> str:
    """Give the command that sends a message to Segment's API here."""
    body = shlex.quote(json.dumps(message, ensure_ascii=False))
    return f"curl {url}/v1/{_call(message)} -u {_TOKEN}: \\\n  -H 'Content-Type: application/json' -d {body}"


def record_as_curl(part: Part, url: str) -> str:
    """Give the command that sends a record to Mixpanel's API here."""
    body = shlex.quote(json.dumps([_whole(part)], ensure_ascii=False))
    credentials = f" -u {_TOKEN}:" if part.endpoint == "/import" else ""
    query = "?strict=1" if part.endpoint == "/import" else "?verbose=1"
    return (
        f"curl '{url}{part.endpoint}{query}'{credentials} \\\n  -H 'Content-Type: application/json' -d {body}"
    )


def message_as_python(message: dict[str, Any]) -> str:
    """Give the call of this library that makes a message."""
    arguments = [
        f"    {argument}={_literal(message[key])},"
        for key, argument in _ARGUMENTS.items()
        if key in message and message[key] not in (None, "", {})
    ]
    return "\n".join(
        (
            "import analytics_mixpanel as analytics",
            "",
            f'analytics.write_key = "{_TOKEN}"',
            f"analytics.{_call(message)}(",
            *arguments,
            ")",
            "analytics.flush()",
        )
    )


def record_as_python(part: Part, url: str) -> str:
    """Give the program that sends a record to Mixpanel's API here."""
    credentials = f', auth=("{_TOKEN}", "")' if part.endpoint == "/import" else ""
    return "\n".join(
        (
            "import requests",
            "",
            f"record = {_literal(_whole(part), 0)}",
            f'answer = requests.post("{url}{part.endpoint}", json=[record]{credentials}, timeout=10)',
            "print(answer.status_code, answer.text)",
        )
    )


def _call(message: dict[str, Any]) -> str:
    call = message.get("type")
    return call if isinstance(call, str) and call in _CALLS else "track"


def _whole(part: Part) -> Any:
    """Give the record with what stands for its token, which is not kept."""
    record = part.record
    if not isinstance(record, dict) or part.endpoint == "/import":
        return record
    if part.endpoint == "/track":
        properties = record.get("properties")
        return (
            {**record, "properties": {"token": _TOKEN, **properties}}
            if isinstance(properties, dict)
            else record
        )
    return {"$token": _TOKEN, **record}


def _literal(value: Any, indent: int = 4) -> str:
    text = pprint.pformat(value, width=100, sort_dicts=False)
    return text.replace("\n", "\n" + " " * indent)

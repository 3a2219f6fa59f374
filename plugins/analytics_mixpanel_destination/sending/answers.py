"""What Mixpanel's answer means for the records of a request.

Source: Mixpanel docs (Import Events, errors 400 to 429), and answers recorded from its servers.
"""

from __future__ import annotations

import math
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlsplit

import orjson
from attrs import field, frozen

from analytics_mixpanel.delivery import Rejection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analytics_mixpanel_destination.sending.transport import Answer

LONGEST_WAIT: Final = 300.0
_PASSING: Final = frozenset({408, 425, 429})
# "Not implemented" and "version not supported" are about the request, whatever the number says.
_REFUSING: Final = frozenset({501, 505})
# Credentials, or an address at which there is no Mixpanel: nothing is wrong with the records.
_MISPLACED: Final = frozenset({401, 403, 404, 405, 407, 410, 451})
_WORDS: Final = 300


@frozen
class Taken:
    """Mixpanel has the records, save these: position in the request → why."""

    rejected: Mapping[int, Rejection] = field(factory=dict)


@frozen
class Split:
    """Some record is not acceptable, or all are too much: the halves have to be sent by themselves."""

    too_large: bool = False


@frozen
class Retry:
    """Not now."""

    reason: str
    after: float | None = None


@frozen
class Pause:
    """Nothing will be taken until a setting is mended."""

    cause: str
    text: str


Verdict: TypeAlias = Taken | Split | Retry | Pause


def read_answer(answer: Answer, bodies: Sequence[bytes]) -> Verdict:
    """Read the answer to a request that held these records, in this order."""
    content = _decoded(answer.body)
    status = _status(answer.status, content)
    if status == 413:
        return _refused(bodies, _words(content, status), too_large=True)
    if status in _PASSING or (status >= 500 and status not in _REFUSING):
        return Retry(_words(content, status), retry_after(answer.headers.get("Retry-After")))
    if status in _MISPLACED or 300 <= status < 400:
        return Pause(f"HTTP {status}", _words(content, status) + _elsewhere(answer))
    if status == 400 or 200 <= status < 300:
        return _read_records(status, content, bodies)
    reason = _words(content, status)
    return Taken({position: Rejection(reason) for position in range(len(bodies))})


def _decoded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _status(status: int, content: Any) -> int:
    """The status, or the body's own code where a 200 encloses an error."""
    code = content.get("code") if isinstance(content, dict) else None
    return code if status == 200 and type(code) is int and 400 <= code <= 599 else status


def _read_records(status: int, content: Any, bodies: Sequence[bytes]) -> Verdict:
    failed = content.get("failed_records") if isinstance(content, dict) else None
    if isinstance(failed, list) and failed:
        rejected = _rejections(failed, bodies)
        return Taken(rejected) if rejected else _refused(bodies, _first_words(failed, content, status))
    if status == 400 or _said(content, no=True):
        return _refused(bodies, _words(content, status))
    if _said(content, no=False):
        return Taken()
    return Retry(f"HTTP {status}, but the answer is not Mixpanel's: is region or api_host right?")


def _said(content: Any, *, no: bool) -> bool:
    """Whether an answer is a plain yes or no of Mixpanel's: ``1``, a status of 1 or "OK", a code of 200."""
    state = content
    if isinstance(content, dict):
        state = content.get("status", 1 if content.get("code") == 200 else None)
    if isinstance(state, str):
        return not no and state.upper() == "OK"
    return type(state) in (int, bool) and state == (0 if no else 1)


def _refused(bodies: Sequence[bytes], reason: str, *, too_large: bool = False) -> Verdict:
    return Taken({0: Rejection(reason)}) if len(bodies) == 1 else Split(too_large)


def _rejections(failed: list[Any], bodies: Sequence[bytes]) -> dict[int, Rejection] | None:
    """The records that the answer names, or None where it names one that cannot be told."""
    rejected = {}
    for record in failed:
        position = _position(record, bodies) if isinstance(record, dict) else None
        if position is None:
            return None
        rejected[position] = Rejection(_text(record.get("message")) or "refused", _text(record.get("field")))
    return rejected


def _position(record: Mapping[str, Any], bodies: Sequence[bytes]) -> int | None:
    """Where the record is: at its index, unless its id is that of another one."""
    index = record.get("index")
    insert_id = record.get("insert_id", record.get("$insert_id"))  # the docs have both spellings
    at = index if type(index) is int and 0 <= index < len(bodies) else None
    if not insert_id or (at is not None and _insert_id(bodies[at]) == insert_id):
        return at
    found = [position for position, body in enumerate(bodies) if _insert_id(body) == insert_id]
    return found[0] if len(found) == 1 else at


def _insert_id(body: bytes) -> Any:
    return orjson.loads(body).get("properties", {}).get("$insert_id")


def _text(value: Any) -> str:
    return value[:_WORDS] if isinstance(value, str) else ""


def _words(content: Any, status: int) -> str:
    error = _text(content.get("error")) if isinstance(content, dict) else ""
    if status == 200:  # the status of a no that only the body says
        return error or "refused without a reason"
    return f"HTTP {status}: {error}" if error else f"HTTP {status}"


def _first_words(failed: list[Any], content: Any, status: int) -> str:
    return _text(failed[0]) or _words(content, status)


def _elsewhere(answer: Answer) -> str:
    """The host that a redirect points to; the rest of the address may hold anything."""
    try:
        host = urlsplit(answer.headers.get("Location", "")).hostname
    except ValueError:
        return ""
    return f", a redirect to {host[:100]}" if host else ""


def retry_after(value: str | None, now: Callable[[], float] = time.time) -> float | None:
    """Seconds that a Retry-After header asks for, in either of its forms; at most five minutes.

    What makes no sense (negative, not a number, not a date) is as if it were not there.
    """
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = _until(value, now)
    if math.isnan(seconds) or seconds < 0:
        return None
    return min(seconds, LONGEST_WAIT)


def _until(date: str, now: Callable[[], float]) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() - now()
    except (ValueError, TypeError, OverflowError):
        return math.nan

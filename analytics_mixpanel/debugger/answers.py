"""Every status, body and text that the stand-in answers with.

A text marked "text ours" is invented in the shape of the known ones, because none was found in Mixpanel's
documents, in its clients' tests or in anybody's measurements. The others are theirs.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson
from attrs import frozen
from starlette.responses import Response

# Refusals of a whole request.
INVALID_CREDENTIALS: Final = "Invalid credentials"
INVALID_ACCOUNT: Final = "Invalid service account credentials"
UNKNOWN_ACCOUNT: Final = "Not a valid service account username"
INVALID_SECRET: Final = (
    "Unauthorized, invalid project secret. See docs for more information: "  # noqa: S105 - Mixpanel's words
    "https://developer.mixpanel.com/reference/authentication#project-secret"
)
WRONG_PROJECT: Final = "Credentials in request did not match project_id URL parameter"
NOT_A_MEMBER: Final = "The service account is not a project member"  # text ours around "not a project member"
NO_PROJECT: Final = "project_id, missing or empty"  # text ours
RATE_LIMITED: Final = "Project exceeded rate limits. Please retry the request with exponential backoff."
MALFORMED: Final = "request body is not valid JSON"  # text ours
NOT_GZIP: Final = "request body is not valid gzip"  # text ours
EMPTY: Final = "request holds no records"  # text ours
NO_LENGTH: Final = "Content-Length, missing or empty"  # text ours
NO_DATA: Final = "data, missing or empty"  # text ours
SIMPLIFIED: Final = "identity events are not allowed when project is using simplified identity management"
SOME_FAILED: Final = "some data points in the request failed validation"

_PIXEL: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_PHRASES: Final = {413: "Request Entity Too Large"}  # Python 3.13 has a newer name for it
_CALLBACK: Final = re.compile(r"[A-Za-z_$][\w$.]{0,99}")


def too_large(limit: int) -> str:
    """Say that a request has too many bytes."""
    return f"request exceeds max limit of {limit} bytes"


def too_many(limit: int) -> str:
    """Say that a request has too many records."""
    return f"request exceeds max limit of {limit} records"  # text ours


class Refused(Exception):  # noqa: N818 - the request is, and that is an answer, not an error
    """A whole request is answered with a status other than 200."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


@frozen
class Failure:
    """One record that was not taken.

    Attributes:
        index: of the record in its request.
        message: the reason, in Mixpanel's words or ours.
        field: the field at fault, e.g. ``properties.time``.
        insert_id: the record's own, or "".
    """

    index: int
    message: str
    field: str = ""
    insert_id: str = ""

    def shown(self) -> dict[str, Any]:
        """Give the entry of ``failed_records``."""
        return {
            "index": self.index,
            "insert_id": self.insert_id,
            "field": self.field,
            "message": self.message,
        }


def as_json(body: Any, status: int = 200) -> Response:
    """Answer with a JSON document."""
    return Response(orjson.dumps(body), status, media_type="application/json")


def refused(status: int, error: str, *, importing: bool) -> Response:
    """Refuse a whole request, as ``/import`` does or as the other endpoints do."""
    if importing:
        phrase = _PHRASES.get(status) or HTTPStatus(status).phrase
        return as_json({"code": status, "error": error, "status": phrase}, status)
    return as_json({"error": error, "status": "error"}, status)


def simplified(status: int = 400) -> Response:
    """Refuse a batch with an identity event in a project of simplified merging: reasons as plain strings."""
    body = {"code": status, "error": SOME_FAILED, "failed_records": [SIMPLIFIED], "num_records_imported": 0}
    return as_json({**body, "status": "Bad Request"}, status)


def imported(count: int, failures: Sequence[Failure]) -> Response:
    """Answer ``/import?strict=1``."""
    if not failures:
        return as_json({"code": 200, "num_records_imported": count, "status": "OK"})
    body = {"code": 400, "error": SOME_FAILED, "failed_records": [failure.shown() for failure in failures]}
    return as_json({**body, "num_records_imported": count, "status": "Bad Request"}, 400)


def loosely_imported(count: int, failures: Sequence[Failure], *, verbose: bool) -> Response:
    """Answer ``/import?strict=0``: 200 whatever became of the records."""
    status = int(count > 0)
    if not verbose:
        return Response(str(status), media_type="text/plain")
    error = SOME_FAILED if failures else None
    return as_json({"code": 200, "error": error, "num_records_imported": count, "status": status})


def per_record(count: int, failures: Sequence[Failure]) -> Response:
    """Answer ``strict=1`` on ``/track``, ``/engage`` and ``/groups``.

    That the status stays 200 and each record has its message is documented; the shape is ours.
    """
    body: dict[str, Any] = {"error": None, "num_good_events": count, "status": 1}
    if failures:
        body |= {"error": SOME_FAILED, "status": 0}
        body["failed_records"] = [failure.shown() for failure in failures]
    return as_json(body)


def taken(*, ok: bool, error: str | None, verbose: bool, callback: str = "", pixel: bool = False) -> Response:
    """Answer ``/track``, ``/engage`` and ``/groups``.

    Args:
        ok: at least one record was valid; it says nothing about the token.
        error: the first record's fault.
        verbose: as an object instead of ``1`` or ``0``.
        callback: name of the function that a script tag has ready.
        pixel: a transparent image instead of any of it.
    """
    if pixel:
        return Response(_PIXEL, media_type="image/gif")
    text = orjson.dumps({"error": error, "status": int(ok)}).decode() if verbose else str(int(ok))
    if _CALLBACK.fullmatch(callback):
        return Response(f"{callback}({text});", media_type="text/javascript")
    return Response(text, media_type="application/json" if verbose else "text/plain")

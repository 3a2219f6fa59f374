"""Messages as Segment sends them in batches: one request for many, and one status for each.

Delivery follows the rules for a single message instead; this is to compare with what Segment sent in batches.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from attrs import field, frozen

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping import compile_mapping
from analytics_mixpanel_destination.actions import Action, Part, Payload, Project
from analytics_mixpanel_destination.payload.errors import PayloadError

Status = dict[str, Any]

#: Segment's name where Python versions differ in theirs.
_ERROR_TYPES: Final = {413: "PAYLOAD_TOO_LARGE"}


@frozen
class BatchItem:
    """What became of one message of a batch: its payload and records, or why it has none."""

    payload: Payload = field(factory=dict)
    parts: list[Part] = field(factory=list)
    refusal: str = ""


def perform_batch(action: Action, mapping: Any, messages: Sequence[Any], project: Project) -> list[BatchItem]:
    """Make the records of a batch; unlike for a single message, empty strings stay where a string is wanted.

    Raises:
        ValueError: Segment does not batch this action.
    """
    if not action.can_batch:
        raise ValueError("This action does not support batched requests.")
    resolve = compile_mapping(mapping)
    return [_item(action, resolve, message, project) for message in messages]


def _item(action: Action, resolve: Any, message: Any, project: Project) -> BatchItem:
    try:
        payload = action.schema.coerce(resolve(message), batch=True)
    except (PayloadError, MappingError) as error:
        return BatchItem(refusal=str(error))
    return BatchItem(payload, list(action.perform(payload, project)))


def statuses(items: Sequence[BatchItem], answer: Any, *, multistatus: bool) -> list[Status | None]:
    """Answer each message's status after the request was answered.

    Args:
        items: the batch.
        answer: the body of Mixpanel's answer: decoded JSON, or text that is none.
        multistatus: read the answer record by record, as with Segment's feature ``mixpanel-multistatus``.

    Returns:
        The statuses in the order of the batch; None where Segment makes nothing of the answer.
    """
    sent = [item for item in items if not item.refusal]
    of_sent = iter(_read(sent, answer) if multistatus else [_taken(answer, item.payload) for item in sent])
    return [_refused(item.refusal) if item.refusal else next(of_sent) for item in items]


def _refused(reason: str) -> Status:
    return {
        "status": 400,
        "errortype": "PAYLOAD_VALIDATION_FAILED",
        "errormessage": reason,
        "errorreporter": "INTEGRATIONS",
    }


def _taken(body: Any, sent: Any) -> Status:
    return {"status": 200, "body": body, "sent": sent}


def _read(items: Sequence[BatchItem], answer: Any) -> Sequence[Status | None]:
    if not isinstance(answer, dict):
        return [None] * len(items)
    sent = [_sent(item) for item in items]
    code = answer.get("code")
    if code not in (200, 400):
        reason = answer.get("error")
        return [_failed(code, reason or "Unknown error from Mixpanel", each, reason) for each in sent]
    read = [_taken(answer.get("status") or "Ok", each) for each in sent]
    # The index counts events, yet Segment takes it for that of a message, though an order is several events.
    for failed in answer.get("failed_records") or ():
        if failed["index"] < len(read):
            read[failed["index"]] = _failed(400, failed["message"], sent[failed["index"]], failed)
    return read


def _sent(item: BatchItem) -> Any:
    bodies = [body for _, body in item.parts]
    return bodies if "generatePurchaseEventPerProduct" in item.payload else bodies[0]


def _failed(code: Any, reason: str, sent: Any, body: Any) -> Status:
    status = {
        "status": code,
        "errormessage": reason,
        "sent": sent,
        "errortype": _error_type(code),
        "errorreporter": "DESTINATION",
    }
    return status if body is None else {**status, "body": body}


def _error_type(code: Any) -> str:
    known = {status.value: status.name for status in HTTPStatus} | _ERROR_TYPES
    return known.get(code, "UNKNOWN_ERROR")

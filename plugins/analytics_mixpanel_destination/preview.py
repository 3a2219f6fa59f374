"""What Segment would send for a message, without sending it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analytics_mixpanel_destination.record import Endpoint, Record, Refusal

if TYPE_CHECKING:
    from analytics_mixpanel_destination.translators import Translates


def preview(translator: Translates, message: Any, endpoints: Mapping[Endpoint, str]) -> dict[str, Any]:
    """Answer the requests, one for each record, and the errors of one message in wire form.

    Args:
        translator: what translates it.
        message: anything; what is no object gives an error.
        endpoints: the address of each endpoint.

    Returns:
        ``{"requests": [...], "errors": [...]}``. A request has ``preset``, ``action``, ``method``, ``url``
        and either ``json``, the body of ``/import``, or ``data``, which the others take in a form. An error
        has ``preset``, ``action`` and ``message``.
    """
    translation = translator.as_segment(message)
    return {
        "requests": [_request(record, endpoints[record.endpoint]) for record in translation.records],
        "errors": [_error(refusal) for refusal in translation.refusals],
    }


def _request(record: Record, url: str) -> dict[str, Any]:
    body = {"json": [record.body]} if record.endpoint == "import" else {"data": record.body}
    return {"preset": record.preset, "action": record.action, "method": "POST", "url": url, **body}


def _error(refusal: Refusal) -> dict[str, Any]:
    return {"preset": refusal.preset, "action": refusal.action, "message": refusal.message}

"""One arrival, opened: the message, its records, and the answers, side by side."""

from __future__ import annotations

import logging
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.lookups import Arrivals, Filters, Opened, Profiles, open_arrival
from analytics_mixpanel.debugger.lookups.opened import Part
from analytics_mixpanel.debugger.tester.previewing import TOKEN, tracer_of
from analytics_mixpanel.debugger.trace import Links
from analytics_mixpanel.debugger.views.rendering import missing, page
from analytics_mixpanel.debugger.views.shown import copies
from analytics_mixpanel.debugger.views.shown.advice import mend, verdict_of

_GONE: Final = "This is kept no more: the debugger holds the newest arrivals, and --keep says how many."
_log: Final = logging.getLogger(__name__)


def routes(desk: Desk) -> list[BaseRoute]:
    """Give the address of one arrival."""
    arrivals = Arrivals(desk.store)

    def show(request: Request) -> Response:
        arrival = arrivals.find(request.path_params["id"])
        if arrival is None:
            return missing(desk, request, _GONE)
        filters = Filters.of(request.query_params)
        newer, older = arrivals.beside(arrival.id, filters)
        opened = open_arrival(desk.store, arrival)
        context = {
            "opened": opened,
            "message": _message(opened, desk.url),
            "parts": [_part(desk, opened, each) for each in opened.parts],
            "newer": newer,
            "older": older,
            "query": request.url.query,
        }
        return page(desk, request, "event.html", context)

    return [Route("/debugger/events/{id:int}", show)]


def _message(opened: Opened, url: str) -> dict[str, Any] | None:
    """Give the message with its errors in words, and its texts to copy."""
    message = opened.message
    if message is None:
        return None
    body = message["body"]
    # What a client says of a refusal stands beside the record already, in Mixpanel's own words.
    answers = [part.row["message"] for part in opened.parts if part.arrival.kind == "rejection"]
    errors = [
        {**error, "todo": mend(error["message"])}
        for error in message["errors"]
        if not any(error["message"].endswith(answer) for answer in answers)
    ]
    texts = {"JSON": copies.as_json(body)}
    if isinstance(body, dict):
        texts |= {"cURL": copies.message_as_curl(body, url), "Python": copies.message_as_python(body)}
    return {**message, "errors": errors, "copies": texts}


def _part(desk: Desk, opened: Opened, part: Part) -> dict[str, Any]:
    """Give one record with its links to the message, its verdict, and its texts to copy."""
    texts = {}
    if part.record is not None:
        texts = {
            "JSON": copies.as_json(part.record),
            "cURL": copies.record_as_curl(part, desk.url),
            "Python": copies.record_as_python(part, desk.url),
        }
    return {
        "part": part,
        "arrival": part.arrival,
        "links": _links(desk, opened, part),
        "copies": texts,
        "verdict": verdict_of(part),
        "joins": _joins(desk, part),
        "is_own": part.arrival.id == opened.arrival.id,
    }


def _links(desk: Desk, opened: Opened, part: Part) -> Links:
    """Give where in the message each property came from; without a message, nothing."""
    message = opened.message
    if message is None or not isinstance(part.record, dict):
        return {}
    try:
        return tracer_of(desk.mappings, TOKEN).trace(message["body"], part.record)
    except Exception:  # noqa: BLE001 - a mapping that fails on a variation of the message costs only the links
        _log.debug("no links", exc_info=True)
        return {}


def _joins(desk: Desk, part: Part) -> list[tuple[str, str, int | None]]:
    properties = part.row.get("properties")
    if not isinstance(properties, dict):
        return []
    return Profiles(desk.store).joins(part.arrival.project, properties)

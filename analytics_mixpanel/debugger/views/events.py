"""The list of what arrived: the page, its rows, and its chart."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from analytics_mixpanel.debugger.answers import as_json
from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.lookups import Arrival, Arrivals, Filters, Page
from analytics_mixpanel.debugger.lookups.filters import VERDICTS
from analytics_mixpanel.debugger.views.numbers import number
from analytics_mixpanel.debugger.views.rendering import page
from analytics_mixpanel.debugger.views.shown.brief import brief
from analytics_mixpanel.debugger.views.shown.chart import HEIGHT, chart
from analytics_mixpanel.debugger.views.shown.moments import clock, full, instant

FIRST: Final = 60
_MOST: Final = 200


def routes(desk: Desk) -> list[BaseRoute]:
    """Give the addresses of the list."""
    arrivals = Arrivals(desk.store)

    def show(request: Request) -> Response:
        seen = desk.hub.state()[0]
        filters = Filters.of(request.query_params)
        newest = number(request, "newest", None)
        offset = number(request, "offset", 0)
        found = arrivals.page(filters, newest=newest, offset=offset, limit=FIRST)
        context = {
            "seen": seen,
            "filters": filters,
            "query": urlencode(filters.chosen),
            "rows": [row(each) for each in found.rows],
            "found": found,
            "offset": offset,
            "first": FIRST,
            "verdicts": VERDICTS,
            "anything": found.total > 0 or arrivals.newest() > 0,
            "height": HEIGHT,
        }
        return page(desk, request, "events.html", context)

    def rows(request: Request) -> Response:
        found = arrivals.page(
            Filters.of(request.query_params),
            newest=number(request, "newest", None),
            offset=number(request, "offset", 0),
            limit=min(number(request, "limit", FIRST), _MOST),
        )
        return as_json(_as_json(found))

    def count(request: Request) -> Response:
        """Count what arrived since a moment of the list."""
        after = number(request, "after", 0)
        return as_json({"count": arrivals.count_after(Filters.of(request.query_params), after)})

    def volume(request: Request) -> Response:
        return as_json(chart(arrivals, Filters.of(request.query_params), desk.now()))

    def choices(_: Request) -> Response:
        return as_json({"type": arrivals.types(), "library": arrivals.libraries()})

    return [
        Route("/debugger/events", show),
        Route("/debugger/events/rows", rows),
        Route("/debugger/events/count", count),
        Route("/debugger/events/volume", volume),
        Route("/debugger/events/choices", choices),
    ]


def _as_json(found: Page) -> dict[str, Any]:
    return {"newest": found.newest, "total": found.total, "rows": [row(each) for each in found.rows]}


def row(arrival: Arrival) -> dict[str, Any]:
    """Give what one line of the list shows."""
    return {
        "id": arrival.id,
        "time": clock(arrival.received),
        "full": full(arrival.received),
        "instant": instant(arrival.received),
        "name": arrival.name or _unnamed(arrival),
        "brief": brief(arrival),
        "user": arrival.user,
        "type": arrival.type,
        "library": arrival.library,
        "verdict": arrival.verdict,
    }


def _unnamed(arrival: Arrival) -> str:
    """Name a message that has no name of its own by its type; a track call without one lacks it."""
    return arrival.type if arrival.kind == "message" and arrival.type != "track" else ""

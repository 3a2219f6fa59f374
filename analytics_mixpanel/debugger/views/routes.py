"""The page's addresses."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.views import client, decode, event, events, groups, static, tester, users
from analytics_mixpanel.debugger.views.rendering import missing

_VIEWS: Final = (events, event, users, groups, tester, client, decode, static)


def routes(desk: Desk) -> list[BaseRoute]:
    """Give the routes of the page, all of them below ``/debugger/``."""

    def to_the_events(_: Request) -> Response:
        return RedirectResponse("/debugger/events")

    def nowhere(request: Request) -> Response:
        return missing(desk, request, "The debugger has no page of this address.")

    return [
        Route("/debugger/", to_the_events),
        *(route for view in _VIEWS for route in view.routes(desk)),
        Route("/debugger/{path:path}", nowhere),
    ]

"""The whole application: ingestion, and the page under ``/debugger/``.

A request goes through Hosts, then either to

    /debugger/…       Pages (who may look, who may write) → live, views, reports
    anything else     Crossing (web pages may send) → Recording → Faults → Mixpanel's and Segment's endpoints
"""

from __future__ import annotations

from typing import Final

from attrs import frozen
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from analytics_mixpanel.debugger import live, reports, views
from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.guard import Crossing, Hosts, Pages

PREFIX: Final = "/debugger"


def pages(desk: Desk) -> Starlette:
    """Give the application behind ``/debugger/``."""

    async def to_the_page(_: Request) -> Response:
        return RedirectResponse(PREFIX + "/")

    return Starlette(
        routes=[
            Route("/", to_the_page),
            Route(PREFIX, to_the_page),
            *live.routes(desk.hub),
            *reports.routes(desk),
            *views.routes(desk),
        ]
    )


def site_of(desk: Desk, ingestion: ASGIApp) -> ASGIApp:
    """Give the whole application."""
    return Hosts(Site(Pages(pages(desk), desk.access, views.STYLE_SOURCE), Crossing(ingestion)), desk.access)


@frozen
class Site:
    """Takes each request to the page or to ingestion."""

    pages: ASGIApp
    ingestion: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        path = scope.get("path", "")
        is_page = path in ("/", PREFIX) or path.startswith(PREFIX + "/")
        await (self.pages if is_page else self.ingestion)(scope, receive, send)

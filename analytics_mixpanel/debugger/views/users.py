"""Users: the list, and one with their profile, its history and their events."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.lookups import Arrivals, Profiles
from analytics_mixpanel.debugger.views.events import row
from analytics_mixpanel.debugger.views.numbers import number
from analytics_mixpanel.debugger.views.rendering import missing, page

PAGE: Final = 100
EVENTS: Final = 50
HISTORY: Final = 100
_GONE: Final = "There is no such user here, or no more."


def routes(desk: Desk) -> list[BaseRoute]:
    """Give the addresses of users."""
    arrivals, profiles = Arrivals(desk.store), Profiles(desk.store)

    def listed(request: Request) -> Response:
        text = request.query_params.get("text", "")[:200]
        offset = number(request, "offset", 0)
        total, users = profiles.users(text, offset, PAGE)
        context = {"text": text, "offset": offset, "size": PAGE, "total": total, "users": users}
        return page(desk, request, "users.html", context)

    def profile(request: Request) -> Response:
        found = profiles.find(request.path_params["id"])
        if found is None or found.group_key:
            return missing(desk, request, _GONE)
        return show(request, found.project, found.profile, found.properties)

    def of_arrival(request: Request) -> Response:
        """Show the user of an event, who may have no profile."""
        arrival = arrivals.find(request.path_params["id"])
        if arrival is None or not arrival.user:
            return missing(desk, request, _GONE)
        user = profiles.ids(arrival.project, arrival.user)[0]
        if found := profiles.number_of(arrival.project, "", user):
            return RedirectResponse(f"/debugger/users/{found}")
        return show(request, arrival.project, user, None)

    def show(request: Request, project: str, user: str, properties: dict[str, Any] | None) -> Response:
        ids = profiles.ids(project, user)
        context = {
            "user": user,
            "others": ids[1:],
            "properties": properties,
            "joins": profiles.joins(project, properties or {}),
            "history": profiles.history(project, "", user, HISTORY),
            "events": [row(each) for each in arrivals.of_user(project, ids, EVENTS)],
            "most": EVENTS,
        }
        return page(desk, request, "user.html", context)

    return [
        Route("/debugger/users", listed),
        Route("/debugger/users/{id:int}", profile),
        Route("/debugger/users/of/{id:int}", of_arrival),
    ]

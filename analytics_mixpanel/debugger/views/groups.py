"""Groups: the list, and one with its profile, its members and their events."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.lookups import Arrivals, Profiles
from analytics_mixpanel.debugger.views.events import row
from analytics_mixpanel.debugger.views.numbers import number
from analytics_mixpanel.debugger.views.rendering import missing, page
from analytics_mixpanel.debugger.views.users import EVENTS, HISTORY, PAGE

_MEMBERS: Final = 100


def routes(desk: Desk) -> list[BaseRoute]:
    """Give the addresses of groups."""
    arrivals, profiles = Arrivals(desk.store), Profiles(desk.store)

    def listed(request: Request) -> Response:
        text = request.query_params.get("text", "")[:200]
        offset = number(request, "offset", 0)
        total, groups = profiles.groups(text, offset, PAGE)
        context = {"text": text, "offset": offset, "size": PAGE, "total": total, "groups": groups}
        return page(desk, request, "groups.html", context)

    def show(request: Request) -> Response:
        group = profiles.find(request.path_params["id"])
        if group is None or not group.group_key:
            return missing(desk, request, "There is no such group here, or no more.")
        context = {
            "group": group,
            "history": profiles.history(group.project, group.group_key, group.profile, HISTORY),
            "members": profiles.members_of(group, _MEMBERS),
            "events": [row(each) for each in arrivals.among(profiles.events_of(group, EVENTS))],
            "most": EVENTS,
        }
        return page(desk, request, "group.html", context)

    return [Route("/debugger/groups", listed), Route("/debugger/groups/{id:int}", show)]

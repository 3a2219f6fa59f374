"""From a template to an answer; every value is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.views import static
from analytics_mixpanel.debugger.views.shown import moments
from analytics_mixpanel.debugger.views.shown.brief import in_short
from analytics_mixpanel.debugger.views.shown.tree import lines

VIEWS: Final = (
    ("events", "Events"),
    ("users", "Users"),
    ("groups", "Groups"),
    ("tester", "Mapping tester"),
    ("client", "Client"),
    ("decode", "Decode"),
)
_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("analytics_mixpanel.debugger.views"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_HOWS: Final = {"copied": "from", "part": "a part is from", "computed": "made from", "equal": "equal to"}
_ENVIRONMENT.globals |= {"views": VIEWS, "lines": lines, "hows": _HOWS}
_ENVIRONMENT.globals |= {"folder": static.FOLDER, "styles": static.STYLES, "imported": static.imported}
_ENVIRONMENT.filters |= {
    "clock": moments.clock,
    "full": moments.full,
    "instant": moments.instant,
    "in_short": in_short,
    "as_json": lambda value: orjson.dumps(value).decode(),
    "capitalize_first": lambda text: text[:1].upper() + text[1:],
    "number": lambda value: f"{value:,}",
}


def page(
    desk: Desk, request: Request, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HTMLResponse:
    """Answer with a page, which knows ``view``, ``url`` and ``page_token`` beside its context.

    ``seen``, if the context has it, is the id of the live state that the page shows at least.
    """
    view = request.url.path.split("/")[2]
    shared = {"view": view, "url": desk.url, "page_token": desk.access.page_token, "seen": ""}
    shared["forwarding"] = desk.forwarding.status()["words"] if desk.forwarding else ""
    return HTMLResponse(_ENVIRONMENT.get_template(template).render({**shared, **(context or {})}), status)


def part(template: str, context: Mapping[str, Any]) -> HTMLResponse:
    """Answer with a part of a page, which a script puts into its place."""
    return HTMLResponse(text(template, context))


def text(template: str, context: Mapping[str, Any]) -> str:
    """Give a part of a page for an answer that has more to say."""
    return _ENVIRONMENT.get_template(template).render(context)


def missing(desk: Desk, request: Request, what: str) -> HTMLResponse:
    """Answer that something is not there, or no more."""
    return page(desk, request, "missing.html", {"what": what}, 404)

"""``/debugger/reports``: live clients post to it, and the page reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from analytics_mixpanel.debugger.answers import Refused, as_json
from analytics_mixpanel.debugger.bodies import read_body
from analytics_mixpanel.debugger.reports.reports import Reports

if TYPE_CHECKING:
    from starlette.requests import Request

    from analytics_mixpanel.debugger.desk import Desk

PATH: Final = "/debugger/reports"
#: A report's bytes, and its messages; a client sends less.
MOST_BYTES: Final = 4 * 1024 * 1024
MOST_MESSAGES: Final = 2_000


def routes(desk: Desk) -> list[BaseRoute]:
    """Give the routes; who may come to them was decided before."""
    reports = desk.reports = Reports(desk)

    async def take(request: Request) -> Response:
        try:
            report, messages = _read(await read_body(request, MOST_BYTES))
            await run_in_threadpool(reports.take, report, messages)
        except Refused as refused:
            return PlainTextResponse(f"{refused.error}\n", refused.status)
        except ValueError as error:
            return PlainTextResponse(f"{error}\n", 400)
        return Response(status_code=204)

    async def show(_: Request) -> Response:
        return as_json({"clients": reports.shown()})

    return [Route(PATH, take, methods=["POST"]), Route(PATH, show, methods=["GET"])]


def _read(body: bytes) -> tuple[dict[str, Any], list[Any]]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ValueError("the report is no JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("report"), dict):
        raise ValueError("report, missing or no object")  # noqa: TRY004 - of a document
    messages = document.get("messages", [])
    if not isinstance(messages, list) or len(messages) > MOST_MESSAGES:
        raise ValueError(f"messages must be a list of at most {MOST_MESSAGES}")
    return document["report"], messages

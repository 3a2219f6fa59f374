"""Decode: what somebody pastes, read."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from analytics_mixpanel.debugger.decoding import DecodedRecord, decode
from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.views.asked import in_thread, text_of
from analytics_mixpanel.debugger.views.rendering import page, part
from analytics_mixpanel.debugger.views.shown.advice import mend
from analytics_mixpanel.debugger.views.shown.copies import as_json as json_text

_SHOWN: Final = 200


def routes(desk: Desk) -> list[BaseRoute]:
    """Give the addresses of the view."""

    def show(request: Request) -> Response:
        return page(desk, request, "decode.html")

    def read(content: dict[str, Any]) -> Response:
        found = decode(text_of(content, "text"), desk.now)
        records = [_record(each) for each in found.records[:_SHOWN]]
        left = len(found.records) - len(records)
        return part("decoded.html", {"found": found, "records": records, "left": left})

    return [Route("/debugger/decode", show), Route("/debugger/decode", in_thread(read), methods=["POST"])]


def _record(record: DecodedRecord) -> dict[str, Any]:
    return {"record": record, "todo": mend(record.message), "text": json_text(record.body)}

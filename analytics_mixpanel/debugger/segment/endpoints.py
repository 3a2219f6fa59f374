"""The routes of Segment's HTTP API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from analytics_mixpanel.debugger import answers, reading
from analytics_mixpanel.debugger.answers import Refused
from analytics_mixpanel.debugger.bodies import read_body
from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.segment.requests import Sent, read_batch, read_single
from analytics_mixpanel.debugger.segment.taking import Taking

#: Last part of the path → type of the message; the short ones are those of analytics.js.
SINGLE: Final = {
    name: kind
    for kind in ("track", "identify", "page", "screen", "group", "alias")
    for name in (kind, kind[0])
    if (name, kind) != ("s", "screen")
}
BATCHES: Final = ("batch", "b", "import")
_LARGEST: Final = 10 * 1024 * 1024  # what Segment refuses is still shown, within reason

_Reader = Callable[[bytes, str], Sent]


def routes(desk: Desk) -> list[BaseRoute]:
    """Give the routes; guard.crossing opens them to web pages."""
    api = _Api(desk)
    found = [("/v1/" + name, api.taking(read_batch)) for name in BATCHES]
    found += [("/v1/" + name, api.taking(_single(kind))) for name, kind in SINGLE.items()]
    return [
        *(Route(path, take, methods=["POST"]) for path, take in found),
        Route("/v1/m", _ignore, methods=["POST"]),
        Route("/v1/projects/{key}/settings", api.settings, methods=["GET"]),
    ]


@frozen
class _Api:
    """What is behind the routes."""

    _desk: Desk

    def taking(self, read: _Reader) -> Callable[[Request], Awaitable[Response]]:
        """Give an endpoint that takes what ``read`` finds in a body."""

        async def take(request: Request) -> Response:
            try:
                body = await read_body(request, _LARGEST)
                body = reading.inflated(body, request.headers.get("content-encoding", "").lower(), _LARGEST)
                sent = read(body, request.headers.get("authorization", ""))
            except Refused as refusal:
                self._note_error(request, refusal.error)
                return answers.as_json({"success": False, "message": refusal.error}, refusal.status)
            self._take(request, sent)
            return answers.as_json({"success": True})

        return take

    async def settings(self, request: Request) -> Response:
        """Tell analytics.js where to post: here."""
        host = f"{request.url.netloc}/v1"
        segment = {"apiKey": request.path_params["key"], "apiHost": host, "protocol": "http"}
        return answers.as_json({"integrations": {"Segment.io": segment}})

    def _take(self, request: Request, sent: Sent) -> None:
        store, number = self._desk.store, request.state.request
        with store.writing():
            verdict = Taking(self._desk, number, sent).take()
            store.close_request(
                number,
                accepted=verdict.accepted,
                rejected=len(verdict.failures),
                dropped=verdict.dropped,
                duplicates=verdict.duplicates,
            )

    def _note_error(self, request: Request, error: str) -> None:
        with self._desk.store.writing():
            self._desk.store.close_request(request.state.request, error=error)


def _single(kind: str) -> _Reader:
    def read(body: bytes, authorization: str) -> Sent:
        return read_single(body, authorization, kind)

    return read


async def _ignore(_: Request) -> Response:
    """Answer the measurements that analytics.js takes of itself."""
    return answers.as_json({"success": True})

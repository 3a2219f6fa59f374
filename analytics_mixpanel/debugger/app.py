"""The stand-in's endpoints: from a request to an answer.

    request → recording → faults → here: authenticate, inflate, decode → events, updates → store
                                                                answer ← verdict ←

No rule for a record is here, and no SQL.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson
from attrs import define, field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from analytics_mixpanel.debugger import answers, reading
from analytics_mixpanel.debugger.answers import Refused
from analytics_mixpanel.debugger.batch import Source, Verdict
from analytics_mixpanel.debugger.events import Events
from analytics_mixpanel.debugger.limits import Limits, Rate
from analytics_mixpanel.debugger.projects import Projects, read_authorization
from analytics_mixpanel.debugger.reading import Reading
from analytics_mixpanel.debugger.store import Store
from analytics_mixpanel.debugger.updates import GROUP, USER, Kind, Updates

_Endpoint = Callable[[Request], Awaitable[Response]]

IMPORT: Final = "/import"
TRACK: Final = "/track"
ENGAGE: Final = "/engage"
GROUPS: Final = "/groups"
# Mixpanel documents no gzip here; what arrives so cannot be read.
_NEVER_ZIPPED: Final = (ENGAGE, GROUPS)


@define(eq=False)
class Endpoints:
    """What is behind the routes."""

    _store: Store
    _projects: Projects
    _limits: Limits
    _now: Callable[[], float]
    _rates: dict[str, Rate] = field(init=False, factory=dict)
    _events: Events = field(init=False)
    _updates: Updates = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._events = Events(self._store, self._projects, self._limits, self._now)
        self._updates = Updates(self._store, self._projects, self._limits, self._now)

    def app(self) -> Starlette:
        """Give the application that serves them."""
        methods = ["GET", "POST"]
        routes = [
            Route(path + slash, self._answering(handler, importing=path == IMPORT), methods=methods)
            for path, handler in (
                (IMPORT, self._import),
                (TRACK, self._track),
                (ENGAGE, self._engage),
                (GROUPS, self._groups),
            )
            for slash in ("", "/")
        ]
        routes += [
            Route("/v1/batch", self._answering(self._segment, importing=False), methods=["POST"]),
            Route("/api/app/validate-project-credentials/", self._validate, methods=["POST"]),
        ]
        return Starlette(routes=routes)

    async def _import(self, request: Request) -> Response:
        header = request.headers.get("authorization", "")
        project_id = request.query_params.get("project_id", "")
        token = self._projects.authenticate(header, project_id) if header else ""
        body = await self._body(request)
        read = self._read(request, body, lines=True)
        token = token or self._projects.authenticate("", project_id, read.options.get("api_key", ""))
        self._hold(token, len(body))
        self._count(read, self._limits.events)
        if self._events.has_forbidden_verbs(read.records, token):
            self._note_error(request, answers.SIMPLIFIED)
            return answers.simplified()
        # The clients that send a form expect the answer that a JSON sender gets for strict=0.
        strict = read.asks("strict", "0" if read.form else "1")
        verdict = self._events.take_imported(
            read.records, token, _source(request, IMPORT, read), strict=strict
        )
        self._note(request, verdict)
        if strict:
            return answers.imported(verdict.accepted, verdict.failures)
        return answers.loosely_imported(verdict.accepted, verdict.failures, verbose=read.asks("verbose"))

    async def _track(self, request: Request) -> Response:
        return await self._take(request, TRACK, self._limits.events, self._events.take_tracked)

    async def _engage(self, request: Request) -> Response:
        return await self._update(request, ENGAGE, self._limits.profile_updates, USER)

    async def _groups(self, request: Request) -> Response:
        return await self._update(request, GROUPS, self._limits.group_updates, GROUP)

    async def _update(self, request: Request, endpoint: str, most: int, kind: Kind) -> Response:
        def take(records: list[Any], source: Source) -> Verdict:
            return self._updates.take(records, kind, source)

        return await self._take(request, endpoint, most, take)

    async def _take(
        self, request: Request, endpoint: str, most: int, take: Callable[[list[Any], Source], Verdict]
    ) -> Response:
        """Do what ``/track``, ``/engage`` and ``/groups`` have in common."""
        body = await self._body(request)
        try:
            read = self._read(request, body)
            self._count(read, most)
        except Refused as refusal:
            if refusal.status != 400:
                raise
            self._note_error(request, refusal.error)
            verbose = request.query_params.get("verbose", "") not in ("", "0")
            return answers.taken(ok=False, error=refusal.error, verbose=verbose)
        verdict = take(read.records, _source(request, endpoint, read))
        self._note(request, verdict)
        if read.asks("strict"):
            return answers.per_record(verdict.accepted, verdict.failures)
        return answers.taken(
            ok=verdict.accepted > 0,
            error=verdict.failures[0].message if verdict.failures else None,
            verbose=read.asks("verbose"),
            callback=read.options.get("callback", ""),
            pixel=read.asks("img"),
        )

    async def _segment(self, request: Request) -> Response:
        """Keep the messages of one of Segment's clients as they are."""
        body = await self._body(request)
        try:
            messages = list(orjson.loads(body)["batch"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise Refused(400, answers.MALFORMED) from None
        write_key = read_authorization(request.headers.get("authorization", "")).user
        rows = [(request.state.request, write_key, self._now(), orjson.dumps(m)) for m in messages]
        with self._store.writing():
            self._store.add_segment_messages(rows)
        self._note(request, Verdict(accepted=len(rows)))
        return answers.as_json({"success": True})

    async def _validate(self, request: Request) -> Response:
        """Say whether a token is a project's; the bodies are ours, only the address is known."""
        try:
            token = orjson.loads(await request.body())["project_token"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return answers.refused(400, answers.MALFORMED, importing=False)
        if not isinstance(token, str) or not token or self._projects.find(token) is None:
            return answers.refused(401, answers.INVALID_CREDENTIALS, importing=False)
        return answers.as_json({"status": "ok", "results": {"valid": True}})

    async def _body(self, request: Request) -> bytes:
        """Read and inflate a body; past the limit it is read and forgotten, so that its sender sees a 413."""
        if request.method == "POST" and "content-length" not in request.headers:
            raise Refused(411, answers.NO_LENGTH)  # that it is refused is known, the status is ours
        limit = self._limits.request_bytes
        chunks, size = [], 0
        async for chunk in request.stream():
            size += len(chunk)
            if size <= limit:
                chunks.append(chunk)
        if size > limit:
            raise Refused(413, answers.too_large(limit))
        encoding = request.headers.get("content-encoding", "").lower()
        if request.scope["path"].rstrip("/") in _NEVER_ZIPPED:
            encoding = ""
        return reading.inflated(b"".join(chunks), encoding, limit)

    def _read(self, request: Request, body: bytes, *, lines: bool = False) -> Reading:
        kind = request.headers.get("content-type", "")
        return reading.read(body, kind, dict(request.query_params), lines=lines)

    def _hold(self, token: str, size: int) -> None:
        """Hold a project to its rate."""
        rate = self._rates.setdefault(token, Rate())
        if not rate.take(size, self._now(), self._limits.bytes_per_minute):
            raise Refused(429, answers.RATE_LIMITED)

    def _count(self, read: Reading, most: int) -> None:
        if not read.records:
            raise Refused(400, answers.EMPTY)
        if len(read.records) > most:
            # The status is not known; 413 tells a sender what to do about it.
            raise Refused(413, answers.too_many(most))

    def _note(self, request: Request, verdict: Verdict) -> None:
        with self._store.writing():
            self._store.close_request(
                request.state.request,
                accepted=verdict.accepted,
                rejected=len(verdict.failures),
                dropped=verdict.dropped,
                duplicates=verdict.duplicates,
            )

    def _note_error(self, request: Request, error: str) -> None:
        with self._store.writing():
            self._store.close_request(request.state.request, error=error)

    def _answering(self, handler: _Endpoint, *, importing: bool) -> _Endpoint:
        """Turn the refusals of a handler into answers."""

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except Refused as refusal:
                self._note_error(request, refusal.error)
                return answers.refused(refusal.status, refusal.error, importing=importing)

        return answer


def _source(request: Request, endpoint: str, read: Reading) -> Source:
    # Mixpanel looks the sender's address up unless told not to.
    return Source(request.state.request, endpoint, senders_place=read.asks("ip", "1"))

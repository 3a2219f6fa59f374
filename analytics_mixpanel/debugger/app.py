"""The stand-in's endpoints: from a request to an answer.

    request → recording → faults → here: authenticate, inflate, decode → events, updates → store
                                                                answer ← verdict ←

No rule for a record is here, and no SQL.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from attrs import define, field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from analytics_mixpanel.debugger import answers, credentials, reading
from analytics_mixpanel.debugger.answers import Refused
from analytics_mixpanel.debugger.batch import Source, Verdict
from analytics_mixpanel.debugger.bodies import read_body
from analytics_mixpanel.debugger.credentials import Validation
from analytics_mixpanel.debugger.events import Events
from analytics_mixpanel.debugger.forwarding import Consignment
from analytics_mixpanel.debugger.intake import Endpoint, Intake
from analytics_mixpanel.debugger.limits import Limits, Rate
from analytics_mixpanel.debugger.projects import Credentials, Projects, read_authorization
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
    _forward: Callable[[Consignment], None] | None = None
    _rates: dict[str, Rate] = field(init=False, factory=dict)
    _events: Events = field(init=False)
    _updates: Updates = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._events = Events(self._store, self._projects, self._limits, self._now)
        self._updates = Updates(self._store, self._projects, self._limits, self._now)

    def intake(self) -> Intake:
        """Give what takes in records that come by another way."""
        return Intake(self._store, self._projects, self._events, self._updates)

    def app(self, *others: BaseRoute) -> Starlette:
        """Give the application that serves them, and the routes of others."""
        methods = ["GET", "POST"]
        routes: list[BaseRoute] = [
            Route(path + slash, self._answering(handler, importing=path == IMPORT), methods=methods)
            for path, handler in (
                (IMPORT, self._import),
                (TRACK, self._track),
                (ENGAGE, self._engage),
                (GROUPS, self._groups),
            )
            for slash in ("", "/")
        ]
        validate = Validation(self._projects)
        routes += [
            Route(credentials.PATH, self._answering(validate, importing=False), methods=["POST"]),
        ]
        return Starlette(routes=[*routes, *others])

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
        self._pass_on("import", request, read, verdict)
        if strict:
            return answers.imported(verdict.accepted, verdict.failures)
        return answers.loosely_imported(verdict.accepted, verdict.failures, verbose=read.asks("verbose"))

    async def _track(self, request: Request) -> Response:
        return await self._take(request, "track", self._limits.events, self._events.take_tracked)

    async def _engage(self, request: Request) -> Response:
        return await self._update(request, "engage", self._limits.profile_updates, USER)

    async def _groups(self, request: Request) -> Response:
        return await self._update(request, "groups", self._limits.group_updates, GROUP)

    async def _update(self, request: Request, endpoint: Endpoint, most: int, kind: Kind) -> Response:
        def take(records: list[Any], source: Source) -> Verdict:
            return self._updates.take(records, kind, source)

        return await self._take(request, endpoint, most, take)

    async def _take(
        self, request: Request, endpoint: Endpoint, most: int, take: Callable[[list[Any], Source], Verdict]
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
        verdict = take(read.records, _source(request, f"/{endpoint}", read))
        self._note(request, verdict)
        self._pass_on(endpoint, request, read, verdict)
        if read.asks("strict"):
            return answers.per_record(verdict.accepted, verdict.failures)
        return answers.taken(
            ok=verdict.accepted > 0,
            error=verdict.failures[0].message if verdict.failures else None,
            verbose=read.asks("verbose"),
            callback=read.options.get("callback", ""),
            pixel=read.asks("img"),
        )

    async def _body(self, request: Request) -> bytes:
        """Read and inflate a body."""
        if request.method == "POST" and "content-length" not in request.headers:
            raise Refused(411, answers.NO_LENGTH)  # that it is refused is known, the status is ours
        limit = self._limits.request_bytes
        body = await read_body(request, limit)
        encoding = request.headers.get("content-encoding", "").lower()
        if request.scope["path"].rstrip("/") in _NEVER_ZIPPED:
            encoding = ""
        return reading.inflated(body, encoding, limit)

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

    def _pass_on(self, endpoint: Endpoint, request: Request, read: Reading, verdict: Verdict) -> None:
        """Have what was accepted passed on, with the credentials that it came with."""
        if self._forward is None:
            return
        failed = {failure.index for failure in verdict.failures}
        records = [record for index, record in enumerate(read.records) if index not in failed]
        header = request.headers.get("authorization", "")
        credentials = read_authorization(header) if header else Credentials(read.options.get("api_key", ""))
        project_id = request.query_params.get("project_id")
        geolocate = read.asks("ip", "1")
        self._forward(Consignment(endpoint, records, credentials, project_id, geolocate))

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

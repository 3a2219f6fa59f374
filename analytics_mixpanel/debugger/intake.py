"""Takes in records that did not come by Mixpanel's endpoints, and says where each was kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from analytics_mixpanel.debugger import answers
from analytics_mixpanel.debugger.answers import Failure
from analytics_mixpanel.debugger.batch import Source, Verdict, reject
from analytics_mixpanel.debugger.events import Events
from analytics_mixpanel.debugger.projects import Projects
from analytics_mixpanel.debugger.store import Store
from analytics_mixpanel.debugger.updates import GROUP, USER, Updates

#: The last part of the endpoint's path that a record is for.
Endpoint: TypeAlias = Literal["import", "track", "engage", "groups"]
State: TypeAlias = Literal["accepted", "duplicate", "rejected", "dropped"]
#: Which table a row is in: ``events``, ``operations`` or ``rejections``.
Kind: TypeAlias = Literal["event", "operation", "rejection"]

# Where a record for an endpoint can end up.
_EVENTS: Final[tuple[tuple[Kind, str], ...]] = (("event", "events"), ("rejection", "rejections"))
_UPDATES: Final[tuple[tuple[Kind, str], ...]] = (("operation", "operations"), ("rejection", "rejections"))


@frozen
class Fate:
    """What became of one record.

    Attributes:
        state: "dropped" is answered with yes and not kept, as Mixpanel does with what it ignores.
        kind: of the row that was kept, or None where there is none.
        row: its id, or 0.
        failure: why it was rejected, or None.
    """

    state: State
    kind: Kind | None = None
    row: int = 0
    failure: Failure | None = None


@frozen
class Intake:
    """Ingestion without HTTP: the same rules, the same store."""

    _store: Store
    _projects: Projects
    _events: Events
    _updates: Updates

    def take(self, records: Sequence[Any], kind: Endpoint, token: str, request: int = 0) -> list[Fate]:
        """Take in records as an endpoint would.

        Args:
            records: in Mixpanel's form.
            kind: the endpoint they are for.
            token: of their project; the credentials that ``/import`` would have come with.
            request: id of the request that brought them, or 0.
        """
        source, token = Source(request, f"/{kind}"), self.project_of(token)
        with self._store.writing():
            return [self._take(record, kind, token, source) for record in records]

    def project_of(self, token: str) -> str:
        """Give the name that the project of a token is kept under."""
        return self._projects.name(token)

    def _take(self, record: Any, kind: Endpoint, token: str, source: Source) -> Fate:
        tables = _EVENTS if kind in ("import", "track") else _UPDATES
        before = [self._store.newest(table) for _, table in tables]
        verdict = self._verdict(record, kind, token, source)
        failure = verdict.failures[0] if verdict.failures else None
        for (row, table), known in zip(tables, before, strict=True):
            if (newest := self._store.newest(table)) > known:
                return Fate(_state(verdict), row, newest, failure)
        if verdict.duplicates:
            insert_id = str(record["properties"].get("$insert_id"))
            return Fate("duplicate", "event", self._store.find_event(token, insert_id) or 0)
        return Fate(_state(verdict), failure=failure)

    def _verdict(self, record: Any, kind: Endpoint, token: str, source: Source) -> Verdict:
        if kind == "track":
            return self._events.take_tracked([record], source)
        if kind == "import":
            return self._import(record, token, source)
        return self._updates.take([record], USER if kind == "engage" else GROUP, source)

    def _import(self, record: Any, token: str, source: Source) -> Verdict:
        refusal = self._refusal(record, token)
        if refusal is None:
            return self._events.take_imported([record], token, source, strict=True)
        failure = Failure(0, refusal)
        reject(self._store, source, [failure], [record])
        return Verdict(failures=[failure])

    def _refusal(self, record: Any, token: str) -> str | None:
        """Say why ``/import`` would refuse the whole request, or None."""
        if self._projects.find(token) is None or not token:
            return answers.INVALID_CREDENTIALS
        return answers.SIMPLIFIED if self._events.has_forbidden_verbs([record], token) else None


def _state(verdict: Verdict) -> State:
    if verdict.failures:
        return "rejected"
    if verdict.dropped:
        return "dropped"
    return "duplicate" if verdict.duplicates else "accepted"

"""One request's events on their way into the store."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import orjson
from attrs import define, field, frozen

from analytics_mixpanel.debugger.answers import Failure
from analytics_mixpanel.debugger.identity import Identity
from analytics_mixpanel.debugger.keeping import encoded, event_properties, readable
from analytics_mixpanel.debugger.limits import Limits
from analytics_mixpanel.debugger.projects import Project
from analytics_mixpanel.debugger.store import Store
from analytics_mixpanel.debugger.validation import FUTURE, Fault, seconds


@frozen
class Source:
    """Where records come from.

    Attributes:
        request: its id in the store.
        endpoint: ``/import`` and so on.
        senders_place: whether the request's own address may be looked up.
    """

    request: int
    endpoint: str
    senders_place: bool = False


@define
class Verdict:
    """What became of a request's records.

    Attributes:
        accepted: taken, those included that are then dropped.
        dropped: answered with yes and not kept.
        duplicates: kept in the place of an equal one.
        failures: refused.
    """

    accepted: int = 0
    dropped: int = 0
    duplicates: int = 0
    failures: list[Failure] = field(factory=list)


@define
class EventBatch:
    """Gathers the events of one request; used inside ``Store.writing()``."""

    _store: Store
    _source: Source
    _limits: Limits
    now: float
    _rows: list[tuple[Any, ...]] = field(init=False, factory=list)
    _refused: list[Any] = field(init=False, factory=list)
    _verdict: Verdict = field(init=False, factory=Verdict)

    def refuse(self, index: int, record: Any, fault: Fault) -> None:
        """Note a record that is not taken."""
        at, message = fault
        properties = record.get("properties") if isinstance(record, dict) else None
        insert_id = properties.get("$insert_id") if isinstance(properties, dict) else None
        insert_id = insert_id if isinstance(insert_id, str) else ""
        self._verdict.failures.append(Failure(index, *map(readable, (message, at, insert_id))))
        self._refused.append(record)

    def drop(self) -> None:
        """Note a record that is answered with yes and not kept."""
        self._verdict.accepted += 1
        self._verdict.dropped += 1

    def add(self, record: dict[str, Any], token: str, project: Project) -> None:
        """Keep an event, under the id that the project's way of merging gives it."""
        if "$ignore" in record["properties"]:
            self.drop()
            return
        properties = self._kept(record)
        identity = Identity(token, self._store, self._limits.cluster)
        if project.merge == "simplified":
            properties["distinct_id"] = identity.simplified(properties)
        self._append(record["event"], token, identity.original(properties), properties)

    def add_verb(self, record: dict[str, Any], token: str) -> None:
        """Keep an identity event, and merge what it says."""
        properties = self._kept(record)
        identity = Identity(token, self._store, self._limits.cluster)
        self._append(record["event"], token, identity.apply(record["event"], properties), properties)

    def finish(self) -> Verdict:
        """Write it all and give the verdict."""
        self._verdict.duplicates = self._store.add_events(self._rows)
        reject(self._store, self._source, self._verdict.failures, self._refused)
        return self._verdict

    def _kept(self, record: dict[str, Any]) -> dict[str, Any]:
        place = self._source.senders_place
        return event_properties(record["properties"], self._limits.text, senders_place=place)

    def _append(self, event: str, token: str, distinct_id: str, properties: dict[str, Any]) -> None:
        moment = seconds(properties.get("time"))
        if moment is None or moment > self.now + FUTURE:
            moment = self.now  # what /import does not let through, /track overwrites
        # An event without an id gets one, and is never found to be a duplicate.
        insert_id = str(properties.get("$insert_id") or uuid.uuid4().hex)
        source = (self._source.request, token, self._source.endpoint, self.now)
        self._rows.append(
            (*source, event, distinct_id, round(moment * 1000), insert_id, orjson.dumps(properties))
        )
        self._verdict.accepted += 1


def reject(store: Store, source: Source, failures: Iterable[Failure], records: Iterable[Any]) -> None:
    """Keep refused records with their reasons."""
    store.add_rejections(
        (source.request, source.endpoint, f.index, f.field, f.message, f.insert_id, encoded(record))
        for f, record in zip(failures, records, strict=True)
    )

"""Takes in events: what ``/import`` and ``/track`` do with their records, once they are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from attrs import frozen

from analytics_mixpanel.debugger.batch import EventBatch, Source, Verdict
from analytics_mixpanel.debugger.identity import VERBS
from analytics_mixpanel.debugger.limits import Limits
from analytics_mixpanel.debugger.projects import Project, Projects
from analytics_mixpanel.debugger.store import Store
from analytics_mixpanel.debugger.validation import (
    Rules,
    find_fault,
    find_overgrowth,
    find_tracked_fault,
    seconds,
)

_TRACKED_FOR: Final = 5 * 86_400.0


@frozen
class Events:
    """The part of the stand-in that takes events."""

    _store: Store
    _projects: Projects
    _limits: Limits
    _now: Callable[[], float]

    def has_forbidden_verbs(self, records: Sequence[Any], token: str) -> bool:
        """Say whether identity events are among the records of a project that merges without them."""
        project = self._projects.find(token)
        return project is not None and project.merge == "simplified" and any(map(_is_verb, records))

    def take_imported(self, records: Sequence[Any], token: str, source: Source, *, strict: bool) -> Verdict:
        """Keep the valid ones of the records of ``/import``; the credentials were for ``token``."""
        batch = EventBatch(self._store, source, self._limits, self._now())
        project = self._projects.find(token) or Project()
        rules = Rules(batch.now, self._limits, project.merge, strict)
        with self._store.writing():
            for index, record in enumerate(records):
                is_verb = _is_verb(record)
                fault = find_overgrowth(record["properties"], rules) if is_verb else find_fault(record, rules)
                if fault:
                    batch.refuse(index, record, fault)
                elif is_verb:
                    batch.add_verb(record, self._token_of(record, token))
                else:
                    batch.add(record, self._token_of(record, token), project)
            return batch.finish()

    def take_tracked(self, records: Sequence[Any], source: Source) -> Verdict:
        """Keep the valid ones of the records of ``/track``; an unknown token is not refused."""
        batch = EventBatch(self._store, source, self._limits, self._now())
        rules = Rules(batch.now, self._limits)
        with self._store.writing():
            for index, record in enumerate(records):
                if fault := find_tracked_fault(record, rules):
                    batch.refuse(index, record, fault)
                else:
                    self._track(batch, record)
            return batch.finish()

    def _track(self, batch: EventBatch, record: dict[str, Any]) -> None:
        token = record["properties"]["token"]
        project = self._projects.find(token)
        if project is None or _is_too_old(record, batch.now):
            batch.drop()
        elif not _is_verb(record):
            batch.add(record, self._projects.name(token), project)
        elif project.merge == "original":
            batch.add_verb(record, self._projects.name(token))
        else:
            batch.drop()  # simplified merging ignores identity events here

    def _token_of(self, record: dict[str, Any], token: str) -> str:
        """Give the project of an imported event: where every token is a project, the event may name it."""
        own = record["properties"].get("token")
        return self._projects.name(own) if self._projects.open and isinstance(own, str) and own else token


def _is_verb(record: Any) -> bool:
    return (
        isinstance(record, dict)
        and isinstance(record.get("event"), str)
        and record["event"] in VERBS
        and isinstance(record.get("properties"), dict)
    )


def _is_too_old(record: dict[str, Any], now: float) -> bool:
    moment = seconds(record["properties"].get("time"))
    return moment is not None and moment < now - _TRACKED_FOR

"""A message on its way: kept, translated, taken in as records, and linked to them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

import orjson
from attrs import define, field

from analytics_mixpanel.debugger.batch import Verdict
from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.forwarding import Consignment
from analytics_mixpanel.debugger.intake import Fate
from analytics_mixpanel.debugger.projects import Credentials
from analytics_mixpanel.debugger.segment.checking import Problem, find_problems, problem
from analytics_mixpanel.debugger.segment.completing import completed
from analytics_mixpanel.debugger.segment.requests import Sent
from analytics_mixpanel.debugger.translating import MadeRecord
from analytics_mixpanel.integrations import is_for

_NAMES: Final = ("Mixpanel", "Mixpanel (Actions)", "Actions Mixpanel")
_ELSEWHERE: Final = "integrations says that this message is not for Mixpanel, so nothing is sent for it"
_REPEATED: Final = "Segment drops this message: one with the same messageId has come before"


@define(eq=False)
class Taking:
    """The messages of one request, in order."""

    _desk: Desk
    _request: int
    _sent: Sent
    verdict: Verdict = field(init=False, factory=Verdict)
    _project: str = field(init=False)
    _accepted: list[MadeRecord] = field(init=False, factory=list)

    def __attrs_post_init__(self) -> None:
        self._project = self._desk.project_of(self._sent.write_key)

    def take(self) -> Verdict:
        """Take them all, and count their records."""
        with self._desk.store.writing():
            for message in self._sent.messages:
                self._take(message)
        self._pass_on()
        return self.verdict

    def _pass_on(self) -> None:
        """Have what was accepted passed on in its order, with the write key as the token."""
        if self._desk.forwarding is None:
            return
        for endpoint, made in groupby(self._accepted, key=lambda record: record.endpoint):
            records = [record.body for record in made]
            credentials = Credentials(self._sent.write_key)
            self._desk.forwarding.pass_on(Consignment(endpoint, records, credentials))

    def _take(self, message: Any) -> None:
        if not isinstance(message, dict):
            message = {"type": "", "value": message}
        size = len(orjson.dumps(message))
        done = completed(message, self._sent.sent_at, self._desk.now())
        problems = [problem("warning", warning) for warning in self._sent.warnings]
        problems += find_problems(done, size)
        if earlier := self._desk.store.find_message(self._project, done["messageId"]):
            number = self._keep(done, [problem("warning", _REPEATED, "messageId"), *problems])
            self._desk.store.link(number, self._desk.store.links(earlier))
            self.verdict.duplicates += 1
            return
        if any(each["severity"] == "error" for each in problems):
            self._keep(done, problems)
            return
        if not is_for(done.get("integrations"), _NAMES):
            self._keep(done, [*problems, problem("warning", _ELSEWHERE, "integrations")])
            return
        self._translate(done, problems)

    def _translate(self, message: dict[str, Any], problems: list[Problem]) -> None:
        token = self._sent.write_key
        translated = self._desk.translate(message, token)
        number = self._keep(message, [*problems, *translated.errors])
        fates = []
        for record in translated.records:
            (fate,) = self._desk.ingest([record.body], record.endpoint, token, self._request)
            self._count(record, fate)
            fates.append(fate)
        self._desk.store.link(number, _rows(fates))

    def _count(self, record: MadeRecord, fate: Fate) -> None:
        if fate.failure is not None:
            self.verdict.failures.append(fate.failure)
        else:
            self._accepted.append(record)
            self.verdict.accepted += 1
            self.verdict.dropped += fate.state == "dropped"
            self.verdict.duplicates += fate.state == "duplicate"

    def _keep(self, message: dict[str, Any], problems: list[Problem]) -> int:
        row = (
            self._desk.now(),
            self._project,
            message["messageId"],
            str(message.get("type") or ""),
            _library(message),
            self._request,
            orjson.dumps(message),
            orjson.dumps(problems).decode(),
            "segment",
        )
        return self._desk.store.add_message(row)


def _rows(fates: list[Fate]) -> Iterator[tuple[str, int]]:
    for fate in fates:
        if fate.kind is not None:
            yield fate.kind, fate.row


def _library(message: dict[str, Any]) -> str:
    context = message.get("context")
    library = context.get("library") if isinstance(context, dict) else None
    if not isinstance(library, dict):
        return ""
    return " ".join(str(library[name]) for name in ("name", "version") if library.get(name))

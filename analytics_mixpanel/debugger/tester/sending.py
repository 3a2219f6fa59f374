"""The test event: a message goes through the mappings under test into the stand-in, as from a client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from attrs import asdict, frozen

from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.destination import destination
from analytics_mixpanel.debugger.intake import Fate

TOKEN = "TEST_EVENT"  # noqa: S105 - the stand-in takes any


@frozen
class SentRecord:
    """One record of the test event, and what became of it.

    Attributes:
        endpoint: ``import``, ``track``, ``engage`` or ``groups``.
        body: the record.
        preset: name of the mapping that made it.
        action: as ``trackEvent``.
        state: accepted, duplicate, rejected or dropped.
        reason: why it was rejected, or "".
        field: the field at fault, or "".
        kind: of the row that it is kept in: event, operation, rejection, or None.
        row: its id, or 0.
    """

    endpoint: str
    body: dict[str, Any]
    preset: str
    action: str
    state: str
    reason: str
    field: str
    kind: str | None
    row: int


@frozen
class TestEvent:
    """What became of a test event.

    Attributes:
        message: the id under which the message is kept.
        records: in their order.
        errors: objects with preset, action, message and field: mappings that could make no record.
        dropped: why nothing was sent, or "".
    """

    # pytest collects classes whose names begin so.
    __test__ = False

    message: int
    records: list[SentRecord]
    errors: list[dict[str, str]]
    dropped: str

    @property
    def ok(self) -> bool:
        """Whether something was sent and all of it was accepted."""
        taken = all(record.state in ("accepted", "duplicate") for record in self.records)
        return bool(self.records) and taken and not self.errors

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {**asdict(self), "ok": self.ok}


def send(
    desk: Desk, message: Any, mappings: Sequence[Mapping[str, Any]] | None = None, token: str = TOKEN
) -> TestEvent:
    """Send a test event to the stand-in.

    Args:
        desk: the stand-in's.
        message: in Segment's form, as it is to arrive: see ``renewed``.
        mappings: those under test, checked; None for the default ones.
        token: of the project.

    Raises:
        MappingError: a mapping cannot work.
    """
    answer = destination().as_sent(token, None if mappings is None else list(mappings))(message)
    with desk.store.writing():
        number = desk.store.add_message(_row(desk, message, token, answer["errors"]))
        sent = []
        for made in answer["records"]:
            (fate,) = desk.ingest([made["body"]], made["endpoint"], token)
            if fate.kind is not None:
                desk.store.link(number, [(fate.kind, fate.row)])
            sent.append(_sent(made, fate))
    return TestEvent(number, sent, list(answer["errors"]), answer["dropped"])


def _sent(made: Mapping[str, Any], fate: Fate) -> SentRecord:
    failure = fate.failure
    return SentRecord(
        **made,
        state=fate.state,
        reason=failure.message if failure else "",
        field=failure.field if failure else "",
        kind=fate.kind,
        row=fate.row,
    )


def _row(desk: Desk, message: Any, token: str, errors: Sequence[Mapping[str, str]]) -> tuple[Any, ...]:
    shown = message if isinstance(message, dict) else {"value": message}
    problems = orjson.dumps([{"severity": "error", **error} for error in errors]).decode()
    identity = (str(shown.get("messageId") or ""), str(shown.get("type") or ""))
    return (desk.now(), token, *identity, "test event", 0, orjson.dumps(shown), problems, "segment")

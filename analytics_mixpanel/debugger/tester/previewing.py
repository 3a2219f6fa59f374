"""What a message becomes by a list of mappings: each mapping by itself, and why it made nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from attrs import asdict, frozen

from analytics_mixpanel.debugger.destination import destination
from analytics_mixpanel.debugger.tester.explaining import Explanation, explain
from analytics_mixpanel.debugger.trace import Traced, Tracer

TOKEN = "YOUR_PROJECT_TOKEN"  # noqa: S105 - what stands for it


@frozen
class Result:
    """What one mapping made of a message.

    Attributes:
        index: of the mapping in the list.
        name: of the mapping.
        action: as ``trackEvent``.
        enabled: whether it is switched on.
        condition: why it holds for the message, or does not.
        records: what it made, each with the links to the message.
        errors: objects with message and field, where the condition holds and no record could be made.
    """

    index: int
    name: str
    action: str
    enabled: bool
    condition: Explanation
    records: list[Traced]
    errors: list[dict[str, str]]


@frozen
class Preview:
    """What a message becomes.

    Attributes:
        results: of each mapping in its order.
        summary: what will happen, in a sentence.
    """

    results: list[Result]
    summary: str

    @property
    def records(self) -> list[Traced]:
        """Everything that would be sent, in its order."""
        return [record for result in self.results for record in result.records]

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return asdict(self)


def preview(
    message: Any, mappings: Sequence[Mapping[str, Any]] | None = None, *, token: str = TOKEN
) -> Preview:
    """Show what a message becomes, without sending it.

    Args:
        message: in Segment's form; anything else gets a reason.
        mappings: in Segment's JSON form and checked; None for the default ones.
        token: the project token to show in the records.

    Raises:
        MappingError: a mapping cannot work.
    """
    every = in_force(mappings)
    tracer = tracer_of(every, token)
    results = [_result(index, mapping, message, tracer) for index, mapping in enumerate(every)]
    return Preview(results, _summary(results))


def in_force(mappings: Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """Answer mappings, or the default ones for None: Segment's presets and our additions to them."""
    if mappings is not None:
        return list(mappings)
    plugin = destination()
    return [*plugin.presets(), *plugin.additions()]


def tracer_of(mappings: Sequence[Mapping[str, Any]], token: str) -> Tracer:
    """Answer the tracer of a list of mappings; the last few stay compiled.

    Behind them are the additions to Segment's presets: where none are given they are in force, and what one
    of them made can be traced.
    """
    return _tracer(orjson.dumps([*mappings, *destination().additions()]), token)


@lru_cache(maxsize=8)
def _tracer(mappings: bytes, token: str) -> Tracer:
    return Tracer(orjson.loads(mappings), destination().as_sent, token)


def _result(index: int, mapping: Mapping[str, Any], message: Any, tracer: Tracer) -> Result:
    enabled = bool(mapping.get("enabled", True))
    why = explain(mapping["subscribe"], message)
    made = tracer.of_mapping(index, message) if enabled and why.holds else None
    return Result(
        index=index,
        name=mapping["name"],
        action=mapping["partnerAction"],
        enabled=enabled,
        condition=why,
        records=list(made.records) if made else [],
        errors=list(made.errors) if made else [],
    )


def _summary(results: Sequence[Result]) -> str:
    records = sum(len(result.records) for result in results)
    errors = sum(len(result.errors) for result in results)
    if records or errors:
        made = f"{records or 'no'} record{'' if records == 1 else 's'}"
        return made + (f", {errors} error{'' if errors == 1 else 's'}" if errors else "")
    if any(result.enabled and result.condition.holds for result in results):
        return "a condition holds, and its mapping makes no record of this message"
    if not any(result.enabled for result in results):
        return "nothing is sent: no mapping is switched on"
    return "nothing is sent: no condition holds"

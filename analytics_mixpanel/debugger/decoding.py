"""Reads what somebody pastes: the records in it, and what Mixpanel would say of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, TypeAlias, get_args

import orjson
from attrs import asdict, field, frozen

from analytics_mixpanel.debugger import reading
from analytics_mixpanel.debugger.answers import Failure, Refused
from analytics_mixpanel.debugger.batch import Source, Verdict
from analytics_mixpanel.debugger.events import Events
from analytics_mixpanel.debugger.limits import Limits
from analytics_mixpanel.debugger.pasted import FORM, Pasted, Unreadable, take_apart
from analytics_mixpanel.debugger.projects import Projects
from analytics_mixpanel.debugger.store import Store
from analytics_mixpanel.debugger.updates import GROUP, USER, Updates

#: Where records are for: Mixpanel's four endpoints, or messages in Segment's form.
Endpoint: TypeAlias = Literal["import", "track", "engage", "groups", "segment"]

_LIMIT: Final = 10 * 1024 * 1024
_TYPES: Final = frozenset({"track", "identify", "page", "screen", "group", "alias"})
_WORDS: Final = {
    "import": "events for /import",
    "track": "events for /track",
    "engage": "updates of users for /engage",
    "groups": "updates of groups for /groups",
    "segment": "messages in Segment's form",
}


@frozen
class DecodedRecord:
    """One record.

    Attributes:
        body: as it was sent.
        ok: whether Mixpanel would take it; None for a message in Segment's form, which it does not take.
        message: why not, or "".
        field: the field at fault, or "".
    """

    body: Any
    ok: bool | None
    message: str = ""
    field: str = ""


@frozen
class Decoded:
    """What was pasted.

    Attributes:
        form: what it was taken for, in words, as "base64, gzip: 3 events for /import".
        endpoint: where the records are for.
        records: with a verdict each.
        options: the parameters beside the records, without credentials.
        url: of the request, without its query, or "".
        problem: why it cannot be read, or "".
    """

    form: str = ""
    endpoint: Endpoint = "import"
    records: list[DecodedRecord] = field(factory=list)
    options: dict[str, str] = field(factory=dict)
    url: str = ""
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return asdict(self)


def decode(text: str, now: Callable[[], float] = time.time) -> Decoded:
    """Read a paste: base64 (of a ``data=`` payload, URL-encoded or of a gzip body), JSON, JSON lines, a form,
    an address, a curl command or an HTTP request.

    Args:
        text: as it was pasted.
        now: the clock, in seconds since 1970, that times are checked by.

    Returns:
        What it holds; with ``problem`` where it cannot be read.
    """
    if len(text) > _LIMIT:
        return Decoded(problem=f"it is longer than {_LIMIT:,} characters")
    try:
        pasted = take_apart(text)
    except Unreadable as error:
        return Decoded(problem=str(error))
    try:
        read = _read(pasted)
    except Refused as error:
        return Decoded(form=pasted.form, url=_shown(pasted.url), problem=error.error)
    endpoint = _endpoint(pasted.path, read.records)
    verdicts = _verdicts(read.records, endpoint, strict=read.asks("strict", "1"), now=now)
    return Decoded(
        form=f"{pasted.form}: {_counted(len(read.records), endpoint)}",
        endpoint=endpoint,
        records=verdicts,
        options={name: value for name, value in read.options.items() if name != "api_key"},
        url=_shown(pasted.url),
    )


def _read(pasted: Pasted) -> reading.Reading:
    body = reading.inflated(pasted.body, pasted.encoding, _LIMIT)
    kind = pasted.content_type
    if kind != FORM and body.lstrip()[:5] == b"data=":
        kind = FORM  # a form within base64, or one that is not called so
    if kind != FORM and _is_lines(body):
        kind = "application/x-ndjson"
    read = reading.read(body, kind, pasted.query, lines=True)
    batch = read.records[0].get("batch") if _is_alone(read.records) else None
    return reading.Reading(batch, read.options, form=False) if isinstance(batch, list) else read


def _is_alone(records: Sequence[Any]) -> bool:
    return len(records) == 1 and isinstance(records[0], dict)


def _is_lines(body: bytes) -> bool:
    """Tell whether a body is JSON lines: no JSON as a whole, but its first line is."""
    lines = body.strip().splitlines()
    if len(lines) < 2:
        return False
    try:
        orjson.loads(lines[0])
    except orjson.JSONDecodeError:
        return False
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return True
    return False


def _endpoint(path: str, records: Sequence[Any]) -> Endpoint:
    """Find where records are for: by the address, else by what the first one looks like."""
    last = path.rstrip("/").rpartition("/")[2]
    if "/v1/" in path:
        return "segment"
    if last in get_args(Endpoint):
        return last  # type: ignore[return-value]  # it was just looked up
    first = records[0] if records and isinstance(records[0], dict) else {}
    if "$group_key" in first or "$group_id" in first:
        return "groups"
    if "$distinct_id" in first:
        return "engage"
    if first.get("type") in _TYPES and "event" not in first.get("properties", {}) and "$token" not in first:
        return "segment"
    properties = first.get("properties")
    has_token = isinstance(properties, dict) and "token" in properties and "$insert_id" not in properties
    return "track" if has_token else "import"


def _verdicts(
    records: Sequence[Any], endpoint: Endpoint, *, strict: bool, now: Callable[[], float]
) -> list[DecodedRecord]:
    """Ask ingestion itself, over a store of its own that is thrown away."""
    if endpoint == "segment":
        return [DecodedRecord(record, None) for record in records]
    store = Store()
    try:
        verdict = _ingest(store, records, endpoint, strict=strict, now=now)
    finally:
        store.close()
    failures: dict[int, Failure] = {failure.index: failure for failure in verdict.failures}
    return [
        DecodedRecord(record, ok=False, message=failures[at].message, field=failures[at].field)
        if at in failures
        else DecodedRecord(record, ok=True)
        for at, record in enumerate(records)
    ]


def _ingest(
    store: Store, records: Sequence[Any], endpoint: Endpoint, *, strict: bool, now: Callable[[], float]
) -> Verdict:
    projects, limits, source = Projects(), Limits(), Source(0, f"/{endpoint}")
    if endpoint == "import":
        events = Events(store, projects, limits, now)
        return events.take_imported(records, "pasted", source, strict=strict)
    if endpoint == "track":
        return Events(store, projects, limits, now).take_tracked(records, source)
    kind = USER if endpoint == "engage" else GROUP
    return Updates(store, projects, limits, now).take(records, kind, source)


def _counted(count: int, endpoint: Endpoint) -> str:
    words = _WORDS[endpoint]
    return f"{count} {words if count != 1 else words.replace('s ', ' ', 1)}"


def _shown(url: str) -> str:
    """Give an address without user, password and query."""
    scheme, separator, rest = url.partition("?")[0].partition("#")[0].partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"

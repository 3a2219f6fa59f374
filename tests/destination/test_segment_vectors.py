"""What Segment's own destination answered, against what this one answers: all of it must agree."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from attrs import evolve

from analytics_mixpanel.errors import ConfigurationError, MappingError
from analytics_mixpanel.mapping import UNDEFINED
from analytics_mixpanel_destination.actions import ActionError, Project, action_named
from analytics_mixpanel_destination.actions.batch import perform_batch, statuses
from analytics_mixpanel_destination.actions.browser import browser
from analytics_mixpanel_destination.payload.errors import PayloadError
from analytics_mixpanel_destination.presets import default_mapping
from analytics_mixpanel_destination.preview import preview
from analytics_mixpanel_destination.segment_settings import segment_endpoints, validate_settings
from analytics_mixpanel_destination.subscription import compile_subscription
from analytics_mixpanel_destination.translate import Translator

Json = Any
VECTORS = Path(__file__).parent.parent / "vectors"
NOW = 1_700_000_000_123
SHOWN = 5


def test_the_schemas_coerce_as_segment() -> None:
    """A payload is coerced, or refused with the same errors at the same places."""
    _agree("schema", _schema_answer, _schema_result)


def test_browsers_are_named_as_by_segment() -> None:
    """A User-Agent gives the same browser and version."""
    _agree("browser", _browser_answer, lambda result: (result["browser"], result["version"]))


def test_the_presets_send_what_segment_sends() -> None:
    """Each message makes the same requests and errors under Segment's settings and presets."""
    _agree("preset", _preset_answer, _preset_result)


def test_each_action_sends_what_segment_sends() -> None:
    """A message makes the same records under any mapping; errors of the network are not compared."""
    _agree("action", _action_answer, _action_result)


def test_batches_are_sent_and_settled_as_by_segment() -> None:
    """A batch makes the same records, and each of its messages gets the same status."""
    _agree("batch", _batch_answer, _batch_result)


def _agree(kind: str, answer: Callable[[Json], Json], expected: Callable[[Json], Json]) -> None:
    differences: list[str] = []
    vectors = list(_load(kind))
    for vector in vectors:
        wanted, got = expected(vector["result"]), answer(vector["job"])
        if kind == "batch" and "multistatus" not in vector["result"]:
            del got["statuses"]
        differences.extend(f"{json.dumps(vector['job'])}\n  {line}" for line in _differences(got, wanted))
    shown = "\n".join(difference[-1500:] for difference in differences[:SHOWN])
    assert vectors
    assert not differences, f"{len(differences)} differences in {len(vectors)} vectors of {kind}:\n{shown}"


def _load(kind: str) -> Iterator[Json]:
    with gzip.open(VECTORS / f"{kind}.ndjson.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _differences(got: Json, wanted: Json, place: str = "$") -> list[str]:
    """Where two JSON values differ, numbers compared as JavaScript's."""
    if isinstance(got, dict) and isinstance(wanted, dict):
        names = sorted(got.keys() | wanted.keys())
        missing: Json = "<absent>"
        pairs = [(f"{place}.{name}", got.get(name, missing), wanted.get(name, missing)) for name in names]
    elif isinstance(got, (list, tuple)) and isinstance(wanted, (list, tuple)) and len(got) == len(wanted):
        pairs = [(f"{place}[{at}]", *pair) for at, pair in enumerate(zip(got, wanted, strict=True))]
    else:
        return [] if _same(got, wanted, place) else [f"{place}: got {got!r}, Segment has {wanted!r}"]
    return [line for at, one, other in pairs for line in _differences(one, other, at)]


def _same(got: Json, wanted: Json, place: str) -> bool:
    if isinstance(got, (int, float)) and isinstance(wanted, (int, float)):
        return isinstance(got, bool) == isinstance(wanted, bool) and float(got) == float(wanted)
    if place.endswith("$insert_id") and re.search("rnd[0-9]{5}rnd[0-9]{5}", str(wanted)):
        return isinstance(got, str) and len(got) == len(wanted)
    return type(got) is type(wanted) and bool(got == wanted)


def _schema_answer(job: Json) -> Json:
    try:
        payload = action_named(job["action"]).schema.coerce(job["payload"])
    except PayloadError as error:
        errors = [{"message": each.message, "path": each.path} for each in error.errors]
        return {"ok": False, "error": str(error), "errors": errors}
    return {"ok": True, "payload": payload}


def _schema_result(result: Json) -> Json:
    return {key: value for key, value in result.items() if key != "nonFinite"}


def _browser_answer(job: Json) -> Json:
    return browser(job["ua"])


def _preset_answer(job: Json) -> Json:
    try:
        settings = validate_settings(job["settings"])
    except ConfigurationError as error:
        return {"settings": str(error)}
    translator = Translator(token=settings["projectToken"], source_name=settings.get("sourceName"), now=_now)
    return preview(translator, job["event"], segment_endpoints(settings))


def _preset_result(result: Json) -> Json:
    if result.get("stage") == "settings":
        return {"settings": result["error"]}
    requests = [each for request in result["requests"] for each in _one_record_each(request)]
    errors = [{key: error[key] for key in ("preset", "action", "message")} for error in result["errors"]]
    return {"requests": requests, "errors": errors}


def _one_record_each(request: Json) -> list[Json]:
    single = {key: request[key] for key in request if key != "headers"}
    return [{**single, "json": [each]} for each in request["json"]] if "json" in request else [single]


def _action_answer(job: Json) -> Json:
    subscription = compile_subscription(
        {"name": "", "subscribe": 'type = "track"', "partnerAction": job["action"], "mapping": _mapping(job)}
    )
    try:
        parts = subscription.parts(job["event"], _project(job))
    except (PayloadError, ActionError, MappingError) as error:
        return [{"error": str(error)}]
    urls = segment_endpoints(job["settings"])
    records = [{"url": _without_query(urls[endpoint]), "record": body} for endpoint, body in parts]
    # Where the first request fails, a second one is never made.
    return records[:1] if "respond" in job and job["respond"][0].get("status") != 200 else records


def _action_result(result: Json) -> Json:
    records = [
        {"url": _without_query(request["url"]), "record": record}
        for request in result["requests"]
        for record in (request["json"] if "json" in request else [request["data"]])
    ]
    return records or [{"error": error["message"]} for error in result["errors"]]


def _without_query(url: str) -> str:
    return url.partition("?")[0]


def _batch_answer(job: Json) -> Json:
    items = perform_batch(action_named(job["action"]), _mapping(job), job["events"], _project(job))
    records = [body for item in items for _, body in item.parts]
    accepted = {"code": 200, "status": "OK", "num_records_imported": len(records)}
    answer = job["respond"][0].get("body") if "respond" in job else accepted
    multistatus = bool(job.get("features", {}).get("mixpanel-multistatus"))
    return {"records": records, "statuses": statuses(items, answer, multistatus=multistatus)}


def _batch_result(result: Json) -> Json:
    records = [record for request in result["requests"] for record in request["json"]]
    # Where the request failed, or the batch was empty, Segment gives no statuses at all.
    return {"records": records, **({"statuses": result["multistatus"]} if "multistatus" in result else {})}


def _mapping(job: Json) -> Json:
    if job["mapping"] is None:
        return default_mapping(job["action"])
    return {**default_mapping(job["action"]), **job["mapping"]} if job.get("useDefaults") else job["mapping"]


def _project(job: Json) -> Project:
    settings = job["settings"]
    project = Project(token=settings.get("projectToken", UNDEFINED), now=_now)
    return evolve(project, source_name=settings.get("sourceName", UNDEFINED))


def _now() -> int:
    return NOW

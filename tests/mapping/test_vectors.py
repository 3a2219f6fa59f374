"""Segment's own answers, recorded, for mappings and conditions."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from analytics_mixpanel.errors import ConditionError, MappingError
from analytics_mixpanel.mapping import UNDEFINED, matches, resolve

VECTORS: Final = Path(__file__).parents[1] / "vectors"

# Segment's lexer swallows text here and answers something else than the condition says.
REFUSED_CONDITIONS: Final = {
    # A closing quote without a space after it opens a second string, up to the next quote.
    'properties.q = "say \\"hi\\""',
    'type = "track"or type = "page"',
    'type = "a"or event = "b"',
    # At the end of the text, a word that begins like `and` or `null` is cut to its first letter.
    "type = an",
    "type = no",
    "type = nu",
    "type = nul",
    "userId = nil",
}


def vectors(name: str) -> Iterator[dict[str, Any]]:
    """Read a file of vectors."""
    with gzip.open(VECTORS / f"{name}.ndjson.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def same_json(ours: Any, theirs: Any) -> bool:
    """Compare as JSON does: 1 is 1.0, but not true."""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, (int, float)) and isinstance(theirs, (int, float)):
        return float(ours) == float(theirs)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same_json(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same_json, ours, theirs))
    return type(ours) is type(theirs) and bool(ours == theirs)


def answer(call: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """Call, and answer in the form of a vector's result."""
    try:
        return {"ok": True, "result": call(*arguments)}
    except MappingError as error:
        return {"ok": False, "error": error}


def agrees(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    """Compare results; of errors only that there is one."""
    if not ours["ok"] or not theirs["ok"]:
        return bool(ours["ok"] == theirs["ok"])
    return same_json(ours["result"], theirs.get("result", UNDEFINED))


@pytest.mark.parametrize(("name", "count"), [("map", 734), ("map_liquid", 28)])
def test_mappings_resolve_as_segment_resolves_them(name: str, count: int) -> None:
    """Every recorded mapping gives Segment's value, or an error where Segment has one."""
    if name == "map_liquid":
        pytest.importorskip("liquid")
    seen, wrong = 0, []
    for vector in vectors(name):
        job = vector["job"]
        ours = answer(resolve, job["mapping"], job["payload"])
        seen += 1
        if not agrees(ours, vector["result"]):
            wrong.append((job["mapping"], vector["result"], ours))
    assert wrong == []
    assert seen == count


def test_conditions_choose_the_messages_that_segment_chooses() -> None:
    """Every recorded condition gives Segment's answer, save those that it misreads, which are errors."""
    wrong, refused = [], set()
    for vector in vectors("fql"):
        condition = vector["job"]["subscribe"]
        ours = answer(matches, condition, vector["job"]["event"])
        if condition in REFUSED_CONDITIONS and isinstance(ours.get("error"), ConditionError):
            refused.add(condition)
        elif not agrees(ours, vector["result"]):
            wrong.append((condition, vector["result"], ours))
    assert wrong == []
    assert refused == REFUSED_CONDITIONS

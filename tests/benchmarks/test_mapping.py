"""The compiled default mapping against the same by hand."""

from __future__ import annotations

import gzip
import json
import math
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks import by_hand, mapping

VECTORS = Path(__file__).parents[1] / "vectors" / "preset.ndjson.gz"


def messages() -> list[Any]:
    """Segment's messages of every kind, odd ones too, whose events have an id and a time."""
    with gzip.open(VECTORS) as lines:
        jobs = [json.loads(line)["job"] for line in lines]
    found = [value for job in jobs for value in job.values() if isinstance(value, dict) and "type" in value]
    return [each for each in found if each.get("messageId") and each.get("timestamp")]


def answer(function: Any, message: Any) -> Any:
    """What a function answers, or the kind of its error."""
    try:
        return function(message)
    except Exception as error:  # noqa: BLE001 - whatever it raises, the other must too
        return type(error)


@pytest.mark.parametrize(
    ("general", "hand"),
    [(by_hand.general_payload, by_hand.payload), (by_hand.general_record, by_hand.record)],
    ids=["mapping", "record"],
)
def test_by_hand_answers_the_same(general: Any, hand: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is measured against is no easier task."""
    # An event whose time is none happened now, which both are to take for the same moment.
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_000_000_000)
    different = [each for each in messages() if answer(general, each) != answer(hand, each)]

    assert len(messages()) > 500
    assert different == []


def test_it_measures_both_kinds_of_work_on_both_messages() -> None:
    """Each comparison has a ratio."""
    compared = mapping.measured(quick=True)

    assert [(each.work, each.message) for each in compared] == [
        ("mapping", "small event"),
        ("mapping", "full context"),
        ("mapping, schema, action", "small event"),
        ("mapping, schema, action", "full context"),
    ]
    assert all(each.ratio > 0 and math.isfinite(each.ratio) for each in compared)

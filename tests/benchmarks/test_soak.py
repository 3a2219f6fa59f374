"""The soak, and how it adds up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.soak.account import account
from benchmarks.soak.arrivals import Arrivals, Request, read, write
from benchmarks.soak.faults import SHARES, TOO_LARGE, Faults
from benchmarks.soak.gauges import Gauge
from benchmarks.soak.marks import END, Marks
from benchmarks.soak.plan import Plan
from benchmarks.soak.run import Result, soak


@pytest.fixture(scope="module")
def result() -> Result:
    """What comes of a few seconds in which processes are killed."""
    return soak(Plan(seconds=2.0, writers=3, kills=4))


def test_a_soak_loses_nothing(result: Result) -> None:
    """Of processes that were killed, with a server that fails, everything is delivered or reported."""
    assert result.kills == 4
    assert result.account.accepted > 100
    assert result.account.lost == 0
    assert (result.left, result.failed) == (0, 0)


def test_duplicates_of_a_soak_are_recognized(result: Result) -> None:
    """What arrives twice has the event, user, time and ``$insert_id`` that it had."""
    assert result.account.different == 0
    assert result.account.duplicates <= 2_000 * (
        result.kills + result.answers.get("taken, and the answer lost", 0)
    )


def test_a_soak_is_measured(result: Result) -> None:
    """Memory, threads, descriptors, disk and files are sampled."""
    assert all(gauge.values and max(gauge.values) > 0 for gauge in result.gauges.all)


def _record(number: int, life: int = 0, **more: str) -> dict[str, Any]:
    properties = {
        "life": life,
        "number": number,
        "time": 1,
        "distinct_id": "u",
        "$insert_id": f"{life} {number}",
    }
    return {"event": "E", "properties": {**properties, **more}}


def _arrived(*requests: Request) -> Arrivals:
    arrivals = Arrivals()
    for request in requests:
        arrivals.add(request)
    return arrivals


def test_every_accepted_event_has_one_fate() -> None:
    """Delivered, reported or lost; a letter about what arrived, or was not accepted, counts for nothing."""
    arrivals = _arrived(Request([_record(0), _record(1), _record(4)]))
    letters = {(0, 1): "rejected: x", (0, 2): "rejected: x", (0, 9): "rejected: x"}
    total = account({0: 4}, 7, arrivals, letters)
    assert (total.accepted, total.refused, total.delivered, total.reported) == (4, 7, 2, {"rejected: x": 1})
    assert (total.under_way, total.lost, total.adds_up) == (1, 1, False)


def test_a_sum_that_adds_up() -> None:
    """With nothing lost and nothing changed all is well; with nothing accepted nothing is shown."""
    arrivals = _arrived(Request([_record(0, life=1), _record(1, life=1)]))
    assert account({0: 0, 1: 2}, 0, arrivals, {}).adds_up
    assert not account({}, 0, _arrived(), {}).adds_up


def test_duplicates_have_a_cause() -> None:
    """Of what arrives again it is known whether the answer before was lost, or who had it was killed."""
    arrivals = _arrived(
        Request([_record(0), _record(1)], answered=False), Request([_record(0)]), Request([_record(0)])
    )
    assert (arrivals.distinct, arrivals.unanswered, arrivals.killed, arrivals.different) == (2, 1, 1, 0)
    total = account({0: 2}, 0, arrivals, {})
    assert (total.duplicates, total.duplicates_part, total.lost) == (2, 1.0, 0)


@pytest.mark.parametrize("field", ["time", "distinct_id", "$insert_id", "event"])
def test_another_form_is_told(field: str) -> None:
    """A duplicate that differs in any of what Mixpanel tells duplicates by is no good one."""
    other = {**_record(0), "event": "F"} if field == "event" else _record(0, 0, **{field: "other"})
    arrivals = _arrived(Request([_record(0)]), Request([other]))
    assert arrivals.different == 1
    assert not account({0: 1}, 0, arrivals, {}).adds_up


def test_arrivals_are_read_as_they_were_written(tmp_path: Path) -> None:
    """A file of arrivals gives each request's records, and whether it was answered."""
    import gzip

    import orjson

    requests = [Request([_record(0)]), Request([_record(1), _record(2)], answered=False)]
    with (tmp_path / "arrivals").open("ab") as file:
        for each in requests:
            write(file, gzip.compress(orjson.dumps(each.records)), answered=each.answered)
    assert list(read(tmp_path / "arrivals")) == requests


def test_marks_are_shared(tmp_path: Path) -> None:
    """What one has noted another reads, each life by itself."""
    with Marks(tmp_path / "marks", lives=3) as ours, Marks(tmp_path / "marks") as theirs:
        theirs.note(2, accepted=1 << 40, refused=5)
        ours.order = END
        assert (ours.accepted(2), ours.refused(2), ours.accepted(1)) == (1 << 40, 5, 0)
        assert theirs.order == END


def test_faults_are_drawn_as_often_as_they_say() -> None:
    """Each fault has its share, what is too large is told so at its time, and at last all goes well."""
    now = 0.0
    faults = Faults(1, lambda: now)
    drawn = [faults.draw(100) for _ in range(20_000)]
    for fault, share in SHARES.items():
        assert drawn.count(fault) == pytest.approx(200 * share, rel=0.5)
    now = 19.0
    assert faults.draw(1_000_000) == TOO_LARGE
    faults.end()
    assert faults.draw(1_000_000) is None


def test_the_slope_of_a_gauge() -> None:
    """It is of a minute, and the start is left out."""
    gauge = Gauge("something")
    for second in range(30):
        gauge.add(float(second), 500.0 if second < 5 else 2.0 * second)
    assert gauge.slope == pytest.approx(120.0)
    assert "+120.00 a minute" in str(gauge)

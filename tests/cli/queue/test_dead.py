"""``queue dead``: which messages were not delivered, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Command = Callable[..., Any]


@pytest.fixture
def cemetery(spooling: Any) -> str:
    """Letters of several kinds."""
    spooling.bury(1, reason="too old", field="properties.time")
    spooling.bury(2, destination="Other")
    spooling.bury(3, outcome="given up", reason="retries exhausted")
    return str(spooling.root)


def test_a_letter_says_everything(command: Command, cemetery: str) -> None:
    """As JSON a letter is what is kept: message, reason, field, attempts and times."""
    done = command("queue", "dead", cemetery, "--json")
    letter = done.rows[0]
    assert done.status == 1
    assert letter["message"]["messageId"] == "m1"
    assert {key: letter[key] for key in letter if key != "message"} == {
        "destination": "Shop",
        "outcome": "rejected",
        "reason": "too old",
        "field": "properties.time",
        "attempts": 2,
        "first": "2023-11-14T22:13:20.000+00:00",
        "last": "2023-11-14T22:14:20.000+00:00",
    }


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ([], ["m1", "m2", "m3"]),
        (["--destination", "Other"], ["m2"]),
        (["--outcome", "given up"], ["m3"]),
        (["--reason", "OLD"], ["m1"]),
        (["--reason", "properties.time"], ["m1"]),
        (["--reason", "no such"], []),
        (["--outcome", "rejected", "--destination", "Shop"], ["m1"]),
    ],
)
def test_filters(command: Command, cemetery: str, filters: list[str], ids: list[str]) -> None:
    """By destination, outcome and words of the reason or field; the status says whether there are any."""
    done = command("queue", "dead", cemetery, "--json", *filters)
    assert [row["message"]["messageId"] for row in done.rows] == ids
    assert done.status == int(bool(ids))


def test_people_get_a_table(command: Command, cemetery: str) -> None:
    """A row has what one looks for first."""
    out = command("queue", "dead", cemetery).out
    assert "too old" in out
    assert "properties.time" in out
    assert "Paid" in out
    assert "2023-11-14" in out
    assert "3 dead letters" in out
    assert "there are none" in command("queue", "dead", cemetery, "--reason", "no such").out


def test_a_damaged_line_is_said(command: Command, spooling: Any) -> None:
    """What cannot be read is left out and counted on standard error."""
    spooling.bury(1)
    (file,) = (spooling.root / "project").glob("dead-*")
    file.write_bytes(b'{"torn\n' + file.read_bytes() + b"\n")
    done = command("queue", "dead", str(spooling.root), "--json")
    assert len(done.rows) == 1
    assert done.err == "1 damaged lines are left out\n"

"""The page on super properties: every example on it is run."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel_super_properties.names import RESERVED, TRAITS

Run = Callable[..., subprocess.CompletedProcess[str]]
PAGE = (Path(__file__).parents[2] / "docs" / "super-properties.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def run(example: str, stand_in: StandIn, run_python: Run) -> dict[tuple[str, str], dict[str, Any]]:
    """Run an example as a user's program; the properties of its events by user and event."""
    ended = run_python(example, MIXPANEL_API_HOST=stand_in.url)
    assert ended.returncode == 0, ended.stderr
    return {(event.distinct_id, event.event): event.properties for event in stand_in.events}


def test_the_three_reaches(stand_in: StandIn, run_python: Run) -> None:
    """The event has what the page says."""
    events = run(EXAMPLES[0], stand_in, run_python)

    assert list(events) == [("user-1", "Checked Out")]
    wanted = {"app": "shop", "release": "4.2", "plan": "pro", "experiment": "B", "total": 42.5}
    assert wanted.items() <= events["user-1", "Checked Out"].items()


def test_traits_and_events(stand_in: StandIn, run_python: Run) -> None:
    """One user's events have them, the other's do not."""
    events = run(EXAMPLES[1], stand_in, run_python)

    mine, theirs = events["user-1", "Signed Up"], events["user-2", "Signed Up"]
    wanted = {"$email": "user-1@example.com", "plan": "pro", "campaign": "spring"}
    assert wanted.items() <= mine.items()
    assert mine["teams"] == ["red", "blue"]
    assert "age" not in mine
    assert theirs.keys().isdisjoint({*wanted, "teams"})


@pytest.mark.parametrize("name", [*sorted(RESERVED), *sorted(TRAITS)])
def test_the_page_names_every_special_name(name: str) -> None:
    """Those that are left out, and those that are renamed."""
    assert f"`{name}`" in PAGE


def test_no_example_is_left_out() -> None:
    """Each has its test above."""
    assert len(EXAMPLES) == 2

"""The page on groups: every example on it is run."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel_destination import Mixpanel
from analytics_mixpanel_destination.presets import additions

Run = Callable[..., subprocess.CompletedProcess[str]]
PAGE = (Path(__file__).parents[2] / "docs" / "groups.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def run(example: str, stand_in: StandIn, run_python: Run) -> dict[str, Any]:
    """Run an example as a user's program; what its events have under the group keys."""
    ended = run_python(example, MIXPANEL_API_HOST=stand_in.url)
    assert ended.returncode == 0, ended.stderr
    return {
        event.event: {key: event.properties[key] for key in event.properties if key.endswith("_id")}
        | {"distinct_id": event.distinct_id}
        for event in stand_in.events
    }


def test_the_first_example_joins_all_three(stand_in: StandIn, run_python: Run) -> None:
    """Group profile, user profile and event, as in the table."""
    events = run(EXAMPLES[0], stand_in, run_python)

    ((user,), (group,)) = stand_in.profiles, stand_in.groups
    assert events["Signed In"]["company_id"] == group.group_id == "acme"
    assert user.properties == {"$email": "user-1@example.com", "company_id": ["acme"]}
    assert (group.group_key, group.properties) == ("company_id", {"$name": "Acme", "seats": 5})


def test_several_kinds_of_groups(stand_in: StandIn, run_python: Run) -> None:
    """Before and after leaving one, as the comments say."""
    events = run(EXAMPLES[1], stand_in, run_python)

    assert events["Signed In"]["team_id"] == ["red", "blue"]
    assert events["Signed In Again"]["team_id"] == "blue"
    assert {event["company_id"] for event in events.values()} == {"acme"}
    assert stand_in.profiles[0].properties == {"company_id": ["acme"], "team_id": ["blue"]}


def test_the_scopes_groups(stand_in: StandIn, run_python: Run) -> None:
    """One company, and none."""
    events = run(EXAMPLES[2], stand_in, run_python)

    assert events["Invoice Paid"]["company_id"] == "globex"
    assert "company_id" not in events["Logged Out"]


def test_the_stand_in_shows_an_undefined_key(run_python: Run) -> None:
    """The example's own assertions hold."""
    ended = run_python(EXAMPLES[3])
    assert ended.returncode == 0, ended.stderr


def test_no_example_is_left_out() -> None:
    """Each has its test above."""
    assert len(EXAMPLES) == 4


def test_the_mappings_are_the_default_ones() -> None:
    """What can be copied from the page is right, and what is sent without mappings of one's own."""
    (text,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    shown = json.loads(text)
    assert Mixpanel.check_mappings(text.encode(), "page") == (3, [])
    assert shown == [mapping for mapping in additions() if mapping["partnerAction"] != "alias"]

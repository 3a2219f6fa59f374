"""The page on the Classic framework: its examples are run, and it names every setting."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel_destination.classic import Classic

Run = Callable[..., subprocess.CompletedProcess[str]]

PAGE = (Path(__file__).parents[2] / "docs" / "classic.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_first_example_does_what_the_page_says(stand_in: StandIn, run_python: Run) -> None:
    """Profile, counts, transaction, group and inverted products are there."""
    done = run_python(EXAMPLES[0], MIXPANEL_API_HOST=stand_in.url)
    assert done.returncode == 0, done.stderr

    (profile,), (group,) = stand_in.profiles, stand_in.groups
    assert {event.event for event in stand_in.events} == {"Order Completed", "Loaded a Page"}
    assert next(e for e in stand_in.events if e.event != "Loaded a Page").properties["products_skus"] == [
        "p1",
        "p2",
    ]
    assert profile.properties["$first_name"] == "Ada"
    assert [profile.properties[name] for name in ("Order Completed", "seats", "company")] == [1, 2, ["acme"]]
    assert [each["$amount"] for each in profile.properties["$transactions"]] == [42.5]
    assert (group.group_key, group.group_id, group.properties) == ("company", "acme", {"name": "Acme"})


def test_the_second_example_joins_event_user_and_group(stand_in: StandIn, run_python: Run) -> None:
    """With the plugins that remember, later events carry group and traits."""
    done = run_python(EXAMPLES[1], MIXPANEL_API_HOST=stand_in.url)
    assert done.returncode == 0, done.stderr

    (event,), (profile,), (group,) = stand_in.events, stand_in.profiles, stand_in.groups
    assert (event.properties["company"], event.properties["plan"]) == ("acme", "pro")
    assert (profile.properties["company"], group.group_key, group.group_id) == (["acme"], "company", "acme")


@pytest.mark.parametrize("name", attrs.fields_dict(Classic))
def test_every_setting_is_on_the_page(name: str) -> None:
    """None is left for the reader to guess."""
    assert f"`{name}`" in PAGE

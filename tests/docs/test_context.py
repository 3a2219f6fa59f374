"""The page on scopes and context: its examples are run, and it names every option."""

from __future__ import annotations

import inspect
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics_mixpanel import scope
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel_context import Context

Run = Callable[..., subprocess.CompletedProcess[str]]

PAGE = (Path(__file__).parents[2] / "docs" / "context.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_calls_get_what_the_scopes_say(stand_in: StandIn, run_python: Run) -> None:
    """The first example's events are as its comments say."""
    done = run_python(EXAMPLES[0], MIXPANEL_API_HOST=stand_in.url)
    assert done.returncode == 0, done.stderr

    found = {event.event: (event.distinct_id, event.properties) for event in stand_in.events}
    assert {name: who for name, (who, _) in found.items()} == {
        "Signed In": "user-1",
        "Seat Added": "user-1",
        "Billed": "user-2",
    }
    assert {"plan": "pro", "utm_source": "news"}.items() <= found["Signed In"][1].items()
    assert {"plan": "team", "seats": 3}.items() <= found["Seat Added"][1].items()
    assert found["Billed"][1]["job"] == "billing"


def test_the_plugin_adds_the_application(stand_in: StandIn, run_python: Run) -> None:
    """The second example's event says which application it is from, and on what it ran."""
    done = run_python(EXAMPLES[1], MIXPANEL_API_HOST=stand_in.url)
    assert done.returncode == 0, done.stderr

    (event,) = stand_in.events
    assert {"$app_name": "shop", "$app_version_string": "4.2"}.items() <= event.properties.items()
    assert "$os" in event.properties


@pytest.mark.parametrize(
    "option", [*inspect.signature(Context).parameters, *inspect.signature(scope).parameters]
)
def test_every_option_is_on_the_page(option: str) -> None:
    """None is left to be found in the source."""
    assert f"`{option}`" in PAGE

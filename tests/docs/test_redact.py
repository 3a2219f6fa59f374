"""The page on redacting: every example on it is run."""

from __future__ import annotations

import hashlib
import hmac
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

import analytics_mixpanel_redact
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel_redact import ValuePattern

Run = Callable[..., subprocess.CompletedProcess[str]]
PAGE: Final = (Path(__file__).parents[2] / "docs" / "redact.md").read_text(encoding="utf-8")
EXAMPLES: Final = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
KEY: Final = "a key that is long enough"


def hashed(text: str) -> str:
    """The hash as the page says that it is computed elsewhere."""
    return hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def run(example: str, stand_in: StandIn, run_python: Run) -> dict[str, dict[str, Any]]:
    """Run an example as a user's program; the properties of its events by their names."""
    ended = run_python(example, MIXPANEL_API_HOST=stand_in.url, REDACT_KEY=KEY)
    assert ended.returncode == 0, ended.stderr
    return {event.event: {**event.properties, "distinct_id": event.distinct_id} for event in stand_in.events}


def test_the_first_example(stand_in: StandIn, run_python: Run) -> None:
    """The event has what the table says."""
    properties = run(EXAMPLES[0], stand_in, run_python)["Signed Up"]

    assert properties["email"] == hashed("ada@example.com")
    assert "password" not in properties
    assert f"| `comment` | `{properties['comment']}` |" in PAGE
    assert properties["invited"] == [{"name": "Bob", "mail": "***"}]
    assert properties["distinct_id"] == "user-1"


def test_dropping(stand_in: StandIn, run_python: Run) -> None:
    """Nothing is left but what the page says."""
    run(EXAMPLES[1], stand_in, run_python)

    (user,) = stand_in.profiles
    assert user.properties == {"plan": "pro"}


def test_ids(stand_in: StandIn, run_python: Run) -> None:
    """The same hash in all three places."""
    properties = run(EXAMPLES[2], stand_in, run_python)["Signed In"]

    (user,) = stand_in.profiles
    expected = hashed("ada@example.com")
    assert user.distinct_id == user.properties["$email"] == expected
    assert properties["distinct_id"] == properties["by"] == expected


def test_no_example_is_left_out() -> None:
    """Each has its test above."""
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("name", [each for each in analytics_mixpanel_redact.__all__ if each[0].islower()])
def test_every_action_has_its_row(name: str) -> None:
    """The table of actions leaves none out."""
    assert re.search(rf"^\| `{name}[`(]", PAGE, re.MULTILINE)


def test_every_pattern_has_its_row() -> None:
    """The table of patterns leaves none out."""
    names = [
        n
        for n in analytics_mixpanel_redact.__all__
        if isinstance(getattr(analytics_mixpanel_redact, n), ValuePattern)
    ]
    assert names == ["CARDS", "EMAILS", "IPS", "PHONES"]
    assert [name for name in names if not re.search(rf"^\| `{name}` \|", PAGE, re.MULTILINE)] == []

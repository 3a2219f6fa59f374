"""The README: its commands, its examples, and its promises about itself."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from analytics_mixpanel.debugger import StandIn

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def run(example: str, stand_in: StandIn, folder: Path) -> str:
    """Run an example as a user's script; what it printed."""
    script = folder / "app.py"
    script.write_text(example)
    environment = {"MIXPANEL_API_HOST": stand_in.url, "PATH": ""}
    done = subprocess.run(
        [sys.executable, str(script)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_first_example_arrives(stand_in: StandIn, tmp_path: Path) -> None:
    """The eight lines put their events and their profile into Mixpanel."""
    run(EXAMPLES[0], stand_in, tmp_path)

    names = sorted(event.event for event in stand_in.events)
    assert names == ["Order Completed", "Product Purchased", "Viewed Pricing"]
    assert [(p.distinct_id, p.properties["$email"]) for p in stand_in.profiles] == [
        ("user-1", "user-1@example.com")
    ]


def test_the_plugin_example_drops_and_enriches(stand_in: StandIn, tmp_path: Path) -> None:
    """The ten-line plugin keeps staff out, and adds the app to what goes on."""
    printed = run(EXAMPLES[1], stand_in, tmp_path)

    (event,) = stand_in.events
    assert (event.distinct_id, event.properties["$app_version_string"]) == ("user-1", "4.2")
    assert "dropped={'staff': 1}" in printed


@pytest.mark.parametrize("example", EXAMPLES[2:])
def test_the_other_examples_run(example: str, stand_in: StandIn, tmp_path: Path) -> None:
    """Every further example runs without an error."""
    run(example, stand_in, tmp_path)


def test_it_gives_the_commands_that_do_all_set_up() -> None:
    """Both commands stand there as they are to be typed."""
    assert '    pip install ".[debugger]" && analytics-mixpanel demo\n' in README
    assert '    pip install -e ".[dev]" && pytest\n' in README


def test_it_is_short() -> None:
    """A README that people read is under 150 lines."""
    assert len(README.splitlines()) < 150

"""The page on the life of a process: each of its examples does what it is there for, in a real process."""

from __future__ import annotations

import configparser
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

import analytics_mixpanel
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.process.threads import threads_run

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "process-life.md").read_text(encoding="utf-8")
EXAMPLES: Final = dict(re.findall(r"```python (\w+)\n(.*?)```", PAGE, re.DOTALL))

# What comes after an example, in its process. Nothing of it is delivered by an ordinary end.
_THEN: Final = {
    "signals": "import os, signal, time; os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)",
    "asyncio": "import os; os._exit(0)",
    "lambda": "import os; print(handler({'user': 'user-1'}, None)['statusCode'], flush=True); os._exit(0)",
    "multiprocessing": "",
    "gevent": "",
}
_ENDS: Final = {"signals": (-signal.SIGTERM, ""), "asyncio": (0, "0 left\n"), "lambda": (0, "200\n")}
_ARRIVE: Final = {
    "signals": {"Report Printed": 1},
    "asyncio": {"Signed In": 1},
    "lambda": {"Paid": 1},
    "multiprocessing": {"Report Printed": 4},
    "gevent": {"Greeted": 3},
}

Run = Callable[[str], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path, stand_in: StandIn) -> Run:
    """Runs an example as a user's script, and what comes after it."""

    def run_it(name: str) -> subprocess.CompletedProcess[str]:
        script = tmp_path / "app.py"
        # Nothing leaves before it is told to.
        early = EXAMPLES[name].replace(
            'analytics.write_key = "MIXPANEL_PROJECT_TOKEN"',
            'analytics.write_key = "MIXPANEL_PROJECT_TOKEN"; analytics.upload_interval = 3600',
        )
        assert early != EXAMPLES[name]
        script.write_text(f"{early}\n{_THEN[name]}\n")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("MIXPANEL_")}
        path = os.pathsep.join(map(str, (ROOT, ROOT / "plugins")))
        return subprocess.run(
            [sys.executable, str(script)],
            env={**kept, "MIXPANEL_API_HOST": stand_in.url, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run_it


@pytest.mark.parametrize("name", _THEN)
def test_an_example_delivers(name: str, run: Run, stand_in: StandIn) -> None:
    """What it tracks arrives, once, before its process is gone."""
    if name == "gevent":
        pytest.importorskip("gevent")
    done = run(name)
    assert (done.returncode, done.stdout) == _ENDS.get(name, (0, "")), done.stderr
    assert Counter(event.event for event in stand_in.events) == _ARRIVE[name]


def test_every_example_is_run() -> None:
    """None is left out above."""
    assert EXAMPLES.keys() == _THEN.keys()


def test_uwsgi_runs_threads_as_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings on the page are those under which nothing is warned of."""
    (text,) = re.findall(r"```ini\n(.*?)```", PAGE, re.DOTALL)
    settings = configparser.ConfigParser()
    settings.read_string(text)
    options = {name: value.encode() for name, value in settings["uwsgi"].items()}
    monkeypatch.setitem(sys.modules, "uwsgi", SimpleNamespace(opt=options))
    assert threads_run()


@pytest.mark.parametrize("name", ["aflush", "ashutdown", "flush_after", "flush_on_signals"])
def test_every_way_to_end_is_on_the_page(name: str) -> None:
    """Each is named, and there."""
    assert re.search(rf"`@?{name}\b|await {name}|\.{name}\(", PAGE)
    assert hasattr(analytics_mixpanel, name)


def test_the_table_leads_to_every_section() -> None:
    """A link for each deployment, which goes to its heading."""
    links = re.findall(r"\]\(#([a-z-]+)\)", PAGE)
    headings = [
        re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    ]
    assert links == headings[:-1]

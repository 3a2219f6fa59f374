"""The page on frameworks: its examples are run, and it names every option."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import attrs
import pytest

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.frameworks.reading.options import Options

Run = Callable[..., subprocess.CompletedProcess[str]]

PAGE = (Path(__file__).parents[2] / "docs" / "frameworks.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```python (\w+)\n(.*?)```", PAGE, re.DOTALL))

# Asks an example's application for /pricing, in the way of its framework.
_ASKS: Final = {
    "flask": "print(app.test_client().get('/pricing').text)",
    "fastapi": "from starlette.testclient import TestClient; print(TestClient(app).get('/pricing').text)",
    "django": (
        "import sys; sys.modules[settings.ROOT_URLCONF] = sys.modules['__main__']\n"
        "import django; django.setup()\n"
        "from django.test import Client; print(Client().get('/pricing').content.decode())"
    ),
    "wsgi": (
        "from wsgiref.util import setup_testing_defaults as fill\n"
        "environ = {'PATH_INFO': '/pricing'}; fill(environ)\n"
        "print(application(environ, lambda *_: None)[0].decode())"
    ),
}


@pytest.mark.parametrize("name", _ASKS)
def test_an_application_tracks_without_an_id(name: str, stand_in: StandIn, run_python: Run) -> None:
    """Each example answers, and its event carries the page that was asked for."""
    done = run_python(f"{EXAMPLES[name]}\n{_ASKS[name]}\n", MIXPANEL_API_HOST=stand_in.url)
    assert (done.returncode, done.stdout) == (0, "42\n"), done.stderr

    (event,) = stand_in.events
    assert event.event == "Prices Seen"
    assert event.properties["$current_url"].endswith("/pricing")


def test_a_task_is_in_the_scope(stand_in: StandIn, run_python: Run) -> None:
    """The task's event is the sender's user's."""
    done = run_python(EXAMPLES["celery"], MIXPANEL_API_HOST=stand_in.url)
    assert (done.returncode, done.stdout) == (0, "SUCCESS\n"), done.stderr

    (event,) = stand_in.events
    assert (event.event, event.distinct_id) == ("Order Shipped", "user-1")


def test_every_example_is_run() -> None:
    """None is left out above."""
    assert EXAMPLES.keys() == {*_ASKS, "celery"}


@pytest.mark.parametrize("option", attrs.fields_dict(Options))
def test_every_option_is_on_the_page(option: str) -> None:
    """None is left to be found in the source."""
    assert re.search(rf"`{option}\b", PAGE)

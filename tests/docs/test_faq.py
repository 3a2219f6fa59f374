"""The page of questions: its examples are run, and its links lead somewhere."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics_mixpanel.debugger import StandIn

Run = Callable[..., subprocess.CompletedProcess[str]]

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "faq.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def anchors(page: str) -> set[str]:
    """The places of a page that a link can lead to."""
    titles = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_all_pages_become_one_event(stand_in: StandIn, run_python: Run) -> None:
    """The changed preset names the event, and the page's name is its property."""
    done = run_python(EXAMPLES[0], MIXPANEL_API_HOST=stand_in.url)
    assert done.returncode == 0, done.stderr

    assert [(each.event, each.properties["name"]) for each in stand_in.events] == [
        ("Loaded a Page", "Pricing")
    ]


def test_reserved_properties_are_counted_as_shown(stand_in: StandIn, run_python: Run) -> None:
    """The example prints what its comment says, and the other property arrives."""
    done = run_python(EXAMPLES[1], MIXPANEL_API_HOST=stand_in.url)
    assert done.returncode == 0, done.stderr

    assert done.stdout.strip() == "{'id': 1}"
    assert [each.properties["order_id"] for each in stand_in.events] == ["order-7"]


@pytest.mark.parametrize("page", ["faq.md", "classic.md"])
def test_links_lead_somewhere(page: str) -> None:
    """Every link within these pages has its place."""
    text = (DOCS / page).read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([\w.]*)(?:#([\w-]+))?\)", text):
        linked = (DOCS / (target or page)).read_text(encoding="utf-8")
        assert not anchor or anchor in anchors(linked)

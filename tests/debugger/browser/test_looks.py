"""Narrow and dark: every view fits a phone, and has contrast in both themes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

Open = Callable[..., Any]
Track = Callable[..., None]

VIEWS = ("events", "users", "groups", "tester", "client", "decode")
CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8").partition("\n")[2]


def visit(page: Any, stand_in: Any, view: str) -> None:
    """Go to a view, and wait until it is there."""
    page.goto(f"{stand_in.url}/debugger/{view}")
    expect(page.locator("#connection")).to_have_text("live")
    if view == "tester":
        expect(page.locator("#preview .tree")).to_be_visible()


@pytest.fixture
def filled(track: Track) -> None:
    """Something in each list, a long name among it."""
    track("Signed Up", properties={"plan": "pro", "a_rather_long_name_of_a_property": "and its value " * 12})
    track("A name that goes on and on and on and on, and then some more of it")
    track("", "grace")
    track("", "ada", type="identify", traits={"email": "ada@example.com"})
    track("", "ada", type="group", groupId="acme", traits={"name": "Acme"})


@pytest.mark.usefixtures("filled")
def test_every_view_fits_a_phone(open_page: Open, stand_in: Any) -> None:
    """Nothing is wider than 360 pixels, and what is to be pressed is there."""
    page = open_page(viewport={"width": 360, "height": 740}, has_touch=True)
    for view in VIEWS:
        visit(page, stand_in, view)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, view
    page.goto(stand_in.url + "/debugger/events")
    page.locator("#rows .row").first.tap()
    expect(page.locator("#answers")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    answer, message = (page.locator(f"#{name}").bounding_box() for name in ("answers", "message"))
    assert answer["y"] < message["y"]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_has_contrast(open_page: Open, stand_in: Any, scheme: str) -> None:
    """In both themes each text can be read; they do not look the same."""
    page = open_page(color_scheme=scheme)
    for view in VIEWS:
        visit(page, stand_in, view)
        assert page.evaluate(CONTRAST) == [], view
    page.goto(stand_in.url + "/debugger/events")
    page.locator("#rows .row", has_text="rejected").first.click()
    expect(page.locator("#connection")).to_have_text("live")
    assert page.evaluate(CONTRAST) == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(246, 247, 249)" if scheme == "light" else "rgb(18, 21, 26)")

"""Narrow and dark: every view fits a phone, and has contrast in both themes."""

from __future__ import annotations

import re
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


@pytest.mark.parametrize("size", [(1280, 800), (390, 780)])
def test_a_long_list_has_few_rows_on_the_page(
    open_page: Open, import_many: Callable[[int], None], size: tuple[int, int]
) -> None:
    """On a phone too: the list scrolls by itself, and only what is in sight is there."""
    import_many(3000)
    page = open_page(viewport={"width": size[0], "height": size[1]})
    expect(page.locator("#connection")).to_have_text("live")
    page.locator("#scroller").evaluate("each => each.scrollTo(0, 1e6)")
    expect(page.locator("#rows .name", has_text="Event 0").first).to_be_visible()
    assert page.locator("#rows .row").count() < 100


def test_a_phone_shows_the_filters_when_asked(open_page: Open, stand_in: Any, track: Track) -> None:
    """They would take half of its page; those that are chosen are in sight."""
    track("Signed Up")
    page = open_page(viewport={"width": 390, "height": 780})
    expect(page.locator("#connection")).to_have_text("live")
    expect(page.get_by_placeholder("Name", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    page.get_by_placeholder("Name", exact=True).fill("Signed")
    expect(page).to_have_url(re.compile("name=Signed"))
    page.reload()
    expect(page.get_by_placeholder("Name", exact=True)).to_be_visible()


def test_names_and_times_of_a_list_do_not_overlap_on_a_phone(open_page: Open, track: Track) -> None:
    """Rows of two lines are two lines high, in every list."""
    for number in range(3):
        track(f"Signed Up {number}", "ada")
    page = open_page("/debugger/users", viewport={"width": 390, "height": 780})
    page.locator("a.row").first.click()
    expect(page.locator("h1")).to_have_text("ada")
    rows = page.locator(".plain-list a.row").all()
    bottoms = [box["y"] + box["height"] for row in rows if (box := row.locator(".when").bounding_box())]
    edges = [box["y"] + box["height"] for row in rows if (box := row.bounding_box())]
    assert len(edges) == 3
    assert all(bottom <= edge for bottom, edge in zip(bottoms, edges, strict=True))

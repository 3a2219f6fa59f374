"""The list of events, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

Open = Callable[..., Any]
Track = Callable[..., None]


def names(page: Any) -> list[str]:
    """The names in sight, from the top."""
    found: list[str] = page.locator("#rows .name").all_inner_texts()
    return found


def test_with_nothing_there_it_says_what_to_paste(open_page: Open, stand_in: Any) -> None:
    """The empty list has the line with this debugger's own address."""
    page = open_page()

    expect(page.locator("#nothing")).to_contain_text(f"MIXPANEL_API_HOST={stand_in.url} python your_app.py")
    expect(page.locator("#something")).to_be_hidden()


def test_an_event_appears_as_it_arrives(open_page: Open, track: Track) -> None:
    """Without a reload, and in place of what an empty list says."""
    page = open_page()
    expect(page.locator("#connection")).to_have_text("live")

    track("Signed Up", properties={"plan": "pro"})

    row = page.locator("#rows .row").first
    expect(row).to_contain_text("Signed Up")
    expect(row).to_contain_text("plan=pro")
    expect(row.locator(".verdict")).to_have_text("accepted")
    expect(page.locator("#nothing")).to_be_hidden()


def test_the_newest_is_at_the_top(open_page: Open, track: Track) -> None:
    """What comes later stands above."""
    track("First")
    page = open_page()
    track("Second")

    expect(page.locator("#total")).to_have_text("2")
    expect(page.locator("#rows .name").first).to_have_text("Second")
    assert names(page) == ["Second", "First"]


def test_pausing_keeps_the_list_still(open_page: Open, track: Track) -> None:
    """A paused list counts what is new, and shows it when told to resume."""
    track("Before")
    page = open_page()
    expect(page.locator("#connection")).to_have_text("live")
    page.keyboard.press("p")
    expect(page.locator("#pause")).to_have_attribute("aria-pressed", "true")

    track("Meanwhile")

    expect(page.locator("#fresh")).to_have_text("1 new ↑")
    assert names(page) == ["Before"]
    page.keyboard.press("p")
    expect(page.locator("#rows .name").first).to_have_text("Meanwhile")


def test_filters_combine(open_page: Open, track: Track) -> None:
    """Name, user and verdict each leave less."""
    track("Signed Up", "ada")
    track("Signed Up", "grace")
    track("Signed In", "ada")
    track("", "ada")
    page = open_page()

    page.get_by_label("Event name").fill("signed up")
    expect(page.locator("#total")).to_have_text("2")
    page.get_by_label("User").fill("ada")
    expect(page.locator("#total")).to_have_text("1")
    page.get_by_label("Event name").fill("")
    page.get_by_role("radio", name="Rejected").check()
    expect(page.locator("#rows .row")).to_have_count(1)
    expect(page.locator("#rows .row")).to_contain_text("event is missing or empty")
    assert "verdict=rejected" in page.url


def test_filters_know_the_types_and_libraries_that_came(open_page: Open, track: Track) -> None:
    """A choice is offered once something of it has arrived."""
    page = open_page()
    track(context={"library": {"name": "analytics.js", "version": "2.1"}})

    library = page.get_by_label("Library")
    expect(library.locator("option", has_text="analytics.js 2.1")).to_have_count(1)
    library.select_option("analytics.js 2.1")
    page.get_by_label("Type").select_option("track")
    expect(page.locator("#total")).to_have_text("1")


def test_the_search_looks_into_properties(open_page: Open, track: Track) -> None:
    """A value deep in a record finds its event; nothing found says so."""
    track("Order Completed", properties={"order_id": "o-4711"})
    track("Signed Up")
    page = open_page()

    page.get_by_placeholder("Search names").fill("O-4711")
    expect(page.locator("#rows .name")).to_have_text(["Order Completed"])
    page.get_by_placeholder("Search names").fill("nowhere to be found")
    expect(page.locator("#none")).to_be_visible()


def test_a_duplicate_is_shown_as_one(open_page: Open, import_many: Callable[[int], None]) -> None:
    """The same event again is a row of its own, among the duplicates."""
    import_many(1)
    import_many(1)
    page = open_page()

    page.get_by_role("radio", name="Duplicate").check()
    expect(page.locator("#rows .verdict")).to_have_text(["duplicate"])


def test_a_long_list_scrolls_with_few_rows_on_the_page(
    open_page: Open, import_many: Callable[[int], None]
) -> None:
    """Of 6,000 events some fifty are in the document, and the oldest can be reached."""
    import_many(6000)
    page = open_page()
    expect(page.locator("#total")).to_have_text("6,000")

    page.locator("#scroller").evaluate("box => { box.scrollTop = box.scrollHeight }")

    expect(page.locator("#rows .name", has_text=re.compile(r"^Event 0$"))).to_be_in_viewport()
    assert page.locator("#rows .row").count() < 80


def test_who_reads_further_down_is_not_moved(
    open_page: Open, import_many: Callable[[int], None], track: Track
) -> None:
    """What arrives meanwhile is counted at the top; the rows in sight stay."""
    import_many(300)
    page = open_page()
    page.locator("#scroller").evaluate("box => { box.scrollTop = 3000 }")
    row = page.locator("#rows .name", has_text=re.compile(r"^Event 200$"))
    expect(row).to_be_in_viewport()
    before = row.bounding_box()

    track("Newcomer")

    expect(page.locator("#fresh")).to_have_text("1 new ↑")
    assert row.bounding_box() == before
    page.locator("#fresh").click()
    expect(page.locator("#rows .name").first).to_have_text("Newcomer")


def test_the_chart_counts_what_arrived(open_page: Open, track: Track) -> None:
    """The newest bar says how many were accepted and rejected."""
    track("Fine")
    track("")
    page = open_page()

    expect(page.locator("#chart g")).to_have_count(60)
    titles = page.locator("#chart title").all_text_contents()
    assert len(titles) == 60
    assert sum("1 accepted" in title for title in titles) == 1
    assert sum("1 rejected" in title for title in titles) == 1


def test_everything_works_from_the_keyboard(open_page: Open, track: Track) -> None:
    """Search, move, open, go back, and see the keys, without a mouse."""
    track("Signed Up", "ada")
    track("Signed In", "ada")
    page = open_page()

    page.keyboard.press("/")
    expect(page.get_by_placeholder("Search names")).to_be_focused()
    page.keyboard.type("signed")
    page.keyboard.press("Escape")
    expect(page.locator("#total")).to_have_text("2")
    page.keyboard.press("j")
    expect(page.locator("#rows .row").nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#rows .row").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Signed Up")
    page.wait_for_load_state()
    page.keyboard.press("b")
    expect(page.locator("#total")).to_have_text("2")
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile("/debugger/users$"))


def test_the_list_is_there_without_scripts(open_page: Open, import_many: Callable[[int], None]) -> None:
    """The server's own page has the newest rows, and leads to the older ones."""
    import_many(70)
    page = open_page(java_script_enabled=False)

    assert names(page)[0] == "Event 69"
    page.get_by_role("link", name="Older →").click()
    assert names(page)[-1] == "Event 0"

"""One event opened, in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import requests
from playwright.sync_api import expect

Open = Callable[..., Any]
Track = Callable[..., None]

ORDER = {"order_id": "o-1", "total": 42.5, "products": [{"name": "Lamp"}]}


def opened(open_page: Open, **options: Any) -> Any:
    """The newest arrival, opened from the list."""
    page = open_page(**options)
    page.locator("#rows .row").first.click()
    expect(page.locator("#answers")).to_be_visible()
    page.wait_for_load_state()
    return page


def test_it_has_the_message_the_record_and_the_answer(open_page: Open, track: Track) -> None:
    """Side by side: what was called, what Mixpanel got, what it said."""
    track("Trial Started", "ada", properties={"seats": 3})
    page = opened(open_page)

    expect(page.locator("#message")).to_contain_text("messageId")
    expect(page.locator("#records [data-path='properties.seats']")).to_contain_text("3")
    expect(page.locator("#answers")).to_contain_text("Accepted")
    boxes = [page.locator(f"#{name}").bounding_box() for name in ("message", "records", "answers")]
    assert boxes[0]["x"] < boxes[1]["x"] < boxes[2]["x"]


def test_a_property_shows_where_it_came_from(open_page: Open, track: Track) -> None:
    """Under the mouse, or with the focus, the place in the message lights up."""
    track("Trial Started", "ada", properties={"seats": 3})
    page = opened(open_page)
    source = page.locator("#message [data-path='properties.seats']")
    line = page.locator("#records [data-path='properties.seats']")

    expect(line.locator(".from")).to_contain_text("properties.seats")
    line.hover()
    expect(source).to_have_class("lit")
    page.locator("h1").hover()
    expect(source).not_to_have_class("lit")
    line.focus()
    expect(source).to_have_class("lit")


def test_a_message_with_several_records_shows_them_all(open_page: Open, track: Track) -> None:
    """An order's products are events of their own."""
    track("Order Completed", properties={"order_id": "o-1", "products": [{"name": "Lamp"}, {"name": "Desk"}]})
    page = opened(open_page)

    expect(page.locator("#records h3")).to_have_count(3)
    expect(page.locator("#records")).to_contain_text("3 records")


def test_a_refusal_says_what_to_do(open_page: Open, stand_in: Any) -> None:
    """Mixpanel's words, the field, and the mend."""
    record = {"event": "Late", "properties": {"distinct_id": "ada", "time": 9e9, "$insert_id": "a1"}}
    requests.post(stand_in.url + "/import", json=[record], auth=("token", ""), timeout=30)
    page = opened(open_page)

    answer = page.locator("#answers .notice")
    expect(answer).to_contain_text("must not be in the future")
    expect(answer).to_contain_text("properties.time")
    expect(answer).to_contain_text("Set the clock")


def test_a_refused_request_is_explained(open_page: Open, stand_in: Any) -> None:
    """Wrong credentials leave no record, and are there to see."""
    requests.post(stand_in.url + "/import", json=[{"event": "Lost"}], timeout=30)
    page = opened(open_page)

    expect(page.locator("h1")).to_have_text("POST /import")
    expect(page.locator("#answers .notice")).to_contain_text("Check the token")


def test_it_is_copied_as_json(open_page: Open, track: Track) -> None:
    """The record, as it was."""
    track("Trial Started", "ada", properties={"seats": 3})
    page = opened(open_page, permissions=["clipboard-read", "clipboard-write"])

    page.locator("#records").get_by_role("button", name="JSON").click()

    expect(page.locator("#records").get_by_role("button", name="Copied")).to_be_visible()
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert copied["event"] == "Trial Started"
    assert copied["properties"]["seats"] == 3


def test_the_neighbours_are_one_key_away(open_page: Open, track: Track) -> None:
    """J and k go through the list from inside an event, within its filters."""
    track("Signed Up", "ada")
    track("Ignored", "grace")
    track("Signed In", "ada")
    page = opened(open_page, path="/debugger/events?user=ada")

    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text("Signed Up")
    page.wait_for_load_state()
    page.keyboard.press("k")
    expect(page.locator("h1")).to_have_text("Signed In")

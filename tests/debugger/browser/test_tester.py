"""The mapping tester, from end to end, in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import expect

Open = Callable[..., Any]
Track = Callable[..., None]

MAPPINGS = [
    {
        "name": "Signups",
        "enabled": True,
        "partnerAction": "trackEvent",
        "subscribe": 'type = "track" and event = "Signed Up"',
        "mapping": {"event": "New customer", "distinct_id": {"@path": "$.userId"}},
    }
]


def opened(open_page: Open, path: str = "/debugger/tester", **options: Any) -> Any:
    """The tester, with the mappings in force."""
    page = open_page(path, **options)
    expect(page.locator("#mappings li").first).to_be_visible()
    expect(page.locator("#explanation .notice")).to_be_visible()
    return page


def test_the_mappings_in_force_are_there(open_page: Open) -> None:
    """Segment's presets, the first of them on the sample, with what it makes."""
    page = opened(open_page)

    assert "Track Calls" in page.locator("#mappings .label").all_inner_texts()
    expect(page.locator("#explanation")).to_contain_text('Matches because type is "track"')
    expect(page.locator("#preview [data-path='event']")).to_contain_text("Signed Up")


def test_the_preview_follows_the_typing(open_page: Open) -> None:
    """A change of the sample or of the mapping shows at once, beside it."""
    page = opened(open_page)

    page.locator("#message").fill('{"type": "track", "event": "Tested", "userId": "ada"}')
    expect(page.locator("#preview [data-path='event']")).to_contain_text("Tested")
    page.locator("#fields").fill('{"event": {"@template": "My {{event}}"}}')
    expect(page.locator("#preview [data-path='event']")).to_contain_text("My Tested")


def test_a_condition_says_why_it_does_not_match(open_page: Open) -> None:
    """In words, with the part that decided; and nothing would be sent."""
    page = opened(open_page)

    page.locator("#condition").fill('type = "page"')

    expect(page.locator("#explanation")).to_contain_text('Does not match because type is "track", not "page"')
    expect(page.locator("#preview")).to_contain_text("Nothing is sent")


def test_an_error_stands_at_its_line(open_page: Open) -> None:
    """Of JSON that is none, and of a directive that is none."""
    page = opened(open_page)

    page.locator("#fields").fill('{\n  "event": "Fine",\n  "time": \n}')
    expect(page.locator("#fields-problems")).to_contain_text("is not JSON")
    page.locator("#fields").fill('{\n  "event": "Fine",\n  "time": {"@paht": "$.timestamp"}\n}')
    expect(page.locator("#fields-problems")).to_contain_text("Line 3")
    expect(page.locator("#fields-problems")).to_contain_text("@paht")
    expect(page.locator(".editor[data-editor=fields] .gutter .bad")).to_have_text("3")
    page.locator("#fields-problems button").click()
    selected = "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert "@paht" in page.locator("#fields").evaluate(selected)


def test_directives_and_paths_are_completed(open_page: Open) -> None:
    """A few letters, Enter, and the JSON is whole."""
    page = opened(open_page)
    field = page.locator("#fields")
    field.fill('{"event": }')
    field.evaluate("field => field.setSelectionRange(10, 10)")

    field.press_sequentially('"@te')
    expect(page.get_by_role("option", name="@template")).to_be_visible()
    page.keyboard.press("Enter")

    assert json.loads(field.input_value())["event"].keys() == {"@template"}
    field.fill('{"event": {"@path": ""}}')
    field.evaluate("field => field.setSelectionRange(21, 21)")
    field.press_sequentially("$.eve")
    expect(page.get_by_role("option", name="$.event")).to_be_visible()
    page.keyboard.press("Tab")
    assert json.loads(field.input_value()) == {"event": {"@path": "$.event"}}


def test_completions_do_not_move_the_text(open_page: Open) -> None:
    """However far to the right they are asked for, the list fits into the editor."""
    page = opened(open_page, viewport={"width": 1200, "height": 800})
    field = page.locator("#fields")
    field.fill('{"event_properties": {"a": {"b": {"c": ')
    field.press_sequentially('{"@')
    expect(page.get_by_role("option", name="@path")).to_be_visible()
    editor, offered = (
        page.locator(f"{name}").bounding_box() for name in (".editor:has(#fields)", ".completions")
    )
    assert offered["x"] + offered["width"] <= editor["x"] + editor["width"]
    assert page.locator(".editor:has(#fields)").evaluate("box => box.scrollLeft") == 0


def test_a_sample_is_taken_from_the_live_list(open_page: Open, track: Track) -> None:
    """What just arrived can be chosen; and an opened event leads here with its message."""
    page = opened(open_page)
    track("Fresh Event", properties={"colour": "green"})

    expect(page.locator("#sample option", has_text="track: Fresh Event")).to_have_count(1)
    page.locator("#sample").select_option("track: Fresh Event")
    expect(page.locator("#preview [data-path='properties.colour']")).to_contain_text("green")


def test_a_test_event_arrives(open_page: Open, stand_in: Any) -> None:
    """It goes through the mapping that is being edited, and can be opened."""
    page = opened(open_page)
    page.locator("#fields").fill(json.dumps({"event": "From the tester", "distinct_id": "ada"}))
    expect(page.locator("#preview [data-path='event']")).to_contain_text("From the tester")

    page.get_by_role("button", name="Send test event").click()

    expect(page.locator("#sent .verdict")).to_have_text("accepted")
    assert [event.event for event in stand_in.events] == ["From the tester"]
    page.get_by_role("link", name="Open it").click()
    expect(page.locator("h1")).to_have_text("From the tester")


def test_mappings_are_loaded_used_and_saved(open_page: Open, stand_in: Any, tmp_path: Path) -> None:
    """From a file, into force for what arrives at Segment's API, and to a file again."""
    file = tmp_path / "mappings.json"
    file.write_text(json.dumps(MAPPINGS))
    before = stand_in.desk.mappings
    page = opened(open_page, accept_downloads=True)

    page.locator("#load").set_input_files(file)
    expect(page.locator("#mappings .label")).to_have_text(["Signups"])
    page.get_by_role("button", name="Use these mappings").click()
    expect(page.locator("#saved")).to_contain_text("1 mappings in force")
    try:
        message = {"event": "Signed Up", "userId": "ada"}
        requests.post(stand_in.url + "/v1/track", json=message, auth=("token", ""), timeout=30)
    finally:
        stand_in.desk.use_mappings(before)
    assert [event.event for event in stand_in.events] == ["New customer"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Save file").click()
    assert json.loads(download.value.path().read_text()) == MAPPINGS


def test_a_broken_file_is_not_loaded(open_page: Open, tmp_path: Path) -> None:
    """The page says the line, and keeps what it had."""
    file = tmp_path / "mappings.json"
    file.write_text(json.dumps([{**MAPPINGS[0], "partnerAction": "nonsense"}], indent=2))
    page = opened(open_page)

    page.locator("#load").set_input_files(file)

    expect(page.locator("#document-problems")).to_contain_text("mappings.json is not loaded")
    expect(page.locator("#document-problems")).to_contain_text("line 5")
    expect(page.locator("#mappings .label").first).to_have_text("Track Calls")

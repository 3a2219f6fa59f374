"""Decode, in a browser."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

Open = Callable[..., Any]


def test_a_payload_is_read_as_it_is_pasted(open_page: Open) -> None:
    """Base64 becomes its records, each with Mixpanel's verdict."""
    record = {"event": "Signed Up", "properties": {"token": "t", "distinct_id": "ada", "seats": 3}}
    page = open_page("/debugger/decode")

    page.locator("#paste").fill(base64.b64encode(json.dumps(record).encode()).decode())

    expect(page.locator("#read [data-path='properties.seats']")).to_contain_text("3")
    expect(page.locator("#read .verdict")).to_have_text("accepted")


def test_what_is_wrong_with_a_record_is_said(open_page: Open) -> None:
    """The refusal, and the mend."""
    page = open_page("/debugger/decode")

    page.locator("#paste").fill('[{"event": "Late", "properties": {"time": 9e9, "distinct_id": "a"}}]')

    expect(page.locator("#read .notice")).to_contain_text("must not be in the future")
    expect(page.locator("#read .notice")).to_contain_text("Set the clock")


def test_what_cannot_be_read_is_said(open_page: Open) -> None:
    """And the words go when the field is cleared."""
    page = open_page("/debugger/decode")

    page.locator("#paste").fill("¿?")
    expect(page.locator("#read")).to_contain_text("This cannot be read")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#read")).to_contain_text("Copy as cURL")


def test_the_example_works(open_page: Open) -> None:
    """What the button puts there is read."""
    page = open_page("/debugger/decode")

    page.get_by_role("button", name="Example").click()

    expect(page.locator("#read .verdict")).to_have_text("accepted")

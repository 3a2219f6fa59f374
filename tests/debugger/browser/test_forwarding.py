"""What the page says of the data that is passed on to the real Mixpanel."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from analytics_mixpanel.debugger import StandIn


@pytest.mark.parametrize("view", ["events", "client"])
def test_the_page_says_what_was_passed_on(chromium: Any, view: str) -> None:
    """Where to and how much, on every view, as it happens."""
    with StandIn() as real, StandIn(forward=real.url) as near:
        page = chromium.new_context().new_page()
        page.goto(f"{near.url}/debugger/{view}")
        expect(page.locator("#forwarding")).to_have_text(f"Forwarding to {real.url}: 0 passed on")
        record = {"event": "Signed Up", "properties": {"distinct_id": "ada", "token": "token"}}
        assert near.desk.forwarding is not None
        near.desk.forwarding.pass_on(_consignment([record]))
        expect(page.locator("#forwarding")).to_contain_text("1 passed on", timeout=30_000)
        page.context.close()


def test_without_forwarding_nothing_is_said_of_it(open_page: Any) -> None:
    """The usual debugger keeps what it gets to itself."""
    expect(open_page().locator("#forwarding")).to_have_count(0)


def _consignment(records: list[Any]) -> Any:
    from analytics_mixpanel.debugger.forwarding import Consignment

    return Consignment("track", records)

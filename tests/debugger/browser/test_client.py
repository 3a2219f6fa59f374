"""Live clients, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from analytics_mixpanel import Client
from analytics_mixpanel.reporting import Address, Reporter

Open = Callable[..., Any]


def test_it_says_how_a_process_comes_here(open_page: Open, stand_in: Any) -> None:
    """Before any does, the line to start it with."""
    with stand_in.desk.reports._lock:
        stand_in.desk.reports._clients.clear()
    page = open_page("/debugger/client")

    expect(page.locator("#main")).to_contain_text(f"ANALYTICS_MIXPANEL_DEBUGGER={stand_in.url}")


def test_a_live_client_is_shown(open_page: Open, stand_in: Any) -> None:
    """Its plugins, its queue, its lane's counts, and what it lost, as it goes on."""
    page = open_page("/debugger/client")
    with Client("token", stand_in.url, plugins=[Reporter(Address(stand_in.url))]) as client:
        client.track("ada", "Signed Up")
        client.track("ada", "From the Future", timestamp=_far())
        client.flush()

        panel = page.locator(".client").first
        expect(panel).to_contain_text("Mixpanel")
        expect(panel).to_contain_text("From the Future")
        expect(panel).to_contain_text("must not be in the future")
        expect(panel.locator(".verdict").first).to_have_text("live")
    expect(page.locator(".client .verdict").first).to_have_text("closed")


def test_its_messages_stand_beside_the_records(open_page: Open, stand_in: Any) -> None:
    """What the client says it was called with is linked to what Mixpanel got."""
    with Client("token", stand_in.url, plugins=[Reporter(Address(stand_in.url))]) as client:
        client.track("ada", "Signed Up", {"plan": "pro"})
    page = open_page()

    expect(page.locator("#rows .row .type")).to_have_text(["track"])
    page.locator("#rows .row").click()
    expect(page.locator("#message")).to_contain_text("told by the live client")
    expect(page.locator("#records [data-path='properties.plan'] .from")).to_contain_text("properties.plan")


def _far() -> Any:
    from datetime import datetime, timedelta, timezone

    return datetime.now(timezone.utc) + timedelta(days=3)

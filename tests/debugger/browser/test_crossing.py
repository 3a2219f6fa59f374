"""A web app that sends from the browser, at another origin than the debugger's."""

from __future__ import annotations

from typing import Any

import pytest

SEND = """
    async ([url, type]) => {
        const message = {type: "track", event: "From a page", userId: "ada", messageId: type};
        const body = JSON.stringify({writeKey: "token", batch: [message]});
        const headers = {"Content-Type": type, "X-App": "shop"};
        const options = {method: "POST", credentials: "include", headers, body};
        const answer = await fetch(url + "/v1/batch", options);
        return [answer.status, await answer.text()];
    }
"""
BEACON = """
    async ([url, record]) => {
        const form = new URLSearchParams({data: JSON.stringify(record)});
        const options = {method: "POST", credentials: "include", body: form};
        const sent = await fetch(url + "/track/?verbose=1", options);
        const batch = {writeKey: "token", batch: [{type: "track", event: "At the end", userId: "ada"}]};
        navigator.sendBeacon(url + "/v1/batch", JSON.stringify(batch));
        return sent.status;
    }
"""
FORGE = """
    async (url) => {
        const tried = [];
        const ask = (path, options) => fetch(`${url}/debugger/${path}`, options);
        const forged = {method: "POST", headers: {"Content-Type": "text/plain"}, body: "{}"};
        for (const path of ["tester/send", "reports"]) {
            tried.push(await ask(path, forged).then(() => "read", () => "refused"));
        }
        const change = {method: "PUT", headers: {"Content-Type": "application/json"}, body: "[]"};
        tried.push(await ask("tester/mappings", change).then(() => "read", () => "refused"));
        tried.push(await ask("events/rows").then(() => "read", () => "refused"));
        return tried;
    }
"""


@pytest.fixture
def shop(chromium: Any, stand_in: Any) -> Any:
    """A page of another origin: the same machine by another name, without the debugger's policy."""
    page = chromium.new_context().new_page()
    page.goto(stand_in.url.replace("127.0.0.1", "localhost") + "/shop")
    yield page
    page.context.close()


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_segments_messages_arrive(shop: Any, stand_in: Any, kind: str) -> None:
    """As analytics.js posts them, and its answer can be read."""
    assert shop.evaluate(SEND, [stand_in.url, kind]) == [200, '{"success":true}']
    assert [event.event for event in stand_in.events] == ["From a page"]


def test_forms_and_beacons_arrive(shop: Any, stand_in: Any) -> None:
    """As Mixpanel's own library posts them, and what a page sends while it is closed."""
    record = {"event": "A form", "properties": {"token": "token", "distinct_id": "ada"}}
    assert shop.evaluate(BEACON, [stand_in.url, record]) == 200
    assert stand_in.wait_until(lambda: len(stand_in.events) == 2, 30)
    assert {event.event for event in stand_in.events} == {"A form", "At the end"}


def test_another_page_can_neither_read_nor_change(shop: Any, stand_in: Any) -> None:
    """What arrived, the mappings and the reports belong to the debugger's own page."""
    before = stand_in.desk.mappings
    assert shop.evaluate(FORGE, stand_in.url) == ["refused"] * 4
    assert stand_in.desk.mappings == before
    assert stand_in.desk.reports.clients() == []

"""Hostile names and values: they are shown as the text that they are, and nothing of them runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from playwright.sync_api import expect

Open = Callable[..., Any]

CORPUS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"><svg onload=alert(3)>',
    "' onmouseover='alert(4)' autofocus onfocus='alert(5)",
    "</title></textarea></script><script>alert(6)</script>",
    "javascript:alert(7)",
    "{{ 7 * 7 }}{% raw %}",
    "<iframe srcdoc='<script>parent.alert(8)</script>'>",
    "</template><template><img src=x onerror=alert(9)>",
    "<style>*{display:none}</style>",
    "\u202eevil\u202c \u0000\ufeff <b>bold</b>",
    "<a href='//evil.example'>click</a>",
)
FORGED = (
    "img, svg[onload], iframe, script:not([src]), body style, [onerror], [onmouseover], [onfocus], b b, "
    "a[href^='//']"
)


def records(now: float) -> list[dict[str, Any]]:
    """Each text as an event's name, as a user, as a property's name and value."""
    return [
        {
            "event": text,
            "properties": {"time": now, "distinct_id": text, "$insert_id": f"id-{at}", text: {text: [text]}},
        }
        for at, text in enumerate(CORPUS)
    ]


@pytest.fixture
def hostile(stand_in: Any) -> None:
    """Everything that arrives is hostile: events, profiles, groups, messages, credentials, reports."""
    with requests.Session() as session:

        def send(path: str, body: Any, token: str = "token") -> None:
            session.post(stand_in.url + path, json=body, auth=(token, ""), timeout=30)

        send("/import", records(time.time()))
        send("/engage", [{"$token": "t", "$distinct_id": text, "$set": {text: text}} for text in CORPUS])
        updates = [{"$token": "t", "$group_key": text, "$group_id": text} for text in CORPUS]
        send(
            "/groups",
            [{**update, "$set": {text: text}} for update, text in zip(updates, CORPUS, strict=True)],
        )
        for text in CORPUS:
            library = {"library": {"name": text, "version": text}}
            send("/v1/track", {"event": text, "userId": text, "properties": {text: text}, "context": library})
            send("/v1/track", {"type": text, "event": "", "userId": text, "messageId": text})
        send("/import", [{"event": CORPUS[0], "properties": {CORPUS[1]: CORPUS[2]}}])
        for text in CORPUS:
            report = {
                "process": {
                    "pid": 1,
                    "host": text,
                    "started": 1.0,
                    "program": text,
                    "versions": {text: text},
                },
                "client": 1,
                "plugins": [{"name": text, "hooks": [text]}],
                "queue": {"type": text, "pending": text},
                "lanes": [{"destination": text, "stats": {"dropped": {text: 1}}, "health": {text: text}}],
                "settings": {text: text},
                "losses": [{"number": 1, "reason": text, "event": text, "field": text, "at": text}],
            }
            answer = session.post(
                stand_in.url + "/debugger/reports", json={"report": report, "messages": []}, timeout=30
            )
            assert answer.status_code == 204, answer.text


def is_clean(page: Any) -> None:
    """Nothing of the corpus became an element; what did run would be in the page's own notes."""
    expect(page.locator("#connection")).to_have_text("live")
    assert page.locator(FORGED).count() == 0


@pytest.mark.usefixtures("hostile")
def test_lists_show_hostile_text_as_text(open_page: Open) -> None:
    """As the server writes rows, and as the script does."""
    page = open_page()
    is_clean(page)
    page.locator("#rows .row").first.focus()
    for _ in range(12):
        page.keyboard.press("PageDown")
    is_clean(page)
    for text in CORPUS[:4]:
        page.get_by_placeholder("Search names").fill(text)
        expect(page.locator("#rows .name", has_text=text).first).to_be_visible()
    page.keyboard.press("Escape")
    for view in ("users", "groups", "client"):
        page.goto(page.url.partition("/debugger")[0] + f"/debugger/{view}")
        is_clean(page)
        expect(page.locator("#main")).to_contain_text(CORPUS[1])


@pytest.mark.usefixtures("hostile")
def test_opened_ones_show_hostile_text_as_text(open_page: Open, stand_in: Any) -> None:
    """Each kind of arrival, each profile, and the tester with such a message."""
    with stand_in.store.reading() as db:
        arrivals = db.execute(
            "SELECT min(id) FROM arrivals GROUP BY kind, verdict"
            " UNION SELECT max(id) FROM arrivals GROUP BY kind"
        ).fetchall()
        profiles = db.execute("SELECT id, group_key FROM profiles ORDER BY id").fetchall()
        message = db.execute("SELECT min(id) FROM messages").fetchone()[0]
    paths = [f"events/{row[0]}" for row in arrivals]
    paths += [
        f"{'groups' if row[1] else 'users'}/{row[0]}" for row in (profiles[0], profiles[1], profiles[-2])
    ]
    page = open_page()
    for path in [*paths, f"tester?message={message}"]:
        page.goto(f"{stand_in.url}/debugger/{path}")
        is_clean(page)
    expect(page.locator("#preview")).to_contain_text(CORPUS[0])
    is_clean(page)


def test_what_is_typed_is_shown_as_text(open_page: Open) -> None:
    """The tester's and the decoder's answers, which come as HTML."""
    page = open_page("/debugger/decode")
    for text in CORPUS:
        page.locator("#paste").fill(
            f'[{{"event": {_json(text)}, "properties": {{{_json(text)}: {_json(text)}}}}}]'
        )
        expect(page.locator("#read .tree li").first).to_contain_text(text.strip()[:5].strip("\u202e"))
        is_clean(page)
    page.goto(page.url.replace("decode", "tester"))
    expect(page.locator("#explanation .notice")).to_be_visible()
    for text in CORPUS:
        page.locator("#name").fill(text)
        page.locator("#condition").fill(f"type = {_json(text)}")
        page.locator("#message").fill(f'{{"type": {_json(text)}, "event": {_json(text)}}}')
        page.locator("#fields").fill(f'{{"event": {_json(text)}, {_json(text)}: {{"@x": {_json(text)}}}}}')
        expect(page.locator("#fields-problems li").first).to_be_visible()
        is_clean(page)


def test_the_policy_stops_what_would_be_forged(chromium: Any, stand_in: Any) -> None:
    """Even an element that got into the page could run nothing, and call nobody."""
    page = chromium.new_page()
    page.goto(stand_in.url + "/debugger/events")
    forged = "<img src=x onerror='document.title = 1'>"
    page.evaluate(f"document.body.insertAdjacentHTML('beforeend', {_json(forged)})")
    called = page.evaluate("fetch('https://evil.example/').then(() => 'sent', () => 'blocked')")
    title = page.title()
    page.context.close()

    assert called == "blocked"
    assert title != "1"


def _json(text: str) -> str:
    import json

    return json.dumps(text)

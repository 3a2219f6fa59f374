"""One Chromium for the whole run, and a page that notices whatever a script should not have done."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
import requests

from analytics_mixpanel.debugger import StandIn

TOKEN: Final = "DEMO_PROJECT_TOKEN"
PATIENCE: Final = 30_000
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

Page = Any
Open = Callable[..., Page]


_running = ExitStack()
_browsers: list[Any] = []
_usual: list[Any] = []
_noticed: list[str] = []


@pytest.fixture
def chromium() -> Any:
    """The browser, started once; in CI its absence fails, elsewhere it skips."""
    if not _browsers:
        _browsers.append(_launched())
    return _browsers[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """Close the browser after the last test here: while Playwright runs, nobody else can run asyncio."""
    try:
        return (yield)
    finally:
        if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
            _running.close()
            _browsers.clear()
            _usual.clear()


def _launched() -> Any:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return _lacking("no Playwright: pip install playwright")
    if found is None:
        return _lacking("no Chromium: apt-get install chromium")
    playwright = _running.enter_context(sync_playwright())
    browser = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
    _running.callback(browser.close)
    return browser


def _lacking(what: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture
def open_page(chromium: Any, stand_in: StandIn) -> Iterator[Open]:
    """Opens a view of the debugger; afterwards nothing may have failed, asked or called out in it.

    Without options it is the same page each time: a new one costs as much as a test.
    """
    contexts: list[Any] = []
    _noticed.clear()

    def open_(path: str = "/debugger/events", **options: Any) -> Page:
        if options or not _usual:
            context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            _listen(page, stand_in.url)
            (contexts if options else _usual).append(context)
        else:
            page = _usual[0].pages[0]
        page.goto(stand_in.url + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    for context in _usual:
        context.pages[0].goto("about:blank")
    assert _noticed == []


def _listen(page: Any, url: str) -> None:
    own = (url + "/", "data:", "about:", f"blob:{url}/")
    page.on("pageerror", lambda error: _noticed.append(f"error: {error}"))
    page.on("dialog", _refuse)
    page.on("console", lambda said: _noticed.append(said.text) if _is_bad(said) else None)
    page.on("request", lambda asked: None if asked.url.startswith(own) else _noticed.append(asked.url))


def _refuse(dialog: Any) -> None:
    _noticed.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def _is_bad(said: Any) -> bool:
    # What a test lets fail on purpose is noted by the browser as well.
    return said.type in ("error", "warning") and "Failed to load resource" not in said.text


@pytest.fixture
def track(stand_in: StandIn) -> Iterator[Callable[..., None]]:
    """Sends a message to Segment's API of the stand-in."""
    with requests.Session() as session:

        def send(event: str = "Signed Up", user: str = "user-1", **message: Any) -> None:
            body = {"type": "track", "event": event, "userId": user, **message}
            sent = session.post(f"{stand_in.url}/v1/{body['type']}", json=body, auth=(TOKEN, ""), timeout=30)
            assert sent.status_code == 200, sent.text

        yield send


@pytest.fixture
def import_many(stand_in: StandIn) -> Callable[[int], None]:
    """Sends many events to ``/import``, 2,000 a request."""

    def send(count: int) -> None:
        with requests.Session() as session:
            for start in range(0, count, 2000):
                records = [_record(number) for number in range(start, min(start + 2000, count))]
                sent = session.post(stand_in.url + "/import", json=records, auth=(TOKEN, ""), timeout=60)
                assert sent.status_code == 200, sent.text

    return send


def _record(number: int) -> dict[str, Any]:
    properties = {"time": 1_700_000_000 + number, "distinct_id": f"user-{number % 50}", "number": number}
    return {"event": f"Event {number}", "properties": {**properties, "$insert_id": f"id-{number}"}}

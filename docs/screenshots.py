"""Makes the pictures of the debugger's page in ``docs/images``: ``python docs/screenshots.py``.

Each view in light and dark, with what the demo's shop sends. Needs Chromium and Playwright.
"""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import requests
from attrs import define
from playwright.sync_api import sync_playwright

from analytics_mixpanel import Client
from analytics_mixpanel.cli.demo import run_shop
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.reporting import Address, Reporter
from analytics_mixpanel_groups import Groups

_IMAGES: Final = Path(__file__).parent / "images"
_TOKEN: Final = "DEMO_PROJECT_TOKEN"  # noqa: S105 - the stand-in takes any
_PATIENCE: Final = 60_000
_ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
_SIZE: Final = {"width": 1280, "height": 800}
_PHONE: Final = {"width": 390, "height": 780}
_NAMES: Final = ("Signed In", "Prices Seen", "Video Played", "Product Viewed", "Article Read")
_MAPPING: Final = """{
  "event": { "@template": "{{event}} ({{properties.plan}})" },
  "distinct_id": { "@path": "$.userId" },
  "time": { "@path": "$.timestamp" },
  "insert_id": { "@path": "$.messageId" },
  "event_properties": { "@path": "$.properties" }
}"""


@define
class Clock:
    """The debugger's clock, which can be set back: what arrives is spread over the chart."""

    behind: float = 0.0

    def __call__(self) -> float:
        """Give the time in seconds since 1970."""
        return time.time() - self.behind


def main() -> int:
    """Make every picture."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        print("no Chromium: apt-get install chromium", file=sys.stderr)  # noqa: T201 - a command
        return 2
    _IMAGES.mkdir(exist_ok=True)
    clock = Clock()
    with StandIn(now=clock) as stand_in, sync_playwright() as playwright:
        fill(stand_in, clock)
        reporter = Reporter(Address(stand_in.url))
        with Client(_TOKEN, stand_in.url, plugins=[reporter, Groups("company_id")]) as client:
            run_live(client)
            browser = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
            for scheme in ("light", "dark"):
                photograph(browser, stand_in, scheme)
            browser.close()
    return 0


def fill(stand_in: StandIn, clock: Clock) -> None:
    """Have an hour of a shop's life arrive, from a website that speaks to Segment."""
    chance = random.Random(7)  # noqa: S311 - the same pictures each time
    library = {"library": {"name": "analytics.js", "version": "2.11.1"}}
    with requests.Session() as session:
        session.auth = (_TOKEN, "")
        for number in range(420):
            clock.behind = 3_000 * (1 - number / 420) * chance.uniform(0.97, 1.0)
            message = {
                "type": "track",
                "event": "" if chance.random() < 0.03 else chance.choice(_NAMES),
                "userId": f"user-{chance.randrange(1, 40)}",
                "properties": {"plan": chance.choice(("free", "pro")), "seconds": chance.randrange(5, 300)},
                "context": library,
                "messageId": f"m-{number - (chance.random() < 0.05)}",
            }
            session.post(f"{stand_in.url}/v1/track", json=message, timeout=30)
    clock.behind = 0.0


def run_live(client: Client) -> None:
    """Run the demo's shop, with a company whose key is everywhere."""
    client.identify("user-7", {"email": "ada@example.com", "name": "Ada Lovelace", "plan": "pro"})
    client.group("user-7", "globex", {"name": "Globex", "employees": 1_200})
    for name in ("Signed In", "Report Exported", "Invoice Paid"):
        client.track("user-7", name, {"seats": 12, "amount": 99.5})
    run_shop(client)
    client.flush()
    time.sleep(2.5)  # until the next report


def photograph(browser: Any, stand_in: StandIn, scheme: str) -> None:
    """Take each view in one theme."""
    views: dict[str, Callable[[Any, str], None]] = {
        "events": events,
        "event": event,
        "rejected": rejected,
        "user": user,
        "group": group,
        "tester": tester,
        "client": client_view,
        "decode": decode,
    }
    for name, show in views.items():
        page = opened(browser, scheme, _SIZE)
        show(page, stand_in.url + "/debugger")
        page.screenshot(path=_IMAGES / f"debugger-{name}-{scheme}.png")
        page.context.close()
    page = opened(browser, scheme, _PHONE)
    events(page, stand_in.url + "/debugger")
    page.screenshot(path=_IMAGES / f"debugger-phone-{scheme}.png")
    page.context.close()


def opened(browser: Any, scheme: str, size: dict[str, int]) -> Any:
    """Open an empty page."""
    page = browser.new_context(color_scheme=scheme, viewport=size).new_page()
    page.set_default_timeout(_PATIENCE)
    return page


def events(page: Any, url: str) -> None:
    """Show the list."""
    page.goto(url + "/events")
    page.locator("#chart g").first.wait_for(state="attached")
    page.wait_for_timeout(800)


def event(page: Any, url: str) -> None:
    """Show one event, with the mouse on a property."""
    page.goto(url + "/events?name=Invoice+Paid")
    page.locator("#rows .row").first.click()
    page.locator("#records [data-path='properties.amount']").hover()
    page.wait_for_timeout(300)


def rejected(page: Any, url: str) -> None:
    """Show one that Mixpanel refused."""
    page.goto(url + "/events?name=Clock+Went+Wrong&verdict=rejected")
    page.locator("#rows .row").first.click()
    page.locator("#answers").wait_for()
    page.wait_for_timeout(300)


def user(page: Any, url: str) -> None:
    """Show one user."""
    page.goto(url + "/users?text=user-7")
    page.locator("a.row", has_text="Lovelace").click()
    page.locator("h1").wait_for()
    page.wait_for_timeout(300)


def group(page: Any, url: str) -> None:
    """Show one group."""
    page.goto(url + "/groups?text=globex")
    page.locator("a.row").first.click()
    page.locator(".join").wait_for()
    page.wait_for_timeout(300)


def tester(page: Any, url: str) -> None:
    """Show a mapping being written."""
    page.goto(url + "/tester")
    page.locator("#preview .tree").wait_for()
    page.locator("#condition").fill('type = "track" and properties.plan = "pro"')
    page.locator("#fields").fill(_MAPPING)
    page.locator("#preview [data-path='event']", has_text="(pro)").wait_for()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(300)


def client_view(page: Any, url: str) -> None:
    """Show the live process."""
    page.goto(url + "/client")
    page.locator(".client").first.wait_for()
    page.wait_for_timeout(300)


def decode(page: Any, url: str) -> None:
    """Show the example, read."""
    page.goto(url + "/decode")
    page.locator("#example").click()
    page.locator("#read .tree").wait_for()
    page.wait_for_timeout(300)


if __name__ == "__main__":
    sys.exit(main())

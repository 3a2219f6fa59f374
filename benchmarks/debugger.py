"""How the debugger holds up: 100,000 events kept, 2,000 a second arriving, its page open in Chromium.

    python -m benchmarks.debugger [--events N] [--rate N] [--seconds N] [--no-page]

The debugger is a process of its own; what is sent to it, and the browser, share the rest of the machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import orjson

_RUN: Final = "from analytics_mixpanel.cli import main; raise SystemExit(main())"
_LARGE: Final = 1000
_SMALL: Final = 50
_REPEATS: Final = 5
_HEADERS: Final = {"Content-Type": "application/json", "Authorization": "Basic YmVuY2htYXJrOg=="}
_QUERIES: Final = {
    "the newest 100 rows, ms": "/debugger/events/rows",
    "100 rows from the middle, ms": "/debugger/events/rows?offset={middle}",
    "rows of one name, ms": "/debugger/events/rows?name=Event%207",
    "a search of all properties, ms": "/debugger/events/rows?text=no-such-value",
    "the chart, ms": "/debugger/events/volume",
    "the users, ms": "/debugger/users",
}
_FIRST_PAINT: Final = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
_FRAMES: Final = """
    (ms) => new Promise((done) => {
        const scroller = document.getElementById("scroller");
        const gaps = []; const started = performance.now(); let last = started;
        const step = (now) => {
            gaps.push(now - last); last = now; scroller.scrollBy(0, 40);
            if (now - started < ms) requestAnimationFrame(step); else done(gaps.slice(1));
        };
        requestAnimationFrame(step);
    })
"""


@contextmanager
def _debugger(kept: int) -> Iterator[tuple[str, int]]:
    """Give its address and its process id."""
    command = [sys.executable, "-c", _RUN, "debugger", "--port", "0", "--keep", str(kept)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip().partition("=")[2], process.pid
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only for the page

    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise SystemExit("no Chromium: apt-get install chromium, or give --no-page")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def _events(count: int) -> bytes:
    """Give a request of ``/import`` with so many different events."""
    now = int(time.time() * 1000)
    return orjson.dumps([_event(number, now) for number in range(count)])


def _event(number: int, now: int) -> dict[str, Any]:
    return {
        "event": f"Event {number % 20}",
        "properties": {
            "time": now,
            "distinct_id": f"user-{(now + number) % 5000}",
            "$insert_id": uuid.uuid4().hex,
            "plan": "pro",
            "price": 12.5,
            "url": "https://shop.example/products/p-1?campaign=newsletter",
            "product": {"id": "p-1", "name": "Lamp", "tags": ["light", "desk"]},
        },
    }


@contextmanager
def _connected(url: str) -> Iterator[Callable[..., bytes]]:
    """Give what makes requests over one connection."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)

    def ask(path: str, body: bytes | None = None) -> bytes:
        connection.request("GET" if body is None else "POST", path, body, _HEADERS)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return content

    try:
        yield ask
    finally:
        connection.close()


def _filled(url: str, count: int) -> float:
    """Send so many events as fast as it goes, and give how many a second that was."""
    started = time.perf_counter()
    with _connected(url) as ask:
        for sent in range(0, count, _LARGE):
            ask("/import?strict=1", _events(min(_LARGE, count - sent)))
    return count / (time.perf_counter() - started)


def _send_steadily(url: str, rate: int, ended: threading.Event, behind: list[float]) -> None:
    """Send at a rate until told to end, noting in seconds how late each request was answered."""
    started, sent = time.perf_counter(), 0
    with _connected(url) as ask:
        while not ended.is_set():
            ask("/import?strict=1", _events(_SMALL))
            sent += _SMALL
            left = started + sent / rate - time.perf_counter()
            behind.append(max(0.0, -left))
            ended.wait(max(0.0, left))


@contextmanager
def _sending(url: str, rate: int) -> Iterator[list[float]]:
    ended, behind = threading.Event(), [0.0]
    thread = threading.Thread(target=_send_steadily, args=(url, rate, ended, behind))
    thread.start()
    try:
        yield behind
    finally:
        ended.set()
        thread.join()


def _queries(url: str, count: int) -> dict[str, float]:
    """Time what the page asks for."""
    figures = {}
    with _connected(url) as ask:
        for name, path in _QUERIES.items():
            times = []
            for _ in range(_REPEATS):
                started = time.perf_counter()
                ask(path.format(middle=count // 2))
                times.append((time.perf_counter() - started) * 1000)
            figures[name] = median(times)
    return figures


def _told(url: str, seconds: float) -> float:
    """Listen as a page does, and give how many messages a second there were."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    connection.request("GET", "/debugger/live")
    answer, messages, ending = connection.getresponse(), 0, time.perf_counter() + seconds
    while time.perf_counter() < ending:
        messages += answer.readline().startswith(b"data: ")
    connection.close()
    return messages / seconds


def _opened(url: str, browser: Any) -> Any:
    page = browser.new_page(viewport={"width": 1360, "height": 860})
    answer = page.goto(url + "/debugger/events")
    if answer is None or not answer.ok:
        raise RuntimeError("the page cannot be shown, so its times mean nothing")
    page.wait_for_timeout(600)
    return page


def _first_paint(url: str, browser: Any) -> float:
    times: list[float] = []
    for _ in range(_REPEATS):
        page = _opened(url, browser)
        times.append(page.evaluate(_FIRST_PAINT))
        page.close()
    return median(times)


def _processor_seconds(pid: int) -> float:
    """Give what a process has used of the processors; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _seen(url: str, pid: int, rate: int, seconds: float) -> dict[str, float]:
    """Measure what somebody at the page sees."""
    with _browser() as browser:
        figures = {"first paint with nothing arriving, ms": _first_paint(url, browser)}
        with _sending(url, rate):
            figures[f"first paint at {rate:,} events/s, ms"] = _first_paint(url, browser)
            page = _opened(url, browser)
            used = _processor_seconds(pid)
            gaps = page.evaluate(_FRAMES, seconds * 1000)
            used = _processor_seconds(pid) - used
    figures[f"% of one core for {rate:,} events/s with the page open"] = used / seconds * 100
    figures["ms between frames while scrolling, median"] = median(gaps)
    figures["ms between frames while scrolling, p95"] = quantiles(gaps, n=20)[-1]
    return figures


def measure(count: int, rate: int, seconds: float, *, page: bool) -> dict[str, float]:
    """Give every figure by its name."""
    with _debugger(count) as (url, pid):
        speed = _filled(url, count)
        figures = {f"events/s taken in, of {count:,} as fast as it goes": speed, **_queries(url, count)}
        with _sending(url, rate) as behind:
            told = _told(url, seconds)
        figures[f"ms that the sender of {rate:,}/s was behind, at most"] = max(behind) * 1000
        figures["messages/s to a reader meanwhile"] = told
        if page:
            figures |= _seen(url, pid, rate, seconds)
        figures["events held at the end"] = _held(url)
    return figures


def _held(url: str) -> int:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    connection.request("GET", "/debugger/live")
    answer = connection.getresponse()
    while not (line := answer.readline()).startswith(b"data: "):
        pass
    connection.close()
    return int(json.loads(line[6:])["counts"]["events"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--no-page", action="store_true", help="leave out what needs a browser")
    options = parser.parse_args()
    figures = measure(options.events, options.rate, options.seconds, page=not options.no_page)
    for name, figure in figures.items():
        text = f"{figure:,}" if isinstance(figure, int) else f"{figure:,.1f}"
        print(f"| {name:<58} | {text:>16} |")


if __name__ == "__main__":
    main()

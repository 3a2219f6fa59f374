"""``analytics-mixpanel debugger``, run as a command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import StandIn

RUN = [sys.executable, "-c", "from analytics_mixpanel.cli import main; raise SystemExit(main())", "debugger"]
TOKEN = "a-token-of-some-length"


class Debugger:
    """A running command.

    Attributes:
        said: the lines that it printed when it was ready.
    """

    def __init__(self, *arguments: str, **variables: str) -> None:
        kept = {name: value for name, value in os.environ.items() if "MIXPANEL" not in name}
        self.process = subprocess.Popen(
            [*RUN, "--port", "0", *arguments], env={**kept, **variables}, stdout=subprocess.PIPE, text=True
        )
        self.said: list[str] = []
        assert self.process.stdout is not None
        while not self.said or "Ctrl-C" not in self.said[-1]:
            line = self.process.stdout.readline()
            assert line, f"it ended with {self.process.wait()}"
            self.said.append(line.rstrip("\n"))
        self.url = self.said[0].removeprefix("MIXPANEL_API_HOST=")

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@pytest.fixture
def start() -> Iterator[Callable[..., Debugger]]:
    """Start debuggers; they are killed after the test."""
    started: list[Debugger] = []

    def run(*arguments: str, **variables: str) -> Debugger:
        started.append(Debugger(*arguments, **variables))
        return started[-1]

    yield run
    for each in started:
        each.process.kill()
        each.process.communicate()


def track(url: str, event: str = "A") -> requests.Response:
    """Send one event to ``/track``."""
    record = {"event": event, "properties": {"token": "t", "distinct_id": "u"}}
    return requests.post(url + "/track", json=[record], timeout=30)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(start: Callable[..., Debugger], number: signal.Signals) -> None:
    """The first line is the one to paste; Ctrl-C ends it with 0, even while a page listens."""
    debugger = start()
    assert debugger.said[0].startswith("MIXPANEL_API_HOST=http://127.0.0.1:")
    assert any(line == f"The page: {debugger.url}/debugger/" for line in debugger.said)
    assert track(debugger.url).text == "1"
    with requests.get(debugger.url + "/debugger/live", stream=True, timeout=30) as page:
        assert page.status_code == 200
        assert debugger.end(number) == 0


def test_a_file_keeps_what_arrived(start: Callable[..., Debugger], tmp_path: Path) -> None:
    """The next one shows it again."""
    file = str(tmp_path / "debugger.db")
    debugger = start("--db", file, "--keep", "50")
    for number in range(60):
        track(debugger.url, f"A{number}")
    assert debugger.end(signal.SIGINT) == 0
    with StandIn(db=file) as again:
        assert [each.event for each in again.events] == [f"A{number}" for number in range(10, 60)]


def test_it_forwards(start: Callable[..., Debugger]) -> None:
    """What is accepted arrives at the address that was given."""
    with StandIn() as real:
        debugger = start("--forward", real.url)
        assert f"Accepted data goes on to {real.url}" in debugger.said
        track(debugger.url)
        assert real.wait_until(lambda: len(real.events) == 1, 30)


@pytest.mark.parametrize(
    ("region", "url"), [(None, "https://api.mixpanel.com"), ("eu", "https://api-eu.mixpanel.com")]
)
def test_the_region_is_from_the_environment(
    start: Callable[..., Debugger], region: str | None, url: str
) -> None:
    """``--forward`` alone means Mixpanel, in the region of the settings."""
    variables = {} if region is None else {"MIXPANEL_REGION": region}
    assert f"Accepted data goes on to {url}" in start("--forward", **variables).said


def test_other_mappings_are_in_force(start: Callable[..., Debugger], tmp_path: Path) -> None:
    """Messages of Segment's clients become what the file says."""
    file = tmp_path / "mappings.json"
    file.write_text(
        '[{"name": "R", "subscribe": "type = \\"track\\"", "partnerAction": "trackEvent",'
        ' "mapping": {"event": "Renamed", "distinct_id": {"@path": "$.userId"}}}]'
    )
    path = str(tmp_path / "debugger.db")
    debugger = start("--mappings", str(file), "--db", path)
    body = {"userId": "u", "event": "A", "writeKey": "k"}
    assert requests.post(debugger.url + "/v1/track", json=body, timeout=30).ok
    assert debugger.end(signal.SIGINT) == 0
    with StandIn(db=path) as again:
        assert [each.event for each in again.events] == ["Renamed"]


def test_a_token_is_asked_for(start: Callable[..., Debugger]) -> None:
    """The address that is printed has it; the option or the environment gives it."""
    for debugger in (start("--token", TOKEN), start(ANALYTICS_MIXPANEL_DEBUGGER_TOKEN=TOKEN)):
        assert f"The page: {debugger.url}/debugger/?token={TOKEN}" in debugger.said
        assert requests.get(debugger.url + "/debugger/live", timeout=30).status_code == 403


def test_it_opens_the_page(start: Callable[..., Debugger], tmp_path: Path) -> None:
    """``--open`` hands the page's address to the browser."""
    note = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {note}\n')
    browser.chmod(0o700)
    debugger = start("--open", BROWSER=f"{browser} %s")
    deadline = time.monotonic() + 30
    while not note.exists() or not note.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert note.read_text().strip() == f"{debugger.url}/debugger/"


def refused(*arguments: str) -> tuple[int, str]:
    """Run it where it cannot start, and give the status and what it says."""
    kept = {name: value for name, value in os.environ.items() if "MIXPANEL" not in name}
    done: Any = subprocess.run(
        [*RUN, *arguments], env=kept, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_a_taken_port_is_said_with_the_mend() -> None:
    """It names the port and the option."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        status, said = refused("--port", port)
    assert status == 2
    assert f"port {port} is taken" in said
    assert "--port" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0"], "give a token"),
        (["--host", "0.0.0.0", "--token", "short"], "token must have"),
        (["--host", "192.0.2.1", "--token", TOKEN], "no address of this machine"),
        (["--forward", "mars"], "forward must be one of us, eu, in"),
        (["--port", "99999"], "up to 65535"),
        (["--db", "/nowhere/kept.db"], "db: /nowhere/kept.db cannot be used"),
        (["--db", __file__], "file is not a database"),
        (["--mappings", "/nowhere.json"], "cannot be read"),
        (["--keep", "0"], "above 0"),
        (["--keep", "many"], "above 0"),
    ],
)
def test_a_wrong_setting_is_said(arguments: list[str], words: str) -> None:
    """In a line, without a traceback."""
    status, said = refused("--port", "0", *arguments)
    assert status == 2
    assert words in said


def test_without_the_extra_it_says_what_to_install(run_python: Callable[..., Any]) -> None:
    """The command is there, and names the extra."""
    ended = run_python(
        """
        import sys
        sys.modules["uvicorn"] = None
        from analytics_mixpanel.cli import main
        raise SystemExit(main(["debugger"]))
        """
    )
    assert ended.returncode == 2
    assert "analytics-mixpanel[debugger]" in ended.stderr

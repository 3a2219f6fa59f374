"""Servers in processes of their own, and what they track."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest
import requests
from attrs import frozen

from analytics_mixpanel.debugger import Event, StandIn

_APPS: Final = Path(__file__).parent / "apps"
_ROOT: Final = Path(__file__).parents[2]
_WITHIN: Final = 20.0


@frozen
class Started:
    """A process that a test started.

    Attributes:
        log: what it writes to its outputs.
    """

    process: subprocess.Popen[bytes]
    log: Path


@frozen
class Served:
    """A running server."""

    url: str

    def get(self, path: str, **headers: str) -> requests.Response:
        """Ask for a page, which must be answered well."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = requests.get(self.url + path, headers=named, timeout=_WITHIN)
        assert answer.status_code == 200, answer.text
        return answer

    def visit(self, path: str, visitors: Sequence[str]) -> None:
        """Let visitors, some at a time, ask for a page: each says who it is, in a header and in the query."""
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda who: self.get(f"{path}?who={who}", x_user=who), visitors))


def _environment(stand_in: StandIn, folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MIXPANEL_")}
    path = os.pathsep.join(map(str, (_APPS, _ROOT, _ROOT / "plugins")))
    told = {"MIXPANEL_TOKEN": "token", "MIXPANEL_API_HOST": stand_in.url, "SHOP_FOLDER": str(folder)}
    return {**kept, **told, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="module")
def start(
    running_stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Started]]:
    """Starts ``python -m …`` where the apps are found; all that were started end with the module."""
    folder = tmp_path_factory.mktemp("shop")
    with contextlib.ExitStack() as started:

        def run(*command: str) -> Started:
            log = folder / f"{command[0]}.log"
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                env=_environment(running_stand_in, folder),
                cwd=folder,
                stdout=started.enter_context(log.open("ab")),
                stderr=subprocess.STDOUT,
            )
            started.callback(_end, process)
            return Started(process, log)

        yield run


@pytest.fixture(scope="module")
def serve(start: Callable[..., Started]) -> Callable[..., Served]:
    """Starts a server on a free port, ``{port}`` in its command, and waits until it answers."""

    def run(*command: str) -> Served:
        port = _free_port()
        started = start(*(each.format(port=port) for each in command))
        deadline = time.monotonic() + _WITHIN
        while not _listens(port):
            assert started.process.poll() is None, started.log.read_text()
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)
        return Served(f"http://127.0.0.1:{port}")

    return run


@pytest.fixture
def arrived(stand_in: StandIn) -> Callable[[str, int], list[Event]]:
    """Waits for so many events of a name, and no more."""

    def wait(name: str, count: int = 1) -> list[Event]:
        def found() -> list[Event]:
            return [event for event in stand_in.events if event.event == name]

        stand_in.wait_until(lambda: len(found()) >= count, _WITHIN)
        assert len(found()) == count
        return found()

    return wait


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)

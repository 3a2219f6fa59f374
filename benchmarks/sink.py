"""Where the events go: a counting server in a process of its own, on a loopback port."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from types import TracebackType
from typing import Final

from benchmarks.environment import ROOT, child_environment

_TIMEOUT: Final = 30.0


class Sink:
    """Runs the server while its ``with`` block lasts.

    The socket listens before the server's process starts, so a client may connect at once.
    """

    def __init__(self, mode: str) -> None:
        self._mode = mode

    def __enter__(self) -> Sink:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            descriptor = listening.fileno()
            command = [sys.executable, "-m", "benchmarks.server", str(descriptor), self._mode]
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=child_environment(), pass_fds=[descriptor]
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(_TIMEOUT)


def counted(url: str) -> dict[str, int]:
    """How many ``requests`` the server of this address has had, and how many ``events``."""
    return _asked(url, "/count")


def hold(url: str, send: Callable[[], object]) -> None:
    """Have the server answer nothing from now on, and wait until it does not answer what ``send`` sends."""
    before = _asked(url, "/close")["requests"]
    send()
    deadline = time.monotonic() + _TIMEOUT
    while _asked(url, "/requests")["requests"] == before:
        if time.monotonic() > deadline:
            raise TimeoutError("the client sent nothing")
        time.sleep(0.02)


def let_go(url: str) -> None:
    """Have the server answer everything from now on."""
    _asked(url, "/open")


def _asked(url: str, what: str) -> dict[str, int]:
    connection = HTTPConnection(url.removeprefix("http://"), timeout=_TIMEOUT)
    try:
        connection.request("GET", what)
        answer: dict[str, int] = json.loads(connection.getresponse().read())
        return answer
    finally:
        connection.close()

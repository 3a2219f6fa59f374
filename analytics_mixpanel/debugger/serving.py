"""Serves an application in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

_START_WITHIN: Final = 10.0
_STOP_WITHIN: Final = 10.0
_ANSWER_WITHIN: Final = 1
_TICK: Final = 1.0  # uvicorn renews its Date header so often


class Server(uvicorn.Server):
    """uvicorn in a thread, which starts and stops without waiting for its polls."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            http=H11Protocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="error",
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=120,
            timeout_graceful_shutdown=_ANSWER_WITHIN,
        )
        super().__init__(config)
        self._listener = listener
        self._serving = threading.Event()
        self._stopping: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="mixpanel-stand-in", daemon=True)

    def start(self) -> None:
        """Serve, and return once it does."""
        self._thread.start()
        if not self._serving.wait(_START_WITHIN) or self._loop is None:
            raise RuntimeError("the stand-in did not start; its log says why")

    def stop(self) -> None:
        """Stop serving, and return once it has."""
        if self._loop is not None and self._stopping is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(_STOP_WITHIN)

    def hang_up(self, client: tuple[str, int]) -> None:
        """Close the connection of a client address, with nothing sent; on the server's thread."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, H11Protocol) and connection.client == client:
                connection.transport.abort()

    async def main_loop(self) -> None:
        """Serve until told to stop."""
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._serving.set()
        while not self._stopping.is_set():
            await self.on_tick(0)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _TICK)

    def _run(self) -> None:
        try:
            self.run(sockets=[self._listener])
        finally:
            self._listener.close()
            self._serving.set()


def listen(host: str, port: int) -> socket.socket:
    """Take a port of an address; 0 for a free one.

    Raises:
        OSError: it is taken, or the address is not this machine's.
    """
    family, *_, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
    # With the protocol named, asyncio switches Nagle's delay off on the connections.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def shown(host: str) -> str:
    """Give the host for an address to open; for all of the machine's, the one that it has for itself."""
    plain = host.strip("[]")
    plain = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(plain, plain)  # noqa: S104 - nothing is bound here
    return f"[{plain}]" if ":" in plain else plain
